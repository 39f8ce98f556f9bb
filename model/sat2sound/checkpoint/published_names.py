"""The published checkpoint layout: its tensor names and shapes, and ours beside them (specification §14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from model.errors import CheckpointError
from model.sat2sound.config import ModelConfig
from model.sat2sound.sat2sound import Sat2Sound

PIECE = 1 << 20
_AUDIO = "audio_encoder.model.audio_enc."
_FUSER = "sat_encoder.meta_fuser."

# Ours -> published, first match wins.
_RULES: tuple[tuple[str, str], ...] = (
    (r"log_scales\.(.*)", r"logit_scale_\1"),
    (r"image_encoder\.patch\.(.*)", r"satmae_backbone.backbone.patch_embed.proj.\1"),
    (r"image_encoder\.blocks\.(\d+)\.self_attn\.in_proj_(.*)", r"satmae_backbone.backbone.blocks.\1.attn.qkv.\2"),
    (r"image_encoder\.blocks\.(\d+)\.self_attn\.out_proj\.(.*)", r"satmae_backbone.backbone.blocks.\1.attn.proj.\2"),
    (r"image_encoder\.blocks\.(\d+)\.linear(\d)\.(.*)", r"satmae_backbone.backbone.blocks.\1.mlp.fc\2.\3"),
    (r"image_encoder\.blocks\.(\d+)\.norm(.*)", r"satmae_backbone.backbone.blocks.\1.norm\2"),
    (r"image_encoder\.projector\.0\.(.*)", r"satmae_backbone.projector.linear1.\1"),
    (r"image_encoder\.projector\.2\.(.*)", r"satmae_backbone.projector.linear2.\1"),
    (r"metadata_fusion\.layers\.(.*)", _FUSER + r"transformer_encoder.layers.\1"),
    (r"metadata_fusion\.embed\.(.*_source)\.(.*)", _FUSER + r"meta_embed.\1_fc.source_embed.\2"),
    (r"metadata_fusion\.embed\.latlong\.(.*)", _FUSER + r"meta_embed.location_fc.\1"),
    (r"metadata_fusion\.embed\.(month|time)\.(.*)", _FUSER + r"meta_embed.\1_fc.\2"),
    (r"audio_encoder\.(.*)", _AUDIO + r"\1"),
    (r"codebook\.concepts", "fdt.space_dict"),
    (r"codebook\.queries\.image\.(.*)", r"fdt.img_query_model.\1"),
    (r"codebook\.queries\.text\.(.*)", r"fdt.txt_query_model.\1"),
    (r"codebook\.queries\.audio\.(.*)", r"fdt.audio_query_model.\1"),
)


@dataclass(frozen=True)
class Converted:
    """A published state dict under our names, and what it held that no manifest knows."""

    state: dict[str, Tensor]
    unexpected: tuple[str, ...]


def published_name(ours: str) -> str:
    """The published name of one of our tensors."""
    for pattern, replacement in _RULES:
        if re.fullmatch(pattern, ours):
            name = re.sub(pattern, replacement, ours)
            return re.sub(r"(meta_embed\.(?:location|month|time)_fc)\.(\d)\.", _fully_connected, name)
    raise CheckpointError(f"no published name for {ours}")


def _fully_connected(match: re.Match[str]) -> str:
    return f"{match[1]}.{'fc1' if match[2] == '0' else 'fc2'}."


def carried(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Tensors a published file holds that inference never reads: fixed front end, index tables, unused heads."""
    window, classes = config.audio_window, 527
    area = window**2
    shapes: dict[str, tuple[int, ...]] = {
        "logit_scale_it_a": (),
        _AUDIO + "audio_feats_extractor.mel_trans.stft.conv_real.weight": (513, 1, 1024),
        _AUDIO + "audio_feats_extractor.mel_trans.stft.conv_imag.weight": (513, 1, 1024),
        _AUDIO + "audio_feats_extractor.log_trans.melW": (513, config.mel_bands),
        _AUDIO + "tscam_conv.weight": (classes, config.audio_dim, 2, 3),
        _AUDIO + "tscam_conv.bias": (classes,),
        _AUDIO + "head.weight": (classes, classes),
        _AUDIO + "head.bias": (classes,),
    }
    for stage, depth in enumerate(config.audio_depths):
        side = config.audio_grid // 2**stage
        for block in range(depth):
            prefix = f"{_AUDIO}layers.{stage}.blocks.{block}."
            shapes[prefix + "attn.relative_position_index"] = (area, area)
            if block % 2 and side > window:
                shapes[prefix + "attn_mask"] = ((side // window) ** 2, area, area)
    return shapes


def convert(state: Mapping[str, Tensor], config: ModelConfig) -> Converted:
    """Rename a published state dict to ours, accounting for every tensor by name.

    Raises:
        CheckpointError: naming the tensors that are missing, misshapen or not finite.
    """
    with torch.device("meta"):
        ours = {name: tuple(t.shape) for name, t in Sat2Sound(config).state_dict().items()}
    names = {published_name(name): name for name in ours}
    expected = {**{name: ours[own] for name, own in names.items()}, **carried(config)}
    missing = sorted(expected.keys() - state.keys())
    if missing:
        raise CheckpointError(f"missing tensor{'s' if len(missing) > 1 else ''}: {_some(missing)}")
    for name, shape in expected.items():
        if tuple(state[name].shape) != shape:
            raise CheckpointError(f"tensor {name}: expected shape {shape}, found {tuple(state[name].shape)}")
        if name in names and (reason := _unusable(state[name])):
            raise CheckpointError(f"tensor {name}: holds {reason}")
    converted = {own: state[name].detach() for name, own in names.items()}
    return Converted(converted, tuple(sorted(state.keys() - expected.keys())))


def _unusable(tensor: Tensor) -> str | None:
    """Why a tensor cannot be a weight; looked at in pieces, so that little of it is copied."""
    if tensor.is_floating_point() and tensor.dtype != torch.float32:
        return f"{str(tensor.dtype).removeprefix('torch.')}, not float32"
    flat = tensor.reshape(-1)
    pieces = (flat[begin : begin + PIECE] for begin in range(0, len(flat), PIECE))
    return None if all(bool(torch.isfinite(piece).all()) for piece in pieces) else "values that are not finite"


def _some(names: list[str], most: int = 5) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
