"""`earshot probe`: how well classes are told apart, what was skipped, and what cannot be probed."""

import json

import numpy as np
import pytest
from PIL import Image

from model.sat2sound import open_checkpoint
from tests.server.commands.earshot_command import assert_refused


@pytest.fixture
def classes(tmp_path):
    """Four dark and four bright images, and one file that is none."""
    rng = np.random.default_rng(0)
    for label, level in (("dark", 20), ("bright [red]", 220)):
        (tmp_path / "classes" / label).mkdir(parents=True)
        for n in range(4):
            pixels = (level + rng.integers(-10, 10, (16, 16, 3))).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "classes" / label / f"{n}.png")
    (tmp_path / "classes" / "dark" / "torn.png").write_bytes(b"torn")
    return tmp_path / "classes"


def test_probing_prints_a_table_and_says_what_was_skipped_and_assumed(run, classes):
    done = run("probe", classes)
    table, said = done.stdout, done.stderr
    assert done.returncode == 0, said
    assert "bright [red]" in table
    assert "accuracy 100.0%" in table
    assert "1 files skipped" in table
    assert "dark/torn.png" in said
    assert "GSD is unknown" in said


def test_probing_as_json_is_one_object_with_every_figure(run, classes, home):
    done = run("probe", classes, "--json", "--gsd", "3", "--vector", "tokens", "--limit", "4", "--seed", "1")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["hash"] == open_checkpoint(home / "checkpoint.safetensors").checkpoint_hash
    assert (found["modality"], found["vector"], found["accuracy"], found["macro_f1"]) == ("image", "tokens", 1.0, 1.0)
    assert [entry["label"] for entry in found["classes"]] == ["bright [red]", "dark"]
    assert found["train"] + found["test"] + len(found["skipped"]) in (8, 9)
    assert found["notes"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["none"], ["none", "no such folder"]),
        (["classes", "--modality", "audio"], ["no folder of audio files"]),
        (["classes", "--modality", "smell"], ["modality"]),
        (["classes", "--vector", "pixels"], ["vector"]),
        (["classes", "--gsd", "0"], ["gsd"]),
        (["classes", "--gsd", "nan"], ["gsd"]),
        (["classes", "--test-share", "1"], ["test share"]),
        (["classes", "--limit", "0"], ["limit"]),
        (["classes", "--limit", "1"], ["at least two classes"]),
        (["classes", "--checkpoint", "none.safetensors"], ["none.safetensors"]),
    ],
    ids=" ".join,
)
def test_what_cannot_be_probed_is_refused_in_one_line(run, classes, monkeypatch, options, words):
    monkeypatch.chdir(classes.parent)
    assert_refused(run("probe", *options), *words)
