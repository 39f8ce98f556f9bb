"""The paired recipes' command: which recipe learns, what is said of the rows left out, and what is told at the end."""

import csv
import io
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from model.errors import TrainingError
from model.training.loop.fabric import open_fabric
from model.training.paired.train import PairedTrained
from model.training.recipes import read_recipe
from server.commands.progress import progress_bars
from server.commands.training.paired import FIRST_REASONS, train_on_pairs

COLUMNS = ("sample_id", "bingmap_image", "googleearth_image", "audio", "audio_caption")
COLUMNS += ("llava_caption_bingmap_zl1", "llava_caption_googleearth_zl1")
SPLITS = {"train": ("t0", "t1"), "validation": ("v0",)}


@pytest.fixture
def data(tmp_path):
    for split, ids in SPLITS.items():
        with (tmp_path / f"{split}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(
                [COLUMNS, *((id, f"{id}.png", f"{id}.png", f"{id}.wav", "a sound", "a place", "a place") for id in ids)]
            )
    return str(tmp_path)


@pytest.fixture
def run(data, monkeypatch):
    """What is said and told of a run that learns nothing, and which recipe was handed how many rows."""

    def train(recipe, left_out=(), where=data):
        handed = []

        def learn(by, config, train, validation, out, report, fabric):
            handed.append((by, len(train), len(validation)))
            return PairedTrained(out / "best.safetensors", 0.125, 40, tuple(left_out))

        for name in ("train_paired", "train_soundingearth"):
            monkeypatch.setattr(f"server.commands.training.paired.{name}", partial(learn, name))
        console = Console(file=io.StringIO(), width=200)
        with progress_bars(console=console, shown=False) as bars:
            told = train_on_pairs(read_recipe(recipe), where, Path("out"), bars, open_fabric("32-true", 1))
        return console.file.getvalue(), told, handed

    return train


@pytest.mark.parametrize(
    ("recipe", "learner"), [("bingmap_withmeta", "train_paired"), ("soundingearth_resnet18", "train_soundingearth")]
)
def test_the_recipe_of_the_file_learns_from_one_split_and_is_judged_on_the_other(run, recipe, learner):
    _, _, handed = run(recipe)
    assert handed == [(learner, 2, 1)]


def test_what_it_scores_is_said_and_told(run):
    said, told, _ = run("bingmap_withmeta")
    assert said.splitlines()[0].startswith("bingmap_withmeta: bingmap images and their recordings, 1 × ")
    assert said.splitlines()[-1] == "out/best.safetensors: image-to-audio R@10% 0.125, best at step 40"
    assert told == {"checkpoint": "out/best.safetensors", "i2a_r10": 0.125, "step": 40, "left_out": 0}
    assert "left out" not in said


@pytest.mark.parametrize("rows", [FIRST_REASONS, FIRST_REASONS + 3])
def test_of_many_rows_left_out_the_first_are_named_and_all_counted(run, rows):
    said, told, _ = run("bingmap_withmeta", [f"row {number}: unreadable" for number in range(rows)])
    assert [line for line in said.splitlines() if "unreadable" in line] == [
        f"left out: row {number}: unreadable" for number in range(FIRST_REASONS)
    ]
    assert (f"left out: {rows} rows in all" in said) == (rows > FIRST_REASONS)
    assert told["left_out"] == rows


def test_without_data_nothing_is_learnt(run, tmp_path):
    with pytest.raises(TrainingError, match="train"):
        run("bingmap_withmeta", where=str(tmp_path / "nowhere"))
