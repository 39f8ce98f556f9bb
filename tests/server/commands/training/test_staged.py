"""The staged recipe's command: what it puts together to learn from, what it says, and what it refuses."""

import csv
import dataclasses
import io
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from PIL import Image
from rich.console import Console

from model.errors import TrainingError
from model.sat2sound import ModelConfig
from model.scenes.captions import read_scene_map
from model.training.labelled.config import AudioStage, ImageStage, TrainConfig
from model.training.labelled.samples import ImageSample, Split
from server.commands.progress import progress_bars
from server.commands.training.null_island_chips import _write
from server.commands.training.staged import _sketches, train_staged

STAGE = ImageStage(steps=0, sketches=0, null_island_chips=2)
SOUNDS = AudioStage(steps=0, foley_clips=1)
CONFIG = TrainConfig("short", ModelConfig.tiny(), STAGE, SOUNDS, STAGE, STAGE, STAGE, SOUNDS)


@pytest.fixture
def data(tmp_path):
    """Images and recordings as `earshot train` takes them, one of the recordings silent."""
    images, recordings = tmp_path / "data/images", tmp_path / "data/recordings"
    images.mkdir(parents=True)
    recordings.mkdir()
    names = [f"Forest_{number}.png" for number in range(10)]
    for name in names:
        Image.new("RGB", (16, 16), "green").save(images / name)
    for name, loud in (("birds.wav", 0.3), ("silent.wav", 0.0)):
        soundfile.write(recordings / name, loud * np.sin(np.arange(4000)), 16000)
    write(
        images, ("file", "scene", "dataset", "gsd_m", "use"), [(n, "Forest", "eurosat", "10", "train") for n in names]
    )
    sounds = [(name, "chirping_birds", "esc50", "one") for name in ("birds.wav", "silent.wav")]
    write(recordings, ("file", "sound", "dataset", "source_id"), sounds)
    return tmp_path / "data"


def write(folder, columns, rows):
    with (folder / "metadata.csv").open("w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def chip(label):
    scenes = read_scene_map()["null-island", label]
    return ImageSample(np.zeros((8, 8, 3), np.uint8), 1.0, "null-island", label, scenes)


@pytest.fixture
def run(tmp_path, data, monkeypatch):
    """What is said, told and handed on to be learnt from; nothing is learnt, and Null Island is drawn already."""
    out = tmp_path / "run"
    _write(out / "null_island.npz", Split((chip("beach"), chip("forest")), (chip("beach"),)))
    handed = SimpleNamespace()

    def learn(config, images, recordings, folder, report):
        handed.images, handed.recordings = images, recordings
        scored = SimpleNamespace(overall=0.875, by_dataset={"eurosat": 0.9})
        return SimpleNamespace(
            checkpoint=folder / "short.safetensors",
            images=scored,
            recordings=SimpleNamespace(sounds=0.5, recordings=4),
        )

    monkeypatch.setattr("server.commands.training.staged.train", learn)

    def train(config=CONFIG, devices=1, precision=None):
        console = Console(file=io.StringIO(), width=200)
        with progress_bars(console=console, shown=False) as bars:
            handed.told = train_staged(config, data, out, bars, devices, precision)
        handed.said = console.file.getvalue()
        return handed

    return train


def test_it_learns_from_the_folder_null_island_and_foley_and_is_judged_on_no_foley(run):
    handed = run()
    assert {sample.dataset for sample in handed.images.train} == {"eurosat", "null-island"}
    assert {sample.dataset for sample in handed.images.validation} == {"eurosat", "null-island"}
    everything = handed.recordings.train + handed.recordings.validation
    assert sorted(sample.dataset for sample in everything) == ["esc50", "foley"]
    assert all(sample.dataset != "foley" for sample in handed.recordings.validation)


def test_what_it_left_out_and_what_it_scores_is_said(run):
    handed = run()
    assert "left out: silent.wav: " in handed.said
    assert f"{len(handed.images.train)} images, {len(handed.recordings.train)} recordings, on " in handed.said
    assert "scene right on 87.5% of held-back images" in handed.said
    assert "own sound on 50.0% of 4 held back" in handed.said
    assert set(handed.told) == {"checkpoint", "images", "eurosat", "recordings"}
    assert (handed.told["images"], handed.told["eurosat"], handed.told["recordings"]) == (0.875, 0.9, 0.5)


def test_the_precision_its_file_names_may_be_repeated(run):
    assert run(precision=CONFIG.precision).told["images"] == 0.875


@pytest.mark.parametrize("asked", [{"devices": 2}, {"precision": "bf16-mixed"}])
def test_more_devices_or_another_precision_are_refused_before_anything_is_read(run, asked, monkeypatch):
    monkeypatch.setattr("server.commands.training.staged.read_images", lambda folder: pytest.fail("read"))
    with pytest.raises(TrainingError, match="short: the staged recipe takes one device"):
        run(**asked)


def test_sketches_that_say_nothing_are_learnt_from_and_not_judged_on(monkeypatch):
    wordless, told = ImageSample(np.zeros((8, 8, 3), np.uint8), 1.0, "sketch", "blank", ()), chip("beach")
    seen = []

    def sketch(images, each, seed):
        seen.append((images, each, seed))
        return wordless, told

    monkeypatch.setattr("server.commands.training.staged.sketch_samples", sketch)
    images = Split((chip("forest"),), (chip("beach"),))
    made = _sketches(images, 20, 5)
    assert made == Split((wordless, told), (told,))
    assert sorted(seen, key=lambda one: one[2]) == [(images.train, 20, 5), (images.validation, 3, 6)]


def test_sketches_stand_on_either_side_of_the_split(run):
    handed = run(dataclasses.replace(CONFIG, image=dataclasses.replace(STAGE, sketches=1)))
    assert any(sample.dataset == "sketch" for sample in handed.images.train)
