"""`earshot evaluate` on a folder of six rows: tables, JSON, and one line for what is refused."""

import csv
import json

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from model.sat2sound import ModelConfig, Sat2Sound, save_checkpoint
from tests.server.commands.earshot_command import assert_refused

ROWS = 6


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Six places with captions, the last of them without an image; and a checkpoint that uses metadata."""
    folder = tmp_path_factory.mktemp("paired")
    rng = np.random.default_rng(0)
    with (folder / "test.csv").open("w", newline="") as file:
        columns = ["sample_id", "source", "bingmap_image", "audio", "audio_caption", "latitude", "longitude", "date"]
        table = csv.writer(file)
        table.writerow([*columns, "llava_caption_bingmap_zl1"])
        for n in range(ROWS):
            if n < ROWS - 1:
                squares = rng.integers(0, 256, (15, 15, 3)).astype(np.uint8)
                side = 300 if n == 1 else 1500
                Image.fromarray(squares).resize((side, side), Image.Resampling.NEAREST).save(folder / f"{n}.png")
            soundfile.write(folder / f"{n}.wav", 0.1 * rng.normal(size=8000), 8000)
            files = [f"{n}.png", f"{n}.wav"]
            table.writerow([f"yfcc-{n}", "yfcc", *files, f"noise {n}", n, -n, "2019-05-12 10:30", f"a place {n}"])
    torch.manual_seed(0)
    save_checkpoint(Sat2Sound(ModelConfig.tiny(metadata=True)), folder / "tiny.safetensors")
    return folder


@pytest.fixture
def evaluate(run, folder):
    return lambda *arguments: run("evaluate", folder / "tiny.safetensors", "--data", folder, *arguments)


def test_tables_are_printed_and_rows_left_out_are_named(evaluate):
    done = evaluate("--scales", "1")
    assert done.returncode == 0, done.stderr
    assert "I2A-R@10%" in done.stdout
    assert "query" in done.stdout
    assert "scale 1: R@10% of 5 rows is always 0; it takes 11" in done.stdout
    assert "5 rows used, 1 left out" in done.stdout
    assert done.stderr.startswith("left out row 5 (yfcc-5): bingmap_image: 5.png: no such file")


def test_json_holds_every_figure(evaluate):
    done = evaluate("--json", "--ablate", "metadata", "--limit", "4")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["rows"], found["skipped"], found["imagery"]) == (4, [], "bingmap")
    assert [line["scale"] for line in found["audio"]] == [1, 1, 1, 3, 3, 3, 5, 5, 5]
    assert [line["i2a"]["queries"] for line in found["audio"][::3]] == [4, 3, 3]
    assert "scale 5: 1 of 4 rows were left out: their images fill less than half of 1500 x 1500" in str(found["notes"])
    assert len(found["ablation"]) == 9
    assert {line["caption"] for line in found["text"] if line["scale"] == 1} == {"image", "audio"}
    assert {line["caption"] for line in found["text"] if line["scale"] == 3} == {"audio"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scales", "1,two"], ["--scales", "1,3,5"]),
        (["--scales", "2"], ["scale 2", "bingmap"]),
        (["--split", "train"], ["train.csv"]),
        (["--imagery", "sentinel"], ["test.csv", "sentinel_image"]),
        (["--imagery", "mars"], ["mars", "bingmap"]),
        (["--limit", "1"], ["--limit"]),
        (["--ablate", "sound"], ["--ablate"]),
        (["--data", "hub:nobody"], ["OWNER/NAME"]),
    ],
    ids=" ".join,
)
def test_what_is_refused_is_refused_in_one_line_with_exit_code_2(evaluate, arguments, words):
    assert_refused(evaluate(*arguments), *words)
