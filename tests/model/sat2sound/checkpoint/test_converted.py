"""Published checkpoints: read as data and nothing else, accounted for by name, converted once."""

import argparse
import json
import pickle
import re
import shutil
import sys
import types

import pytest
import torch

from model.errors import CheckpointError, NotPulled
from model.registry import models_folder, record
from model.sat2sound import open_checkpoint
from model.sat2sound.checkpoint.open import checkpoint_config
from tests.tiny_published import options, shrink, state, write_ckpt

NAME = "bingmap_withmeta"


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch):
    shrink(monkeypatch)
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def ckpt(tmp_path):
    return write_ckpt(tmp_path / f"{NAME}.ckpt", NAME)


def files(data_dir):
    return {path.name: path.stat().st_mtime_ns for path in models_folder(data_dir).iterdir() if path.suffix != ".busy"}


def test_by_name_and_by_path_it_is_the_same_model(ckpt, data_dir):
    record(NAME, ckpt)
    by_name, by_path = open_checkpoint(f"published:{NAME}"), open_checkpoint(ckpt)
    assert by_name.config == by_path.config
    assert by_name.checkpoint_hash == by_path.checkpoint_hash
    for name, tensor in by_path.state_dict().items():
        assert torch.equal(by_name.state_dict()[name], tensor), name


def test_it_is_converted_once_and_its_options_are_kept_as_json(ckpt, data_dir):
    record(NAME, ckpt)
    open_checkpoint(f"published:{NAME}")
    before = files(data_dir)
    assert {f"{NAME}.safetensors", f"{NAME}.audio.safetensors", f"{NAME}.json"} <= before.keys()
    assert json.loads((models_folder(data_dir) / f"{NAME}.json").read_text())["hyper_parameters"] == options(NAME)
    ckpt.unlink()
    open_checkpoint(f"published:{NAME}")
    assert files(data_dir) == before


def test_what_is_pulled_anew_is_converted_anew(ckpt):
    record(NAME, ckpt)
    old = open_checkpoint(f"published:{NAME}").checkpoint_hash
    record(NAME, write_ckpt(ckpt, NAME, state_dict=state(NAME, seed=3)))
    assert open_checkpoint(f"published:{NAME}").checkpoint_hash != old


def test_a_half_written_conversion_is_done_again(ckpt, data_dir):
    record(NAME, ckpt)
    open_checkpoint(f"published:{NAME}")
    (models_folder(data_dir) / f"{NAME}.audio.safetensors").unlink()
    assert open_checkpoint(f"published:{NAME}").config.name == NAME


def test_a_converted_file_that_is_damaged_is_refused(ckpt, data_dir):
    record(NAME, ckpt)
    open_checkpoint(f"published:{NAME}")
    path = models_folder(data_dir) / f"{NAME}.safetensors"
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="corrupt"):
        open_checkpoint(f"published:{NAME}")


def test_one_that_was_never_pulled_says_which_command_fetches_it():
    with pytest.raises(NotPulled, match=f"{NAME} is not on this machine: run `earshot pull {NAME}`"):
        open_checkpoint(f"published:{NAME}")


def test_an_unknown_name_lists_the_published_ones():
    with pytest.raises(CheckpointError, match=r"published:mars_withmeta: no such checkpoint; .* bingmap_nometa"):
        open_checkpoint("published:mars_withmeta")


def test_a_file_of_another_checkpoint_is_refused_naming_both(tmp_path):
    record(NAME, write_ckpt(tmp_path / "x.ckpt", "sentinel_nometa"))
    with pytest.raises(CheckpointError, match=f"holds sentinel_nometa, not {NAME}"):
        open_checkpoint(f"published:{NAME}")


def test_the_configuration_is_read_without_the_weights(ckpt):
    assert checkpoint_config(ckpt).tile_pixels == 300
    record(NAME, ckpt)
    assert checkpoint_config(f"published:{NAME}") == checkpoint_config(ckpt)


def test_what_is_extra_is_reported_by_name(tmp_path, caplog):
    path = write_ckpt(tmp_path / "x.ckpt", NAME, state_dict=state(NAME) | {"ema.decay": torch.zeros(1)})
    open_checkpoint(path)
    assert "ema.decay" in caplog.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda tensors: tensors.pop("fdt.space_dict"), r"x\.ckpt: missing tensor: fdt\.space_dict"),
        (lambda tensors: tensors.update({"fdt.space_dict": torch.zeros(2, 2)}), r"fdt\.space_dict: expected shape"),
        (lambda tensors: tensors["fdt.space_dict"].data.fill_(float("inf")), r"fdt\.space_dict: .* not finite"),
        (
            lambda tensors: tensors.update({"fdt.space_dict": tensors["fdt.space_dict"].half()}),
            r"fdt\.space_dict: holds float16, not float32",
        ),
        (lambda tensors: tensors.update({"fdt.space_dict": 3}), r"fdt\.space_dict is not a tensor"),
    ],
)
def test_a_wrong_tensor_is_named_with_its_file(tmp_path, change, words):
    tensors = state(NAME)
    change(tensors)
    with pytest.raises(CheckpointError, match=words):
        open_checkpoint(write_ckpt(tmp_path / "x.ckpt", NAME, state_dict=tensors))


@pytest.mark.parametrize("cut", [0, 100, 0.5, 0.99])
def test_a_file_that_was_cut_short_is_refused_in_one_line(ckpt, cut):
    content = ckpt.read_bytes()
    ckpt.write_bytes(content[: int(len(content) * cut) if isinstance(cut, float) else cut])
    with pytest.raises(CheckpointError, match=rf"{NAME}\.ckpt: not a readable checkpoint") as caught:
        open_checkpoint(ckpt)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [[], {"state_dict": {}}, {"state_dict": 1, "hyper_parameters": {}}])
def test_a_file_of_another_layout_is_refused(tmp_path, content):
    torch.save(content, tmp_path / "x.ckpt")
    with pytest.raises(CheckpointError, match="hyper_parameters"):
        open_checkpoint(tmp_path / "x.ckpt")


def test_options_may_be_held_as_lightning_holds_them(tmp_path, monkeypatch):
    from pathlib import Path

    given = {**options(NAME), "satmae_ckpt_path": Path("/backbones/pretrain.pth")}
    assert (
        open_checkpoint(
            write_ckpt(tmp_path / "namespace.ckpt", NAME, hyper_parameters=argparse.Namespace(**given))
        ).config.name
        == NAME
    )
    # Lightning's own dictionary, pickled under the name it has there.
    module = types.ModuleType("pytorch_lightning.utilities.parsing")
    kind = type("AttributeDict", (dict,), {"__module__": module.__name__})
    module.AttributeDict = kind
    for part in ("pytorch_lightning", "pytorch_lightning.utilities"):
        monkeypatch.setitem(sys.modules, part, types.ModuleType(part))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    path = write_ckpt(tmp_path / "lightning.ckpt", NAME, hyper_parameters=kind(given))
    assert open_checkpoint(path).config.name == NAME


class Payload:
    """What runs when it is unpickled carelessly."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("hidden_in", ["state_dict", "hyper_parameters", "callbacks"])
@pytest.mark.parametrize("function", ["open", "os.system", "eval"])
def test_a_pickle_that_would_run_code_is_refused_and_nothing_runs(tmp_path, hidden_in, function):
    import os

    mark = tmp_path / "was-here"
    payload = {
        "open": Payload(open, str(mark), "w"),
        "os.system": Payload(os.system, f"touch {mark}"),
        "eval": Payload(eval, f"open({str(mark)!r}, 'w')"),
    }[function]
    parts = {"state_dict": state(NAME), "hyper_parameters": options(NAME)}
    parts[hidden_in] = {**parts.get(hidden_in, {}), "evil": payload}
    torch.save(parts, tmp_path / "zip.ckpt")
    (tmp_path / "plain.ckpt").write_bytes(pickle.dumps(parts))
    for path in (tmp_path / "zip.ckpt", tmp_path / "plain.ckpt"):
        with pytest.raises(CheckpointError, match="not a readable checkpoint") as caught:
            open_checkpoint(path)
        assert "weights_only" not in str(caught.value)
        record(NAME, path)
        with pytest.raises(CheckpointError):
            open_checkpoint(f"published:{NAME}")
    assert not mark.exists()
    with pytest.raises(CheckpointError, match=r"it holds [\w.]*(open|system|eval)\b.*nothing in it was run"):
        open_checkpoint(tmp_path / "zip.ckpt")


def test_nothing_in_the_code_loads_unsafely():
    from pathlib import Path

    import model

    for path in Path(model.__file__).parent.rglob("*.py"):
        text = path.read_text()
        assert "weights_only=False" not in text, path
        assert all("weights_only=True" in call for call in re.findall(r"torch\.load\(.*\)", text)), path
        assert "pickle.load" not in text, path


def test_no_space_leaves_no_half_a_model(ckpt, data_dir, monkeypatch):
    record(NAME, ckpt)

    def full(tensors, path, metadata):
        shutil.copy(ckpt, path)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("model.sat2sound.checkpoint.safetensors_pair.save_file", full)
        with pytest.raises(CheckpointError, match=r"cannot be written.*No space left"):
            open_checkpoint(f"published:{NAME}")
    assert not list(models_folder(data_dir).glob("*.partial"))
    assert open_checkpoint(f"published:{NAME}").config.name == NAME
