"""A linear probe tells apart what can be told apart, nothing else, and says what it left out."""

import math
import os

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from model.errors import InvalidInput, TrainingError
from model.sat2sound import ModelConfig, Sat2Sound, image_tensor
from model.sat2sound.features import ten_seconds
from model.training.probe.class_folders import LabelledFile, divide, read_class_folders
from model.training.probe.features import read_features
from model.training.probe.linear import fit_and_score, probe

RATE = 16_000
COLOURS = {"forest": (20, 90, 30), "sand": (220, 200, 150), "water": (20, 40, 120)}


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny()).eval()


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def draw(path, colour, rng, size=(24, 24)):
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = rng.integers(-15, 16, (size[1], size[0], 3))
    Image.fromarray(np.clip(noise + np.array(colour), 0, 255).astype(np.uint8)).save(path)


def whistle(path, hertz, rng, seconds=1.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    t = np.arange(round(seconds * RATE)) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hertz * t) + 0.01 * rng.normal(size=t.shape), RATE)


@pytest.fixture
def images(tmp_path, rng):
    """Three classes of twelve images in plain colours, and a table beside them."""
    folder = tmp_path / "images"
    for label, colour in COLOURS.items():
        for n in range(12):
            draw(folder / label / f"{n:02d}.png", colour, rng)
    (folder / "water" / "about.csv").write_text("file\n")
    return folder


@pytest.fixture
def recordings(tmp_path, rng):
    folder = tmp_path / "recordings"
    for label, hertz in (("high", 6000), ("low", 300)):
        for n in range(5):
            whistle(folder / label / f"{n}.wav", hertz, rng)
    return folder


@pytest.mark.parametrize("vector", ["embedding", "tokens"])
def test_images_that_differ_are_told_apart_by_either_vector(model, images, vector):
    done = []
    report = probe(model, images, vector=vector, progress=lambda now, total: done.append((now, total)))
    assert (report.modality, report.vector) == ("image", vector)
    assert report.scores.accuracy == report.scores.macro_f1 == 1.0
    assert [(c.label, c.train, c.test, c.accuracy) for c in report.scores.classes] == [
        ("forest", 10, 2, 1.0),
        ("sand", 10, 2, 1.0),
        ("water", 10, 2, 1.0),
    ]
    assert report.samples == (30, 6)
    assert report.scores.chance == pytest.approx(1 / 3)
    assert done[-1] == (36, 36)


def test_recordings_that_differ_are_told_apart(model, recordings):
    report = probe(model, recordings, vector="tokens", test_share=0.4)
    assert report.modality == "audio"
    assert report.scores.accuracy == 1.0
    assert report.notes == ()


def test_shuffled_labels_are_guessed_no_better_than_by_chance(rng):
    vectors, labels = rng.normal(size=(600, 8)).astype(np.float32), np.repeat(["a", "b", "c"], 200)
    vectors[labels == "b"] += 3
    vectors[labels == "c"] -= 3
    rows = rng.permutation(600).tolist()
    train, test = rows[:400], rows[400:]
    assert fit_and_score(vectors, labels.tolist(), train, test).accuracy > 0.97
    shuffled = fit_and_score(vectors, rng.permutation(labels).tolist(), train, test)
    assert abs(shuffled.accuracy - 1 / 3) < 4 * math.sqrt(2 / 9 / 200)


def test_scores_are_those_counted_by_hand():
    vectors = np.array([[-2.0], [-1.0], [1.0], [2.0], [-1.5], [1.5], [1.6], [1.7]], np.float32)
    labels = ["low", "low", "high", "high", "low", "high", "high", "low"]
    scores = fit_and_score(vectors, labels, range(4), range(4, 8))
    assert scores.accuracy == 0.75
    assert {c.label: (c.train, c.test, c.accuracy) for c in scores.classes} == {"high": (2, 2, 1.0), "low": (2, 2, 0.5)}
    assert scores.macro_f1 == pytest.approx((2 * 2 / (2 + 3) + 2 * 1 / (2 + 1)) / 2)
    assert scores.chance == 0.5
    assert scores.converged


def test_the_scale_of_the_vectors_makes_no_difference(rng):
    vectors, labels = rng.normal(size=(90, 4)).astype(np.float32), np.repeat(["a", "b", "c"], 30).tolist()
    rows = rng.permutation(90).tolist()
    scaled = vectors * np.array([1e-4, 1, 1e3, 10], np.float32)
    assert fit_and_score(scaled, labels, rows[:60], rows[60:]) == fit_and_score(vectors, labels, rows[:60], rows[60:])


def test_equal_seeds_give_equal_reports_and_other_seeds_other_splits(model, images):
    files = read_class_folders(images).files
    assert divide(files, 0.25, seed=1) == divide(files, 0.25, seed=1)
    assert divide(files, 0.25, seed=1).test != divide(files, 0.25, seed=2).test
    assert probe(model, images, limit=5, seed=3) == probe(model, images, limit=5, seed=3)


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.99])
def test_every_class_is_on_both_sides_of_a_split_and_no_row_on_both(images, share):
    files = read_class_folders(images).files
    split = divide(files, share, seed=0)
    assert {files[i].label for i in split.train} == {files[i].label for i in split.test} == set(COLOURS)
    assert sorted(split.train + split.test) == list(range(len(files)))


def test_a_class_of_one_sample_is_left_out_and_said_so(model, images, rng):
    draw(images / "volcano" / "only.jpg", (90, 10, 10), rng)
    report = probe(model, images)
    assert report.left_out == {"volcano": "only one usable sample"}
    assert [c.label for c in report.scores.classes] == sorted(COLOURS)


def test_folders_called_train_and_test_are_the_split(model, tmp_path, rng):
    for part, count in (("train", 4), ("test", 2)):
        for label in ("sand", "water"):
            for n in range(count):
                draw(tmp_path / part / label / f"{n}.png", COLOURS[label], rng)
    draw(tmp_path / "train" / "forest" / "0.png", COLOURS["forest"], rng)
    draw(tmp_path / "test" / "volcano" / "0.png", (90, 10, 10), rng)
    report = probe(model, tmp_path, test_share=0.9)
    assert [(c.label, c.train, c.test) for c in report.scores.classes] == [("sand", 4, 2), ("water", 4, 2)]
    assert report.left_out == {"forest": "no usable sample in test/", "volcano": "no usable sample in train/"}


def test_a_class_may_be_called_train(tmp_path, rng):
    for label in ("train", "tram"):
        whistle(tmp_path / label / "0.flac", 500, rng)
    assert {file.label for file in read_class_folders(tmp_path).files} == {"train", "tram"}


def test_train_without_test_is_refused(tmp_path, rng):
    draw(tmp_path / "train" / "sand" / "0.png", COLOURS["sand"], rng)
    with pytest.raises(TrainingError, match="no test/"):
        read_class_folders(tmp_path)


def test_images_and_recordings_together_ask_for_the_modality(images, rng):
    whistle(images / "water" / "splash.ogg", 400, rng)
    with pytest.raises(TrainingError, match="--modality"):
        read_class_folders(images)
    assert [file.path.name for file in read_class_folders(images, "audio").files] == ["splash.ogg"]
    assert len(read_class_folders(images, "image").files) == 36


def test_a_limit_keeps_that_many_of_each_class(images):
    files = read_class_folders(images, limit=4, seed=7).files
    assert [file.label for file in files] == sorted([*COLOURS] * 4)
    assert len({file.path for file in files}) == 12
    assert read_class_folders(images, limit=4, seed=8).files != files


def test_images_that_cannot_be_used_are_skipped_with_their_reason(model, images):
    (images / "sand" / "broken.jpg").write_bytes(b"not an image")
    (images / "sand" / "empty.png").write_bytes(b"")
    Image.fromarray(np.full((8, 8), 4000, np.uint16)).save(images / "sand" / "deep.tif")
    whole = (images / "sand" / "00.png").read_bytes()
    (images / "sand" / "cut.png").write_bytes(whole[: len(whole) // 2])
    report = probe(model, images)
    assert {file for file, _ in report.skipped} == {
        f"sand/{n}" for n in ("broken.jpg", "empty.png", "deep.tif", "cut.png")
    }
    assert "8-bit" in dict(report.skipped)["sand/deep.tif"]
    assert report.samples == (30, 6)


def test_recordings_that_cannot_be_used_are_skipped_with_their_reason(model, recordings):
    soundfile.write(recordings / "low" / "silent.wav", np.zeros(RATE), RATE)
    soundfile.write(recordings / "low" / "nan.wav", np.full(RATE, np.nan), RATE, subtype="FLOAT")
    soundfile.write(recordings / "low" / "empty.wav", np.zeros(0), RATE)
    (recordings / "low" / "broken.ogg").write_bytes(b"not a recording")
    report = probe(model, recordings, vector="tokens")
    reasons = dict(report.skipped)
    assert reasons.keys() == {f"low/{n}" for n in ("silent.wav", "nan.wav", "empty.wav", "broken.ogg")}
    assert reasons["low/silent.wav"] == "silent"
    assert "NaN" in reasons["low/nan.wav"]
    assert report.samples == (8, 2)


@pytest.mark.parametrize("vector", ["embedding", "tokens"])
def test_an_images_vector_is_the_models_own_at_the_gsd_of_its_footprint(model, tmp_path, rng, vector):
    draw(tmp_path / "a" / "wide.png", COLOURS["sand"], rng, size=(40, 24))
    features = read_features(model, read_class_folders(tmp_path), vector, gsd=2.0)
    square = Image.open(tmp_path / "a" / "wide.png").crop((8, 0, 32, 24))
    tensor, told = image_tensor(square, model.config.image_size)[None], 2.0 * 24 / model.config.tile_pixels
    assert features.gsd == pytest.approx((told, told))
    with torch.no_grad():
        tokens = model.image_encoder(tensor, torch.tensor([told]))
        expected = tokens.mean(dim=1) if vector == "tokens" else model.embed_images(tensor, told).vector
    np.testing.assert_allclose(features.vectors, expected, atol=1e-6)


def test_of_a_recording_the_first_ten_seconds_are_heard(model, tmp_path, rng):
    whistle(tmp_path / "a" / "long.wav", 700, rng, seconds=14)
    samples, _ = soundfile.read(tmp_path / "a" / "long.wav", dtype="float32")
    features = read_features(model, read_class_folders(tmp_path))
    with torch.no_grad():
        expected = model.embed_audio(ten_seconds(samples[: 11 * RATE], RATE), 32_000).vector
    np.testing.assert_allclose(features.vectors, expected, atol=1e-5)
    assert features.gsd is None


def test_an_unknown_gsd_is_the_middle_of_what_the_model_knows_and_is_said(model, images):
    low, high = model.config.gsd_range
    assert read_features(model, read_class_folders(images, limit=1)).gsd == pytest.approx([math.sqrt(low * high)] * 2)
    (note,) = probe(model, images, limit=4).notes
    assert "unknown" in note
    assert "3 m" in note
    assert probe(model, images, limit=4, gsd=2.0).notes == ()
    (outside,) = probe(model, images, limit=4, gsd=1000.0).notes
    assert "outside the 0.3 to 30 m" in outside


@pytest.mark.parametrize("gsd", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_gsd_is_refused(model, images, gsd):
    with pytest.raises(InvalidInput, match="gsd"):
        probe(model, images, gsd=gsd)


def test_recordings_have_no_gsd(model, recordings):
    with pytest.raises(InvalidInput, match="images alone"):
        probe(model, recordings, gsd=1.0)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, math.nan])
def test_a_share_that_leaves_one_side_empty_is_refused(model, images, share):
    with pytest.raises(InvalidInput, match="test share"):
        probe(model, images, test_share=share)


def test_fewer_than_two_classes_are_refused(model, tmp_path, rng):
    for n in range(3):
        draw(tmp_path / "sand" / f"{n}.png", COLOURS["sand"], rng)
    draw(tmp_path / "water" / "0.png", COLOURS["water"], rng)
    with pytest.raises(TrainingError, match=r"at least two classes .*water: only one usable sample"):
        probe(model, tmp_path)


def test_a_folder_of_nothing_usable_is_refused_in_one_line(model, tmp_path):
    with pytest.raises(TrainingError, match="no such folder"):
        read_class_folders(tmp_path / "none")
    with pytest.raises(TrainingError, match="no folders of images"):
        read_class_folders(tmp_path)
    (tmp_path / "sand").mkdir()
    (tmp_path / "sand" / "a.png").write_bytes(b"")
    with pytest.raises(TrainingError, match=r"no file can be used.*sand/a\.png") as caught:
        probe(model, tmp_path)
    assert os.linesep not in str(caught.value)


def test_rows_of_a_told_split_stay_where_they_were(tmp_path):
    files = [LabelledFile(tmp_path / f"{i}", label, part) for i, (label, part) in enumerate(
        [("a", "train"), ("b", "test"), ("a", "test"), ("b", "train")]
    )]  # fmt: skip
    split = divide(files, 0.5, seed=0)
    assert (sorted(split.train), sorted(split.test)) == ([0, 3], [1, 2])
