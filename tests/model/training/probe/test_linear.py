"""A linear probe tells apart what can be told apart, nothing else, and says what it left out."""

import importlib.util
import math
import os
import sys

import numpy as np
import pytest
import soundfile
from PIL import Image

from model.errors import InvalidInput, TrainingError
from model.training.probe import linear as linear_module
from model.training.probe.class_folders import divide, read_class_folders
from model.training.probe.features import read_features
from model.training.probe.linear import fit_and_score, probe
from tests.model.training.probe.conftest import COLOURS, RATE, draw, whistle


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


def test_images_and_recordings_together_ask_for_the_modality(images, rng):
    whistle(images / "water" / "splash.ogg", 400, rng)
    with pytest.raises(TrainingError, match="--modality"):
        read_class_folders(images)
    assert [file.path.name for file in read_class_folders(images, "audio").files] == ["splash.ogg"]
    assert len(read_class_folders(images, "image").files) == 36


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
    assert "not finite" in reasons["low/nan.wav"]
    assert report.samples == (8, 2)


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


def test_without_the_extra_probing_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.exceptions", None)
    spec = importlib.util.spec_from_file_location("linear_without_the_extra", linear_module.__file__)
    with pytest.raises(TrainingError, match=r"pip install 'earshot\[train\]'"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
