"""A checkpoint is two files that belong together; what is cut, altered or another's is refused by name."""

import dataclasses
import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from model.errors import CheckpointError
from model.sat2sound import ModelConfig, Sat2Sound
from model.sat2sound.checkpoint.safetensors_pair import (
    AUDIO_PREFIXES,
    HASH_LENGTH,
    audio_path,
    content_hash,
    model_around,
    read_checkpoint,
    read_config,
    save_checkpoint,
    weights_hash,
)


@pytest.fixture(scope="module")
def model() -> Sat2Sound:
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny())


@pytest.fixture
def saved(model, tmp_path):
    path = tmp_path / "tiny.safetensors"
    save_checkpoint(model, path)
    return path


def header(path):
    with safe_open(path, framework="pt") as file:
        return file.metadata()


def rewrite(path, change):
    """Write the file again with other tensors under the old header."""
    tensors, told = load_file(path), header(path)
    tensors = {name: tensor.clone() for name, tensor in tensors.items()}
    change(tensors, told)
    save_file(tensors, path, metadata=told)


def test_what_is_read_is_what_was_saved(model, saved):
    opened = read_checkpoint(saved)
    assert opened.config == model.config
    for name, tensor in model.state_dict().items():
        assert torch.equal(opened.state_dict()[name], tensor), name


def test_each_side_lies_in_its_own_file(saved):
    core, audio = load_file(saved), load_file(audio_path(saved))
    assert audio
    assert all(name.startswith(AUDIO_PREFIXES) for name in audio)
    assert not any(name.startswith(AUDIO_PREFIXES) for name in core)


def test_nothing_else_is_left_in_the_folder(saved):
    assert sorted(path.name for path in saved.parent.iterdir()) == ["tiny.audio.safetensors", "tiny.safetensors"]


def test_the_hash_is_that_of_the_weights_whichever_file_they_lie_in(model, saved):
    assert read_checkpoint(saved).checkpoint_hash == weights_hash(model.state_dict())
    assert len(weights_hash(model.state_dict())) == HASH_LENGTH


def test_another_weight_gives_another_hash(model):
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    state["codebook.concepts"][0, 0] += 1
    assert weights_hash(state) != weights_hash(model.state_dict())


def test_the_order_of_tensors_does_not_change_their_hash():
    tensors = {"b": torch.ones(2), "a": torch.zeros(3)}
    assert content_hash(tensors) == content_hash(dict(reversed(tensors.items())))


def test_a_name_is_part_of_the_hash():
    assert content_hash({"a": torch.ones(2)}) != content_hash({"b": torch.ones(2)})


def test_a_configuration_is_read_without_the_weights(model, saved):
    audio_path(saved).unlink()
    assert read_config(saved) == model.config


@pytest.mark.parametrize("side", ["core", "audio"])
def test_a_file_that_is_missing_or_cut_short_is_named(saved, side):
    path = saved if side == "core" else audio_path(saved)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(CheckpointError, match=path.name):
        read_checkpoint(saved)
    path.unlink()
    with pytest.raises(CheckpointError, match=path.name):
        read_checkpoint(saved)


@pytest.mark.parametrize("side", ["core", "audio"])
def test_one_flipped_bit_is_found(saved, side):
    path = saved if side == "core" else audio_path(saved)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(CheckpointError, match=r"corrupt.*checksum"):
        read_checkpoint(saved)


def test_a_weight_that_is_no_number_is_named(saved):
    def break_one(tensors, told):
        tensors["codebook.concepts"][3, 3] = float("nan")
        told["sha256"] = content_hash(tensors)

    rewrite(saved, break_one)
    with pytest.raises(CheckpointError, match=r"not finite: codebook\.concepts"):
        read_checkpoint(saved)


def test_the_audio_side_of_another_model_is_refused(saved, tmp_path):
    other = Sat2Sound(dataclasses.replace(ModelConfig.tiny(), temperature=2.0))
    save_checkpoint(other, tmp_path / "other.safetensors")
    audio_path(tmp_path / "other.safetensors").replace(audio_path(saved))
    with pytest.raises(CheckpointError, match="another configuration"):
        read_checkpoint(saved)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.pop("codebook.concepts"), r"missing or misshapen: codebook\.concepts"),
        (lambda t: t.update({"codebook.concepts": torch.ones(2, 2)}), "missing or misshapen"),
        (lambda t: t.update({"extra": torch.ones(2)}), "unexpected tensors: extra"),
    ],
)
def test_tensors_that_the_sizes_do_not_ask_for_are_named(saved, change, words):
    def altered(tensors, told):
        change(tensors)
        told["sha256"] = content_hash(tensors)

    rewrite(saved, altered)
    with pytest.raises(CheckpointError, match=words):
        read_checkpoint(saved)


def test_a_safetensors_file_of_something_else_is_no_checkpoint(tmp_path):
    save_file({"a": torch.ones(2)}, tmp_path / "x.safetensors")
    with pytest.raises(CheckpointError, match="no configuration"):
        read_checkpoint(tmp_path / "x.safetensors")
    with pytest.raises(CheckpointError, match="not a model configuration"):
        read_config(tmp_path / "x.safetensors")


def test_a_header_with_an_unknown_size_is_refused(saved):
    def strange(tensors, told):
        told["config"] = json.dumps({**json.loads(told["config"]), "colour": 3})

    rewrite(saved, strange)
    with pytest.raises(CheckpointError, match="colour"):
        read_config(saved)


def test_a_folder_that_is_not_there_is_said_and_the_old_files_stay(model, saved):
    before = saved.read_bytes()
    with pytest.raises(CheckpointError, match="cannot be written"):
        save_checkpoint(model, saved.parent / "missing" / "tiny.safetensors")
    assert saved.read_bytes() == before


def test_a_model_around_tensors_shares_them(model, tmp_path):
    state = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    around = model_around(state, model.config, tmp_path)
    assert around.codebook.concepts.data_ptr() == state["codebook.concepts"].data_ptr()
