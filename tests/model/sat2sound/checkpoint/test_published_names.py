"""Every tensor of ours has one published name, and a published state dict is taken over whole or not at all."""

import dataclasses

import pytest
import torch

from model.errors import CheckpointError
from model.sat2sound import ModelConfig, Sat2Sound
from model.sat2sound.checkpoint.published_names import PIECE, carried, convert, published_name

CONFIG = dataclasses.replace(ModelConfig.tiny(metadata=True), name="bingmap_withmeta")


@pytest.fixture(scope="module")
def ours() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return Sat2Sound(CONFIG).state_dict()


@pytest.fixture
def published(ours) -> dict[str, torch.Tensor]:
    state = {published_name(name): tensor.clone() for name, tensor in ours.items()}
    return state | {name: torch.zeros(shape) for name, shape in carried(CONFIG).items()}


def test_no_two_tensors_share_a_published_name(ours):
    names = [published_name(name) for name in ours]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        ("log_scales.ia", "logit_scale_ia"),
        ("image_encoder.patch.weight", "satmae_backbone.backbone.patch_embed.proj.weight"),
        ("image_encoder.blocks.3.self_attn.in_proj_weight", "satmae_backbone.backbone.blocks.3.attn.qkv.weight"),
        ("image_encoder.blocks.0.self_attn.out_proj.bias", "satmae_backbone.backbone.blocks.0.attn.proj.bias"),
        ("image_encoder.blocks.11.linear2.weight", "satmae_backbone.backbone.blocks.11.mlp.fc2.weight"),
        ("image_encoder.projector.2.bias", "satmae_backbone.projector.linear2.bias"),
        ("codebook.concepts", "fdt.space_dict"),
        ("codebook.queries.text.q_map.0.weight", "fdt.txt_query_model.q_map.0.weight"),
        ("metadata_fusion.embed.latlong.2.weight", "sat_encoder.meta_fuser.meta_embed.location_fc.fc2.weight"),
        ("metadata_fusion.embed.month.0.bias", "sat_encoder.meta_fuser.meta_embed.month_fc.fc1.bias"),
        (
            "metadata_fusion.embed.audio_source.weight",
            "sat_encoder.meta_fuser.meta_embed.audio_source_fc.source_embed.weight",
        ),
    ],
)
def test_names_are_those_of_the_published_files(own, theirs):
    assert published_name(own) == theirs


def test_a_name_nobody_published_is_refused():
    with pytest.raises(CheckpointError, match=r"no published name for image_encoder\.colour"):
        published_name("image_encoder.colour")


def test_a_published_state_dict_is_ours_under_our_names(ours, published):
    found = convert(published, CONFIG)
    assert found.unexpected == ()
    assert found.state.keys() == ours.keys()
    for name, tensor in ours.items():
        assert torch.equal(found.state[name], tensor), name


def test_a_model_without_metadata_has_no_fusion_in_its_files():
    plain = dataclasses.replace(ModelConfig.tiny(), name="bingmap_nometa")
    state = {published_name(name): tensor for name, tensor in Sat2Sound(plain).state_dict().items()}
    assert not any("meta_fuser" in name for name in state)
    assert convert(state | {name: torch.zeros(shape) for name, shape in carried(plain).items()}, plain).state


def test_what_no_manifest_knows_is_told_and_left(published):
    assert convert({**published, "b.extra": torch.ones(1), "a.extra": torch.ones(1)}, CONFIG).unexpected == (
        "a.extra",
        "b.extra",
    )


def test_missing_tensors_are_named_and_many_are_counted(published):
    one = {name: tensor for name, tensor in published.items() if name != "fdt.space_dict"}
    with pytest.raises(CheckpointError, match=r"missing tensor: fdt\.space_dict$"):
        convert(one, CONFIG)
    with pytest.raises(CheckpointError, match=r"missing tensors: .* and \d+ more$"):
        convert({}, CONFIG)


def test_what_inference_never_reads_must_be_there_too(published):
    name = next(iter(carried(CONFIG)))
    with pytest.raises(CheckpointError, match="missing tensor"):
        convert({key: tensor for key, tensor in published.items() if key != name}, CONFIG)


def test_another_shape_is_named_with_both(published):
    with pytest.raises(CheckpointError, match=r"fdt\.space_dict: expected shape \(48, 32\), found \(3, 3\)"):
        convert({**published, "fdt.space_dict": torch.zeros(3, 3)}, CONFIG)


@pytest.mark.parametrize(
    ("tensor", "words"),
    [
        (torch.full((48, 32), float("inf")), "not finite"),
        (torch.zeros(48, 32, dtype=torch.float16), "float16, not float32"),
        (torch.zeros(48, 32, dtype=torch.float64), "float64, not float32"),
    ],
)
def test_a_weight_that_cannot_be_used_is_named(published, tensor, words):
    with pytest.raises(CheckpointError, match=rf"fdt\.space_dict: holds .*{words}"):
        convert({**published, "fdt.space_dict": tensor}, CONFIG)


def test_what_inference_never_reads_may_hold_anything(published):
    name = next(name for name in carried(CONFIG) if name.endswith("tscam_conv.bias"))
    assert convert({**published, name: torch.full((527,), float("nan"))}, CONFIG).state


def test_a_bad_value_is_found_in_any_piece(monkeypatch, published):
    monkeypatch.setattr("model.sat2sound.checkpoint.published_names.PIECE", 100)
    assert PIECE > 100
    tensor = torch.zeros(48, 32)
    tensor[-1, -1] = float("nan")
    with pytest.raises(CheckpointError, match="not finite"):
        convert({**published, "fdt.space_dict": tensor}, CONFIG)


def test_shifted_blocks_alone_carry_a_mask():
    names = carried(ModelConfig())
    masks = [name for name in names if name.endswith("attn_mask")]
    assert masks == [f"audio_encoder.model.audio_enc.layers.{s}.blocks.{b}.attn_mask" for s, b in
                     ((0, 1), (1, 1), (2, 1), (2, 3), (2, 5))]  # fmt: skip
