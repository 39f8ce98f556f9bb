"""TangoFluxConfig: the sizes of one directory in the published layout (specification §T2)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model.errors import CheckpointError

SAMPLE_RATE = 44_100
FRAME_SAMPLES = 2_048
"""Samples that one latent frame is decoded to."""
LATENT_CHANNELS = 64
HEAD_DIM = 128
"""Channels of an attention head: the rotary axes are 16 + 56 + 56."""

FLAN_T5_LARGE: Mapping[str, Any] = {
    "vocab_size": 32_128,
    "d_model": 1_024,
    "d_kv": 64,
    "d_ff": 2_816,
    "num_layers": 24,
    "num_heads": 16,
    "feed_forward_proj": "gated-gelu",
    "tie_word_embeddings": False,
}
"""Sizes of google/flan-t5-large, the published text encoder; its weights are in tangoflux.safetensors."""

OOBLECK: Mapping[str, Any] = {
    "encoder_hidden_size": 128,
    "downsampling_ratios": [2, 4, 4, 8, 8],
    "channel_multiples": [1, 2, 4, 8, 16],
    "decoder_channels": 128,
    "decoder_input_channels": LATENT_CHANNELS,
    "audio_channels": 2,
    "sampling_rate": SAMPLE_RATE,
}
"""Sizes of the published autoencoder, which has no configuration file."""
FIXED = ("downsampling_ratios", "decoder_input_channels", "audio_channels", "sampling_rate")
"""What a vae_config.json may not change: frame length, latent channels, stereo, rate."""


@dataclass(frozen=True)
class TangoFluxConfig:
    """Every size of a TangoFlux model, named as in config.json; the defaults are the published ones.

    `text` are the sizes of the T5 encoder as transformers names them, `vae` those of the autoencoder as diffusers
    does. `audio_seq_len` is in frames of 2,048 samples, `max_duration` in seconds.

    Raises:
        CheckpointError: sizes that do not fit together; the fields are named.
    """

    num_layers: int = 6
    num_single_layers: int = 18
    in_channels: int = LATENT_CHANNELS
    attention_head_dim: int = HEAD_DIM
    joint_attention_dim: int = 1_024
    num_attention_heads: int = 8
    audio_seq_len: int = 645
    max_duration: int = 30
    text_encoder_name: str = "google/flan-t5-large"
    text: Mapping[str, Any] = field(default_factory=lambda: FLAN_T5_LARGE)
    vae: Mapping[str, Any] = field(default_factory=lambda: OOBLECK)

    def __post_init__(self) -> None:
        sizes = (self.num_layers, self.num_single_layers, self.num_attention_heads, self.audio_seq_len)
        problems = {
            "num_layers, num_single_layers, num_attention_heads or audio_seq_len": min(sizes) < 1,
            "max_duration": self.max_duration < 1,
            "in_channels": self.in_channels != LATENT_CHANNELS,
            "attention_head_dim": self.attention_head_dim != HEAD_DIM,
            "joint_attention_dim": self.joint_attention_dim != self.text.get("d_model"),
        }
        problems |= {f"vae {name}": self.vae.get(name) != OOBLECK[name] for name in FIXED}
        wrong = [name for name, is_wrong in problems.items() if is_wrong]
        if wrong:
            raise CheckpointError(f"config.json: impossible {', '.join(wrong)}")

    @classmethod
    def read(cls, folder: Path) -> TangoFluxConfig:
        """The sizes of a directory: config.json, with the text encoder's own and a vae_config.json where there is one.

        Raises:
            CheckpointError: a file is missing or not JSON, a field is missing or of another type, or sizes that do
                not fit together.
        """
        values = _read_json(folder / "config.json")
        own = [one for one in dataclasses.fields(cls) if one.name not in ("text", "vae")]
        kinds = {one.name: type(one.default) for one in own}
        wrong = [name for name, kind in kinds.items() if type(values.get(name)) is not kind]
        if wrong:
            raise CheckpointError(f"{folder / 'config.json'}: missing or of another type: {', '.join(wrong)}")
        text_folder = local_text_encoder(folder, values["text_encoder_name"])
        return cls(
            **{name: values[name] for name in kinds},
            text=FLAN_T5_LARGE if text_folder is None else _read_json(text_folder / "config.json"),
            vae={**OOBLECK, **_read_json(folder / "vae_config.json")} if _has_vae_config(folder) else OOBLECK,
        )


def local_text_encoder(folder: Path, name: str) -> Path | None:
    """Where a directory holds the text encoder that its config.json names; None for the published one, named by hub id.

    Raises:
        CheckpointError: neither in the directory nor the published one.
    """
    for candidate in (folder / name, folder / "text_encoder"):
        if (candidate / "config.json").is_file():
            return candidate
    if name != "google/flan-t5-large":
        raise CheckpointError(f"{folder}: text_encoder_name: no folder {name!r} with a config.json in it")
    return None


def _has_vae_config(folder: Path) -> bool:
    return (folder / "vae_config.json").is_file()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: not a readable JSON file: {error}") from error
    if not isinstance(values, dict):
        raise CheckpointError(f"{path}: not a JSON object")
    return values
