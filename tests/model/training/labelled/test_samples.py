"""Images are read strictly, split by blocks, and seen as other sensors would show them."""

import csv

import numpy as np
import pytest
from PIL import Image

from model.errors import TrainingError
from model.training.labelled.samples import ImageSample, Split, label_groups, read_images, square

COLUMNS = ["file", "scene", "dataset", "gsd_m", "use"]


@pytest.fixture
def folder(tmp_path):
    rows = [(f"Forest_{i}.png", "Forest", "eurosat", "10", "train") for i in range(1, 21)]
    rows += [(f"river{i:02d}.png", "river", "ucm", "0.3", "train") for i in range(10)]
    rows += [("a.png", "Airport", "aid", "unknown", "check"), ("p.png", "Park", "aid", "unknown", "check")]
    for i, row in enumerate(rows):
        Image.fromarray(np.full((16, 20, 3), i, np.uint8)).save(tmp_path / row[0])
    write(tmp_path, rows)
    return tmp_path


def write(folder, rows, columns=COLUMNS):
    with (folder / "metadata.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def test_the_held_back_images_of_a_label_are_one_run_of_numbers(folder):
    split = read_images(folder)
    forest = sorted(int(s.pixels[0, 0, 0]) + 1 for s in split.validation if s.label == "Forest")
    assert forest == [18, 19, 20]
    assert len(split.train) == 17 + 8
    assert {s.scenes for s in split.validation} == {("forest",), ("river",)}


def test_images_to_check_on_are_apart_and_labels_without_a_scene_are_left_out(folder):
    check = read_images(folder, use="check")
    everything = check.train + check.validation
    assert [s.label for s in everything] == ["Airport"]
    assert np.isnan(everything[0].gsd)


def test_groups_know_every_sample_once(folder):
    groups = label_groups(read_images(folder).train)
    assert sorted(i for labels in groups.values() for members in labels.values() for i in members) == list(range(25))


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda f: (f / "metadata.csv").unlink(), "cannot be read"),
        (lambda f: write(f, [], ["file", "scene"]), "no column dataset, gsd_m, use"),
        (lambda f: write(f, []), "no images to train on"),
        (lambda f: (f / "Forest_3.png").write_bytes(b"no"), "Forest_3.png: not a readable image"),
        (lambda f: (f / "river01.png").unlink(), "river01.png: not a readable image"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(folder, damage, word):
    damage(folder)
    with pytest.raises(TrainingError, match=word):
        read_images(folder)


@pytest.mark.parametrize(("height", "width"), [(4, 4), (4, 9), (9, 4), (5, 8)])
def test_a_square_is_the_largest_at_the_middle(height, width):
    pixels = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    found = square(pixels)
    side = min(height, width)
    assert found.shape == (side, side, 3)
    top, left = (height - side) // 2, (width - side) // 2
    assert np.array_equal(found, pixels[top : top + side, left : left + side])


def test_splits_are_joined_side_by_side():
    one, other = (ImageSample(np.zeros((2, 2, 3), np.uint8), 1.0, "x", label, ()) for label in "ab")
    both = Split((one,), (other,)) + Split((other,), ())
    assert [s.label for s in both.train] == ["a", "b"]
    assert [s.label for s in both.validation] == ["b"]


def test_a_distance_nobody_knows_is_no_number(folder):
    checked = read_images(folder, "check")
    assert all(np.isnan(sample.gsd) for sample in (*checked.train, *checked.validation))
