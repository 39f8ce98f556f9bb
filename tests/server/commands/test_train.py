"""`earshot train` on paired data: the file's recipe decides, what cannot be read is told, and a kill costs nothing."""

import csv
import json

import numpy as np
import pytest
import soundfile
from PIL import Image

from model.baselines.encoders import open_encoders
from model.baselines.pairs import IMAGERIES
from tests.server.commands.earshot_command import assert_refused

COLUMNS = ("sample_id", "googleearth_image", "audio", "audio_caption", "llava_caption_googleearth_zl1")
SMALL = """
imagery = "googleearth"
epochs = 2
batch = 3
check_every = 2
workers = 2
"""
CONFIGS = {
    "paired": f'recipe = "paired"\n{SMALL}\n[model]\nbase = "tiny"\nmetadata = true\nscales = [1]\n',
    "soundingearth": f'recipe = "soundingearth"\n{SMALL}\nwidth = 4\ndim = 8\nimage_size = 32\n',
}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Seven places to learn from, one of them with a broken image, and four to be judged on."""
    folder = tmp_path_factory.mktemp("pairs")
    rng = np.random.default_rng(0)
    for split, count in (("train", 7), ("validation", 4)):
        rows = []
        for n in range(count):
            name = f"{split}-{n}"
            Image.fromarray(rng.integers(0, 256, (300, 300, 3), dtype=np.uint8)).save(folder / f"{name}.png")
            soundfile.write(folder / f"{name}.wav", 0.1 * rng.normal(size=16000), 16000)
            rows.append((name, f"{name}.png", f"{name}.wav", "a sound", "a place"))
        with (folder / f"{split}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
    (folder / "train-2.png").write_bytes(b"no image")
    return folder


@pytest.mark.parametrize("recipe", sorted(CONFIGS))
def test_each_recipe_trains_from_a_folder_and_the_same_command_goes_on(recipe, pairs, run, tmp_path):
    (tmp_path / "mine.toml").write_text(CONFIGS[recipe])
    done = run("train", "mine.toml", "--data", pairs, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["checkpoint"] == "runs/mine/mine.safetensors"
    assert result["left_out"] == 1
    assert "left out: row 2 (train-2): googleearth_image" in done.stderr
    assert open_encoders(result["checkpoint"], IMAGERIES["googleearth"]).name == "mine"
    log = (tmp_path / "runs/mine" / f"{recipe}.csv").read_text()
    assert log.splitlines()[0] == "step,loss,i2a_r10,i2a_median_rank,best_i2a_outranked,left_out"
    again = run("train", "mine.toml", "--data", pairs, "--json")
    assert (again.returncode, json.loads(again.stdout)["i2a_outranked"]) == (0, result["i2a_outranked"])
    assert (tmp_path / "runs/mine" / f"{recipe}.csv").read_text() == log


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no-such.toml",), "no-such.toml: not a training configuration"),
        (("bingmap_withmeta", "--data", "nowhere"), "nowhere: holds no train.csv"),
        (("bingmap_withmeta", "--precision", "8-bit"), "precision: '8-bit'"),
        (("staged.toml", "--devices", "2"), "one device"),
    ],
)
def test_what_cannot_start_is_told_in_one_line(arguments, words, run, tmp_path):
    (tmp_path / "staged.toml").write_text("[model]\nbase = 'tiny'\n")
    done = run("train", *arguments)
    assert_refused(done, words)
    assert done.stdout == ""
