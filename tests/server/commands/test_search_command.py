"""`earshot search`, run as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def run(home, make_settings, small_region):
    settings = make_settings()
    small_region(settings.folder("regions"))

    def run(*arguments, data_dir=settings.data_dir):
        environment = os.environ | {
            "EARSHOT_CHECKPOINT": str(home / "checkpoint.safetensors"),
            "EARSHOT_GALLERY": str(home / "gallery"),
            "EARSHOT_DATA_DIR": str(data_dir),
            "EARSHOT_TORCH_THREADS": "1",
        }
        command = [sys.executable, "-m", "server.cli", "search", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    return run


def test_words_give_a_table_of_places(run):
    done = run("waves crashing on rocks", "--limit", "2", "--min-percentile", "50")
    assert done.returncode == 0, done.stderr
    assert "places in null-island" in done.stdout
    assert "percentile" in done.stdout


def test_a_recording_and_words_give_geojson(run, tmp_path):
    sound = tmp_path / "sound.wav"
    soundfile.write(sound, np.random.default_rng(0).uniform(-0.5, 0.5, 16_000), 16_000)
    done = run("waves", "--audio", str(sound), "--json", "--min-percentile", "0", "--bbox", "-1,-1,1,1")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["type"] == "FeatureCollection"
    assert answer["query"]["recording"] is True
    assert answer["features"][0]["properties"]["rank"] == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "q:"),
        (("",), "q:"),
        (("waves", "--limit", "0"), "limit"),
        (("waves", "--region", "atlantis"), "region"),
        (("waves", "--audio", "/no/such.wav"), "audio"),
        (("--audio", __file__), "file:"),
        (("waves", "--condition", "july"), "condition"),
    ],
)
def test_what_is_refused_is_told_in_one_line(run, arguments, word):
    done = run(*arguments)
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("earshot: ")
    assert word in line
