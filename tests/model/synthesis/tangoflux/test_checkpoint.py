import json
import re
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from benchmarks.made_up_tangoflux import TINY
from model.errors import CheckpointError
from model.registry import record
from model.synthesis import open_synthesizer
from model.synthesis.tangoflux import TangoFluxConfig, open_networks
from model.synthesis.tangoflux.checkpoint import _open_tokenizer
from model.synthesis.tangoflux.networks import build_autoencoder, empty_networks

FLOW, VAE = "tangoflux.safetensors", "vae.safetensors"


@pytest.fixture
def folder(made_up_folder, tmp_path):
    """A copy of the made-up directory, to be damaged."""
    return shutil.copytree(made_up_folder, tmp_path / "copy")


def rewrite(file, change):
    state = load_file(file)
    change(state)
    save_file(state, file)


def edit(file, **values):
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))


def refused(folder, match):
    with pytest.raises(CheckpointError, match=match) as caught:
        open_networks(folder)
    assert "\n" not in str(caught.value)


def test_the_networks_are_frozen_and_wholly_in_memory(made_up_folder):
    networks = open_networks(made_up_folder)
    for network in (networks.text, networks.transformer, networks.decoder):
        assert not network.training
        tensors = [*network.parameters(), *network.buffers()]
        assert {(tensor.device.type, tensor.requires_grad) for tensor in tensors} == {("cpu", False)}


def test_only_the_transformer_is_in_the_precision_asked_for(made_up_folder):
    networks = open_networks(made_up_folder, torch.bfloat16)
    kinds = [next(one.parameters()).dtype for one in (networks.text, networks.transformer, networks.decoder)]
    assert kinds == [torch.float32, torch.bfloat16, torch.float32]


def test_every_stored_tensor_is_where_its_name_says(made_up_folder):
    networks, stored = open_networks(made_up_folder), load_file(made_up_folder / FLOW)
    held = {f"transformer.{name}": tensor for name, tensor in networks.transformer.state_dict().items()}
    held |= networks.text.state_dict()
    assert torch.equal(held.pop("text_encoder.encoder.embed_tokens.weight"), stored["text_encoder.shared.weight"])
    assert held.keys() == stored.keys()
    assert all(torch.equal(held[name], stored[name]) for name in stored)


@torch.inference_mode()
def test_the_decoder_decodes_as_the_autoencoder_it_is_part_of(made_up_folder):
    whole = build_autoencoder(TINY)
    whole.load_state_dict(load_file(made_up_folder / VAE))
    latents = torch.randn(1, 64, 12, generator=torch.Generator().manual_seed(1))
    decoder = open_networks(made_up_folder).decoder
    torch.testing.assert_close(decoder(latents), whole.decode(latents).sample, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (FLOW, "transformer.x_embedder.bias"),
        (FLOW, "text_encoder.shared.weight"),
        (FLOW, "fc.0.weight"),
        (FLOW, "duration_emebdder.time_positional_embedding.0.weights"),
        (VAE, "decoder.block.0.conv_t1.weight_g"),
        (VAE, "encoder.conv1.bias"),
    ],
)
def test_a_missing_tensor_is_named(folder, file, name):
    rewrite(folder / file, lambda state: state.pop(name))
    refused(folder, rf"{file}: missing: {name}$")


def test_a_misshapen_tensor_is_named(folder):
    rewrite(folder / FLOW, lambda state: state.update({"fc.0.bias": torch.zeros(63)}))
    refused(folder, r"misshapen: fc\.0\.bias$")


def test_an_unexpected_tensor_is_named(folder):
    rewrite(folder / VAE, lambda state: state.update({"decoder.block.9.bias": torch.zeros(1)}))
    refused(folder, r"unexpected: decoder\.block\.9\.bias$")


def test_of_many_missing_tensors_a_few_are_named(folder):
    rewrite(folder / FLOW, lambda state: [state.pop(name) for name in list(state) if name.startswith("transformer.")])
    refused(folder, r"missing: transformer\..* and \d+ more$")


def test_a_tensor_that_is_not_finite_is_named(folder):
    rewrite(folder / VAE, lambda state: state["decoder.conv1.bias"].fill_(torch.nan))
    refused(folder, r"not finite: decoder\.conv1\.bias$")


def test_a_directory_is_known_by_its_content_wherever_it_lies(folder, tmp_path):
    first = open_networks(folder).checkpoint
    elsewhere = shutil.copytree(folder, tmp_path / "elsewhere")
    assert open_networks(elsewhere).checkpoint == first
    assert re.fullmatch("[0-9a-f]{16}", first)


@pytest.mark.parametrize("file", [FLOW, VAE])
def test_a_directory_whose_weights_differ_in_one_number_is_another(folder, file):
    first = open_networks(folder).checkpoint
    rewrite(folder / file, lambda state: next(iter(state.values())).flatten()[:1].add_(1))
    assert open_networks(folder).checkpoint != first


def test_a_file_that_is_none_is_refused(folder):
    (folder / VAE).write_bytes(b"no tensors")
    refused(folder, r"vae\.safetensors: not a readable safetensors file")


@pytest.mark.parametrize("file", [FLOW, VAE, "config.json", "text_encoder/config.json", "text_encoder/tokenizer.json"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    refused(folder, file.split("/")[0].split(".")[0])


def test_the_published_tokeniser_is_the_one_pulled_into_the_same_data_folder(folder, tmp_path):
    tokenizer = shutil.copytree(folder / "text_encoder", tmp_path / "tokenizer")
    (tokenizer / "config.json").unlink()
    record("flan-t5-tokenizer", tokenizer, data_dir=tmp_path)
    empty = tmp_path / "empty"
    assert _open_tokenizer(empty, TangoFluxConfig(), tmp_path)("ab")["input_ids"][-1] == 1
    with pytest.raises(CheckpointError, match="earshot pull flan-t5-tokenizer"):
        _open_tokenizer(empty, TangoFluxConfig(), empty)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="nowhere: no such directory"):
        open_synthesizer("tangoflux", tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_a_configuration_that_is_none_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    refused(folder, r"config\.json")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("num_layers", 0),
        ("num_layers", "6"),
        ("num_single_layers", True),
        ("in_channels", 32),
        ("attention_head_dim", 64),
        ("joint_attention_dim", 128),
        ("audio_seq_len", -1),
        ("max_duration", None),
        ("text_encoder_name", 3),
    ],
)
def test_an_impossible_size_is_named(folder, field, value):
    edit(folder / "config.json", **{field: value})
    refused(folder, field)


def test_a_decoder_of_other_frames_is_refused(folder):
    edit(folder / "vae_config.json", downsampling_ratios=[2, 2, 4, 8, 8])
    refused(folder, "downsampling_ratios")


def test_a_text_encoder_that_makes_no_network_is_refused(folder):
    edit(folder / "text_encoder/config.json", feed_forward_proj="gated")
    refused(folder, "makes no network")


def test_a_text_encoder_named_by_an_unknown_hub_id_is_refused(folder):
    shutil.rmtree(folder / "text_encoder")
    edit(folder / "config.json", text_encoder_name="someone/else")
    refused(folder, "text_encoder_name")


def test_without_files_of_its_own_the_text_encoder_has_the_published_sizes(folder):
    shutil.rmtree(folder / "text_encoder")
    edit(folder / "config.json", text_encoder_name="google/flan-t5-large", joint_attention_dim=1024)
    assert TangoFluxConfig.read(folder).text["num_layers"] == 24


def test_without_a_vae_config_the_autoencoder_has_the_published_sizes(folder):
    (folder / "vae_config.json").unlink()
    assert TangoFluxConfig.read(folder).vae["decoder_channels"] == 128
    refused(folder, r"vae\.safetensors: misshapen")


def test_the_published_size_has_as_many_parameters_as_published():
    shapes = empty_networks(TangoFluxConfig()).shapes()
    counts = {file: sum(torch.Size(shape).numel() for shape in names.values()) for file, names in shapes.items()}
    assert counts == {FLOW: 859_240_640, VAE: 156_112_514}
