"""Names of concepts lie beside their checkpoint, belong to its weights, and change nothing about them."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from model.errors import CheckpointError
from model.sat2sound import ModelConfig, Sat2Sound, open_checkpoint, save_checkpoint
from model.sat2sound.checkpoint.concept_names import check_names_can_be_written, names_path, write_concept_names


@pytest.fixture
def path(tmp_path):
    torch.manual_seed(0)
    save_checkpoint(Sat2Sound(ModelConfig.tiny()), tmp_path / "tiny.safetensors")
    return tmp_path / "tiny.safetensors"


def test_names_that_were_written_are_there_when_the_checkpoint_is_opened(path):
    model = open_checkpoint(path)
    assert model.concept_names == {}
    written = write_concept_names(path, {40: "surf on sand", 3: "café"}, model.checkpoint_hash)
    assert written == path.parent / "tiny.concepts.json"
    again = open_checkpoint(path)
    assert again.concept_names == {3: "café", 40: "surf on sand"}
    assert again.checkpoint_hash == model.checkpoint_hash


def test_writing_again_replaces_the_names_and_leaves_nothing_else(path):
    hash = open_checkpoint(path).checkpoint_hash
    before = set(path.parent.iterdir())
    write_concept_names(path, {1: "rain"}, hash)
    write_concept_names(path, {2: "wind"}, hash)
    assert open_checkpoint(path).concept_names == {2: "wind"}
    assert set(path.parent.iterdir()) - before == {names_path(path)}


def test_names_of_other_weights_are_refused_by_name(path):
    hash = open_checkpoint(path).checkpoint_hash
    write_concept_names(path, {1: "rain"}, hash)
    torch.manual_seed(1)
    save_checkpoint(Sat2Sound(ModelConfig.tiny()), path)
    with pytest.raises(CheckpointError, match=rf"tiny\.concepts\.json: .*{hash}, not .*delete it") as caught:
        open_checkpoint(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"checkpoint": "HASH"}',
        '{"checkpoint": "HASH", "names": []}',
        '{"checkpoint": "HASH", "names": {"one": "rain"}}',
        '{"checkpoint": "HASH", "names": {"48": "rain"}}',
        '{"checkpoint": "HASH", "names": {"-1": "rain"}}',
        '{"checkpoint": "HASH", "names": {"1": 2}}',
        '{"checkpoint": "HASH", "names": {"1": null}}',
        '{"checkpoint": "HASH", "names": {"1": " "}}',
        '{"checkpoint": ["HASH"], "names": {"1": "rain"}}',
    ],
)
def test_a_file_that_is_not_one_of_names_is_refused_in_one_line(path, content):
    names_path(path).write_text(content.replace("HASH", open_checkpoint(path).checkpoint_hash))
    with pytest.raises(CheckpointError, match=r"tiny\.concepts\.json") as caught:
        open_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_not_text_are_refused(path):
    names_path(path).write_bytes(b"\xff\xfe{")
    with pytest.raises(CheckpointError, match="delete it"):
        open_checkpoint(path)


def test_names_in_an_old_header_are_passed_over(path):
    with safe_open(path, framework="pt") as file:
        header = {**file.metadata(), "concept_names": json.dumps({"3": "surf"})}
    save_file(load_file(path), path, metadata=header)
    assert open_checkpoint(path).concept_names == {}


def test_the_shipped_checkpoint_opens():
    model = open_checkpoint("embedded")
    assert set(model.concept_names) <= set(range(model.config.codebook_size))


def test_where_nothing_can_be_written_is_known_before_and_after_the_work(path):
    check_names_can_be_written(path)
    names_path(path).mkdir()
    with pytest.raises(CheckpointError, match=r"tiny\.concepts\.json: cannot be written"):
        write_concept_names(path, {1: "rain"}, "hash")
    assert not list(path.parent.glob("*.partial"))
    if not Path("/proc/self").is_dir():
        pytest.skip("no folder here that even the administrator cannot write to")
    with pytest.raises(CheckpointError, match=r"/proc/tiny\.concepts\.json: cannot be written"):
        check_names_can_be_written(Path("/proc/tiny.safetensors"))
