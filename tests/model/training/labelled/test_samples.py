"""Images are read strictly, split by blocks, and seen as other sensors would show them."""

import csv

import numpy as np
import pytest
import torch
from PIL import Image

from model.errors import TrainingError
from model.training.labelled.augment import jitter_colours, jitter_gsd, random_view
from model.training.labelled.samples import ImageSample, label_groups, read_images

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


def sample(side=64, dataset="null-island"):
    pixels = np.random.default_rng(0).integers(0, 255, (side, side + 8, 3), dtype=np.uint8)
    return ImageSample(pixels, 10.0, dataset, "x", ("sea",))


def test_a_view_states_the_metres_it_shows():
    for seed in range(20):
        view, metres = random_view(sample(), sample, np.random.default_rng(seed), 32)
        assert view.shape == (32, 32, 3)
        assert 0.45 * 640 - 10 <= metres <= 640


def test_mosaics_reach_footprints_their_data_set_does_not():
    seen = [random_view(sample(dataset="eurosat"), sample, np.random.default_rng(i), 32)[1] for i in range(60)]
    assert max(seen) > 900
    assert min(seen) < 640
    large = sample(256, "ucm")
    widths = [random_view(large, lambda: large, np.random.default_rng(i), 32)[1] for i in range(60)]
    assert max(widths) > 4 * 2560


def test_the_same_generator_gives_the_same_view():
    views = [random_view(sample(), sample, np.random.default_rng(5), 32)[0] for _ in range(2)]
    np.testing.assert_array_equal(*views)


def test_colours_and_distances_vary_within_bounds():
    images = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    changed = jitter_colours(images, np.random.default_rng(0))
    assert changed.shape == images.shape
    assert 0 <= float(changed.min()) < float(changed.max()) <= 1
    assert not torch.allclose(changed, images)
    gsd = jitter_gsd(np.full(2000, 256.0), 256, (0.2, 30.0), np.random.default_rng(0))
    assert 0.2 <= float(gsd.min()) < 0.3
    assert 20 < float(gsd.max()) <= 30
    rough = ((gsd > 0.6) & (gsd < 1.7)).float().mean()
    assert 0.8 < float(rough) < 0.95
