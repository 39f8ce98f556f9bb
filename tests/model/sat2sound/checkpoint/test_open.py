"""Checkpoints open whole or not at all, and say in one line what is wrong with them."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from model.errors import CheckpointError, NotPulled
from model.sat2sound import ModelConfig, Sat2Sound, open_checkpoint, save_checkpoint
from model.sat2sound.checkpoint.open import EMBEDDED, checkpoint_config
from model.sat2sound.checkpoint.published_names import carried, convert, published_name
from model.sat2sound.checkpoint.safetensors_pair import audio_path
from tests.model.sat2sound.made_up import shapes


@pytest.fixture
def saved(tmp_path):
    torch.manual_seed(1)
    model = Sat2Sound(ModelConfig.tiny(metadata=True)).eval()
    path = tmp_path / "tiny.safetensors"
    save_checkpoint(model, path)
    return model, path


@pytest.fixture
def published_state():
    config = ModelConfig.tiny(metadata=True)
    torch.manual_seed(2)
    state = {published_name(name): tensor for name, tensor in Sat2Sound(config).state_dict().items()}
    state |= {name: torch.zeros(shape) for name, shape in carried(config).items()}
    return config, state


def test_what_was_saved_opens_with_the_same_tensors_and_configuration(saved):
    model, path = saved
    opened = open_checkpoint(path)
    assert opened.config == model.config
    assert opened.concept_names == {}
    for name, tensor in model.state_dict().items():
        assert torch.equal(opened.state_dict()[name], tensor), name
    assert not opened.training
    assert not any(p.requires_grad for p in opened.parameters())


def test_an_opened_checkpoint_computes_what_the_saved_model_computes(saved):
    model, path = saved
    opened = open_checkpoint(path)
    log_mel, images = torch.randn(2, 101, 64), torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        # Same weights, but where a file's tensors lie in memory can change the order in which BLAS adds.
        torch.testing.assert_close(opened.embed_log_mel(log_mel).vector, model.embed_log_mel(log_mel).vector)
        torch.testing.assert_close(opened.embed_images(images, 1.0).vector, model.embed_images(images, 1.0).vector)


def test_the_audio_side_lives_in_its_own_file(saved):
    _, path = saved
    assert not any(name.startswith("audio_encoder.") for name in load_file(path))
    assert any(name.startswith("audio_encoder.") for name in load_file(audio_path(path)))


def test_the_hash_names_the_weights_by_content(saved, tmp_path):
    model, path = saved
    again = tmp_path / "again.safetensors"
    save_checkpoint(model, again)
    assert open_checkpoint(again).checkpoint_hash == open_checkpoint(path).checkpoint_hash
    with torch.no_grad():
        model.codebook.concepts[0, 0] += 1
    save_checkpoint(model, again)
    assert open_checkpoint(again).checkpoint_hash != open_checkpoint(path).checkpoint_hash


@pytest.mark.parametrize("which", ["core", "audio"])
@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty", "missing"])
def test_a_damaged_file_is_refused_in_one_line_that_names_it(saved, which, damage):
    _, path = saved
    target = path if which == "core" else audio_path(path)
    content = bytearray(target.read_bytes())
    if damage == "missing":
        target.unlink()
    else:
        content[-5] ^= 1
        target.write_bytes({"truncated": content[: len(content) // 2], "flipped": content, "empty": b""}[damage])
    with pytest.raises(CheckpointError, match=target.name.replace(".", r"\.")) as caught:
        open_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_weights_that_are_not_finite_are_named(saved):
    model, path = saved
    model.codebook.concepts.data[0, 0] = float("nan")
    save_checkpoint(model, path)
    with pytest.raises(CheckpointError, match=r"tiny\.safetensors: not finite: codebook\.concepts"):
        open_checkpoint(path)


def test_files_of_two_checkpoints_are_not_mixed(saved, tmp_path):
    _, path = saved
    other = tmp_path / "other.safetensors"
    save_checkpoint(Sat2Sound(ModelConfig.tiny()), other)
    audio_path(other).replace(audio_path(path))
    with pytest.raises(CheckpointError, match="another configuration"):
        open_checkpoint(path)


def test_a_safetensors_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "else.safetensors"
    save_file({"x": torch.zeros(2)}, path)
    with pytest.raises(CheckpointError, match="not an Earshot checkpoint"):
        open_checkpoint(path)


@pytest.mark.parametrize("name", ["nowhere", "/no/such/file.ckpt"])
def test_an_unknown_checkpoint_says_what_to_give(name):
    with pytest.raises(CheckpointError, match="give"):
        open_checkpoint(name)


def test_saving_where_nothing_can_be_written_is_one_line_and_leaves_nothing(tmp_path):
    target = tmp_path / "no" / "folder.safetensors"
    with pytest.raises(CheckpointError, match="cannot be written"):
        save_checkpoint(Sat2Sound(ModelConfig.tiny()), target)
    assert list(tmp_path.iterdir()) == []


def test_every_published_tensor_is_accounted_for(published_state):
    config, state = published_state
    converted = convert(state, config)
    assert converted.unexpected == ()
    assert converted.state.keys() == Sat2Sound(config).state_dict().keys()


@pytest.mark.parametrize("metadata", [True, False])
def test_the_published_tensors_are_our_names_and_shapes(metadata):
    config = ModelConfig.published("bingmap", metadata)
    with torch.device("meta"):
        ours = {published_name(n): list(t.shape) for n, t in Sat2Sound(config).state_dict().items()}
    ours |= {name: list(shape) for name, shape in carried(config).items()}
    assert ours == shapes(metadata)


def test_a_missing_tensor_is_named(published_state):
    config, state = published_state
    del state["fdt.space_dict"]
    with pytest.raises(CheckpointError, match=r"missing tensor: fdt\.space_dict"):
        convert(state, config)


def test_a_misshapen_tensor_is_named_with_both_shapes(published_state):
    config, state = published_state
    state["fdt.space_dict"] = torch.zeros(3, 4)
    with pytest.raises(CheckpointError, match=r"fdt\.space_dict: expected shape \(48, 32\), found \(3, 4\)"):
        convert(state, config)


def test_a_tensor_that_is_not_finite_is_named(published_state):
    config, state = published_state
    state["fdt.space_dict"][1, 1] = float("nan")
    with pytest.raises(CheckpointError, match=r"fdt\.space_dict: holds values that are not finite"):
        convert(state, config)


def test_an_unexpected_tensor_is_reported_by_name(published_state):
    config, state = published_state
    state["text_encoder.extra"] = torch.zeros(1)
    assert convert(state, config).unexpected == ("text_encoder.extra",)


def test_configurations_survive_json_and_refuse_impossible_sizes():
    for config in (ModelConfig(), ModelConfig.embedded(), ModelConfig.tiny(True)):
        assert ModelConfig.from_json(config.to_json()) == config
    with pytest.raises(CheckpointError, match="patch_size"):
        ModelConfig(patch_size=15)
    with pytest.raises(CheckpointError, match="not a model configuration"):
        ModelConfig.from_json('{"no": 1}')
    with pytest.raises(CheckpointError, match="unknown imagery"):
        ModelConfig.published("landsat")


def test_the_six_published_models_have_their_tiles_and_distances():
    expected = {"bingmap": (300, (0.6, 3.0)), "sentinel": (256, (10.0, 50.0)), "SoundingEarth": (256, (0.2, 0.2))}
    for imagery, (pixels, gsd) in expected.items():
        config = ModelConfig.published(imagery, True)
        assert config.tile_pixels == pixels
        np.testing.assert_allclose(config.gsd_range, gsd)


def test_a_data_folder_that_is_told_is_looked_in_and_not_the_default(tmp_path, monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path / "default"))
    asked = []
    monkeypatch.setattr(
        "model.sat2sound.checkpoint.open.converted",
        lambda name, data_dir: asked.append((name, data_dir)) or EMBEDDED,
    )
    model = open_checkpoint("published:bingmap_nometa", data_dir=tmp_path / "told")
    assert asked == [("bingmap_nometa", tmp_path / "told")]
    assert model.data_dir == tmp_path / "told"


def test_a_published_checkpoint_that_is_not_in_the_folder_told_is_not_pulled(tmp_path):
    with pytest.raises(NotPulled, match="earshot pull bingmap_nometa"):
        open_checkpoint("published:bingmap_nometa", data_dir=tmp_path)
    with pytest.raises(NotPulled, match="earshot pull bingmap_nometa"):
        checkpoint_config("published:bingmap_nometa", tmp_path)


def test_the_text_encoder_of_a_checkpoint_is_looked_for_in_the_folder_told(tmp_path, monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path / "default"))
    asked = []

    def opened(name, data_dir):
        asked.append((name, data_dir))
        raise NotPulled("not here")

    monkeypatch.setattr("model.sat2sound.sat2sound.open_text_encoder", opened)
    model = open_checkpoint("embedded", data_dir=tmp_path / "told")
    with pytest.raises(NotPulled):
        model.embed_texts(["rain"])
    assert asked == [("minilm", tmp_path / "told")]
