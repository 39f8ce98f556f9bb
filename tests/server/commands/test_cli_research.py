"""The commands that look into a checkpoint: `earshot probe` and `earshot concepts`."""

import json
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from model.sat2sound import open_checkpoint
from server.cli import main


@pytest.fixture
def checkpoint(home, tmp_path):
    """The tiny checkpoint in a folder of its own, without names."""
    for name in ("checkpoint.safetensors", "checkpoint.audio.safetensors"):
        shutil.copyfile(home / name, tmp_path / name)
    return tmp_path / "checkpoint.safetensors"


@pytest.fixture
def run(home, checkpoint, monkeypatch, capsys):
    """Run `earshot` in this process: (exit code, what it printed, what it complained of)."""
    monkeypatch.setenv("EARSHOT_CHECKPOINT", str(checkpoint))
    monkeypatch.setenv("EARSHOT_GALLERY", str(home / "gallery"))
    monkeypatch.setenv("COLUMNS", "200")

    def earshot(*arguments):
        monkeypatch.setattr(sys, "argv", ["earshot", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        return end.value.code, captured.out, captured.err

    return earshot


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


def assert_refused(done, *words):
    code, _, complaint = done
    assert code == 2, complaint
    assert complaint.startswith("earshot: ")
    assert complaint.count("\n") == 1
    for word in words:
        assert word in complaint


def test_probing_prints_a_table_and_says_what_was_skipped_and_assumed(run, classes):
    code, table, said = run("probe", classes)
    assert code == 0, said
    assert "bright [red]" in table
    assert "accuracy 100.0%" in table
    assert "1 files skipped" in table
    assert "dark/torn.png" in said
    assert "GSD is unknown" in said


def test_probing_as_json_is_one_object_with_every_figure(run, classes, checkpoint):
    code, printed, _ = run(
        "probe", classes, "--json", "--gsd", "3", "--vector", "tokens", "--limit", "4", "--seed", "1"
    )
    assert code == 0
    found = json.loads(printed)
    assert found["hash"] == open_checkpoint(checkpoint).checkpoint_hash
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


def test_concepts_are_named_and_grouped_and_nothing_is_kept_unless_asked(run, checkpoint):
    code, printed, said = run("concepts")
    assert code == 0, said
    assert "waves roll under a steady wind" in printed
    assert "of 48 concepts named; --write keeps" in printed
    assert not (checkpoint.parent / "checkpoint.concepts.json").exists()


def test_names_that_are_kept_are_the_checkpoints_from_then_on(run, checkpoint):
    code, printed, said = run("concepts", "--write", "--json", "--groups", "2")
    assert code == 0, said
    found = json.loads(printed)
    names = {concept["id"]: concept["name"] for concept in found["names"]}
    assert found["written"] == str(checkpoint.parent / "checkpoint.concepts.json")
    assert open_checkpoint(checkpoint).concept_names == names != {}
    assert len(found["groups"]) == 2
    for group in found["groups"]:
        assert group["size"] >= len(group["captions"]) >= 1
        assert all(concept["name"] == names.get(concept["id"]) for concept in group["concepts"])
    assert json.loads(run("concepts", "--write", "--json")[1])["names"] == found["names"]


def test_names_of_other_weights_are_refused_in_one_line(run, checkpoint):
    names = checkpoint.parent / "checkpoint.concepts.json"
    names.write_text('{"checkpoint": "0123456789abcdef", "names": {}}')
    assert_refused(run("concepts"), "checkpoint.concepts.json", "0123456789abcdef", "delete")


def test_names_that_cannot_be_kept_are_refused_in_one_line(run, checkpoint):
    (checkpoint.parent / "checkpoint.concepts.json").mkdir()
    assert_refused(run("concepts", "--write"), "checkpoint.concepts.json", "cannot be written")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--checkpoint", "none.safetensors"], ["none.safetensors"]),
        (["--gallery", "none"], ["none"]),
        (["--groups", "-1"], ["groups"]),
    ],
    ids=" ".join,
)
def test_concepts_of_nothing_are_refused_in_one_line(run, options, words):
    assert_refused(run("concepts", *options), *words)
