"""A Lightning checkpoint is read as data: what would run is refused and never runs."""

import argparse
import os
import pickle
from collections import OrderedDict
from pathlib import Path, PurePosixPath

import pytest
import torch

from model.errors import CheckpointError
from model.sat2sound.checkpoint.lightning_file import read_lightning


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


class Unknown:
    """A class of someone's own."""


def write(path: Path, content: object) -> Path:
    torch.save(content, path)
    return path


GOOD = {"state_dict": {"a": torch.ones(2)}, "hyper_parameters": {"fc_dim": 8}}


def test_tensors_and_options_are_read(tmp_path):
    found = read_lightning(write(tmp_path / "a.ckpt", {**GOOD, "epoch": 3}))
    assert torch.equal(found.state["a"], torch.ones(2))
    assert found.hyper_parameters == {"fc_dim": 8}


@pytest.mark.parametrize(
    "given",
    [argparse.Namespace(fc_dim=8), OrderedDict(fc_dim=8), {"fc_dim": 8, "nested": {"a": [1, 2.5, None, True, "text"]}}],
)
def test_holders_of_values_that_runs_use_are_read(tmp_path, given):
    found = read_lightning(write(tmp_path / "a.ckpt", {**GOOD, "hyper_parameters": given}))
    assert found.hyper_parameters["fc_dim"] == 8


def test_a_path_is_read_as_a_path_that_touches_nothing(tmp_path):
    given = {"folder": Path("/data/run")}
    found = read_lightning(write(tmp_path / "a.ckpt", {**GOOD, "hyper_parameters": given}))
    assert type(found.hyper_parameters["folder"]) is PurePosixPath
    assert str(found.hyper_parameters["folder"]) == "/data/run"


def test_what_would_run_is_refused_by_name_and_has_not_run(tmp_path):
    target = tmp_path / "made"
    path = write(tmp_path / "a.ckpt", {**GOOD, "hyper_parameters": {"x": Evil(target)}})
    with pytest.raises(CheckpointError, match=r"posix\.mkdir.*refused and nothing in it was run"):
        read_lightning(path)
    assert not target.exists()


def test_a_class_of_someones_own_is_refused_without_advice_to_load_unsafely(tmp_path):
    path = write(tmp_path / "a.ckpt", {**GOOD, "hyper_parameters": {"x": Unknown()}})
    with pytest.raises(CheckpointError, match="Unknown") as error:
        read_lightning(path)
    assert "weights_only" not in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"state_dict": {}}, "no state_dict and hyper_parameters"),
        ({"hyper_parameters": {}}, "no state_dict and hyper_parameters"),
        ([1, 2], "no state_dict and hyper_parameters"),
        ({"state_dict": [], "hyper_parameters": {}}, "not tables of names"),
        ({"state_dict": {}, "hyper_parameters": 3}, "not tables of names"),
        ({"state_dict": {"a": 3}, "hyper_parameters": {}}, "a is not a tensor"),
    ],
)
def test_what_is_no_lightning_checkpoint_is_said(tmp_path, content, words):
    with pytest.raises(CheckpointError, match=words):
        read_lightning(write(tmp_path / "a.ckpt", content))


def test_a_missing_file_is_a_checkpoint_error_in_one_line(tmp_path):
    with pytest.raises(CheckpointError, match=r"gone\.ckpt") as error:
        read_lightning(tmp_path / "gone.ckpt")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kept", [0, 1, 10, 100, 0.5, 0.99])
def test_a_file_cut_short_anywhere_is_a_checkpoint_error(tmp_path, kept):
    path = write(tmp_path / "a.ckpt", GOOD)
    content = path.read_bytes()
    path.write_bytes(content[: kept if isinstance(kept, int) else int(kept * len(content))])
    with pytest.raises(CheckpointError, match="not a readable checkpoint"):
        read_lightning(path)


@pytest.mark.parametrize(
    "content", [b"", b"no checkpoint at all", pickle.dumps({"state_dict": 1}), b"PK\x03\x04" + bytes(90)]
)
def test_a_file_of_something_else_is_a_checkpoint_error(tmp_path, content):
    (tmp_path / "a.ckpt").write_bytes(content)
    with pytest.raises(CheckpointError):
        read_lightning(tmp_path / "a.ckpt")
