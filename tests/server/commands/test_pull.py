"""`earshot pull` against a hub on this machine: as a shell calls it, and what it says."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from benchmarks.local_hub import local_hub
from model.registry import CATALOGUE, pulled, record
from model.registry.hub import Hub
from tests.model.training.conftest import encoded, pixels, text_columns
from tests.server.commands.earshot_command import ROOT, assert_refused
from tests.tiny_published import shrink, write_ckpt

NAME = "bingmap_withmeta"
FLAN = {"config.json": b"{}", "model.safetensors": b"m" * 5000, "tokenizer.json": b"{}", "tokenizer_config.json": b"{}"}
TANGO = {"config.json": b"{}", "tangoflux.safetensors": b"flow" * 900, "vae.safetensors": b"vae " * 700}


def write_parquet(path, rows, imagery):
    """A few rows of GeoSound's own columns, media and log-mels included."""
    table = []
    for n in range(rows):
        picture, sound = io.BytesIO(), encoded(n)[1]
        Image.fromarray(pixels(n)).resize((300, 300)).save(picture, "PNG")
        captions = {f"llava_caption_{imagery}_zl{scale}": f"place {n} from {scale}" for scale in (1, 3, 5)}
        columns = {name: value for name, value in text_columns(n).items() if not name.startswith("llava")}
        media = {
            f"{imagery}_image": {"bytes": picture.getvalue(), "path": None},
            "audio": {"bytes": sound, "path": None},
        }
        mels = np.random.default_rng(n).normal(-40, 10, (5, 1, 1001, 64)).astype(np.float32).tolist()
        table.append({**columns, **captions, **media, "mel_features": mels, "description": "", "tags": "", "title": ""})
    pq.write_table(pa.Table.from_pylist(table), path)


@pytest.fixture
def run(run, served, tmp_path, monkeypatch):
    """Run a command with the hub that its variables would have named when it began."""
    monkeypatch.setattr("model.registry.pull.Hub", lambda: Hub(served.url, tmp_path / "cache"))
    return run


@pytest.fixture
def served(tmp_path, monkeypatch):
    shrink(monkeypatch)
    folder = tmp_path / "published"
    folder.mkdir()
    with local_hub(folder) as hub:
        hub.publish("MVRL/sat2sound", {f"sat2sound/{NAME}.ckpt": write_ckpt(folder / "x.ckpt", NAME)})
        hub.publish("google/flan-t5-large", FLAN, licence="apache-2.0")
        hub.publish("declare-lab/TangoFlux", TANGO, licence="other")
        yield hub


def test_the_hubs_variables_are_heeded_and_a_second_pull_needs_no_hub(served, tmp_path):
    environment = os.environ | {
        "HF_ENDPOINT": served.url,
        "HF_HOME": str(tmp_path / "hf"),
        "EARSHOT_DATA_DIR": str(tmp_path / "data"),
    }
    command = [sys.executable, "-m", "server.cli", "pull", "flan-t5-large", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [told] = json.loads(done.stdout)
    assert told["here"]
    assert told["folder"].startswith(str(tmp_path / "hf" / "hub" / "models--google--flan-t5-large" / "snapshots"))
    assert (Path(told["folder"]) / "model.safetensors").read_bytes() == FLAN["model.safetensors"]
    again = subprocess.run(command, cwd=ROOT, env=environment | {"HF_HUB_OFFLINE": "1"}, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == [told]


def test_several_names_are_fetched_and_what_is_said_is_what_to_know(run, served, tmp_path):
    done = run("pull", NAME, "tangoflux", "--accept-licence")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == [NAME, "flan-t5-tokenizer", "tangoflux"]
    assert "Stability AI Community License" in done.stderr
    assert "Licence: MIT" in done.stderr
    assert "To embed words, too: earshot pull flan-t5-large" in done.stderr
    assert (tmp_path / "data" / "models" / f"{NAME}.safetensors").is_file()
    done = run("pull", NAME)
    assert (done.returncode, "already here" in done.stdout) == (0, True)


def test_terms_must_be_accepted(run, served):
    done = run("pull", "tangoflux")
    assert done.returncode == 2
    assert done.stderr.startswith("earshot: tangoflux: its terms were not accepted (Stability AI")
    assert "--accept-licence" in done.stderr
    assert served.asked == []


def test_the_list_says_what_there_is_and_what_is_here(run):
    run("pull", "flan-t5-tokenizer")
    done = run("pull", "--list", "--json")
    told = {each["name"]: each for each in json.loads(done.stdout)}
    assert done.returncode == 0
    assert told.keys() == CATALOGUE.keys()
    assert [name for name, each in told.items() if each["here"]] == ["flan-t5-tokenizer"]
    assert told["llava"]["must_accept"]
    done = run("pull", "--list")
    assert done.returncode == 0
    assert "geosound-gallery" in done.stdout


def test_verifying_mends_what_is_damaged(run, tmp_path):
    run("pull", "flan-t5-large")
    place = (pulled("flan-t5-large", tmp_path / "data") / "model.safetensors").resolve()
    place.write_bytes(b"?" + FLAN["model.safetensors"][1:])
    done = run("pull", "flan-t5-large", "--verify")
    assert done.returncode == 0
    assert "is damaged" in done.stderr
    assert place.read_bytes() == FLAN["model.safetensors"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["say what to fetch", "--list"]),
        (["bingmaps"], ["'bingmaps' is not a published model", "bingmap_withmeta", "llava"]),
        (["sentinel_nometa"], ["MVRL/sat2sound holds no sat2sound/sentinel_nometa.ckpt"]),
    ],
)
def test_what_is_refused_is_refused_in_one_line(run, arguments, words):
    assert_refused(run("pull", *arguments), *words)


def test_without_a_network_it_ends_in_one_line(run, monkeypatch, tmp_path):
    monkeypatch.setattr("model.registry.pull.Hub", lambda: Hub("http://127.0.0.1:9", tmp_path / "cache"))
    done = run("pull", NAME)
    assert done.returncode == 2
    assert done.stderr.startswith(f"earshot: {NAME}: http://127.0.0.1:9 cannot be reached")
    assert done.stderr.count("\n") == 1


def test_a_published_checkpoint_is_evaluated_by_one_command(run, tmp_path):
    """Its own imagery is taken without being named; other imagery is refused naming both."""
    write_parquet(tmp_path / "test.parquet", rows=2, imagery="bingmap")
    assert run("pull", NAME).returncode == 0
    asked = ("evaluate", "--model", f"published:{NAME}", "--dataset", str(tmp_path / "test.parquet"))
    done = run(*asked, "--scales", "1", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["name"], found["imagery"], found["rows"]) == (NAME, "bingmap", 2)
    write_parquet(tmp_path / "sentinel.parquet", rows=2, imagery="sentinel")
    done = run(*asked[:4], str(tmp_path / "sentinel.parquet"), "--imagery", "sentinel")
    assert done.returncode == 2
    assert "bingmap_withmeta was trained on bingmap imagery, not on sentinel" in done.stderr
    assert run("evaluate", "--dataset", "x").returncode == 2
    done = run("evaluate", "--model", "published:sentinel_nometa", "--dataset", "x")
    assert "run `earshot pull sentinel_nometa`" in done.stderr


def test_what_was_recorded_by_hand_counts_as_here(run, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, content in FLAN.items():
        (folder / name).write_bytes(content)
    record("flan-t5-large", folder, tmp_path / "data")
    done = run("pull", "flan-t5-large")
    assert done.returncode == 0
    assert str(folder) in done.stdout
