"""`earshot concepts`: what the codebook has learned is named, and kept only when that is asked for."""

import json
import shutil

import pytest

from model.sat2sound import open_checkpoint
from tests.server.commands.earshot_command import assert_refused


@pytest.fixture
def checkpoint(home, tmp_path):
    """The tiny checkpoint in a folder of its own, without names."""
    for name in ("checkpoint.safetensors", "checkpoint.audio.safetensors"):
        shutil.copyfile(home / name, tmp_path / name)
    return tmp_path / "checkpoint.safetensors"


@pytest.fixture
def variables(variables, checkpoint):
    """The tiny checkpoint's own copy, in place of the one that all share."""
    return variables | {"EARSHOT_CHECKPOINT": checkpoint}


def test_concepts_are_named_and_grouped_and_nothing_is_kept_unless_asked(run, checkpoint):
    done = run("concepts")
    assert done.returncode == 0, done.stderr
    assert "waves roll under a steady wind" in done.stdout
    assert "of 48 concepts named; --write keeps" in done.stdout
    assert not (checkpoint.parent / "checkpoint.concepts.json").exists()


def test_names_that_are_kept_are_the_checkpoints_from_then_on(run, checkpoint):
    done = run("concepts", "--write", "--json", "--groups", "2")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    names = {concept["id"]: concept["name"] for concept in found["names"]}
    assert found["written"] == str(checkpoint.parent / "checkpoint.concepts.json")
    assert open_checkpoint(checkpoint).concept_names == names != {}
    assert len(found["groups"]) == 2
    for group in found["groups"]:
        assert group["size"] >= len(group["captions"]) >= 1
        assert all(concept["name"] == names.get(concept["id"]) for concept in group["concepts"])
    assert json.loads(run("concepts", "--write", "--json").stdout)["names"] == found["names"]


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
