"""The networks of TangoFlux under their published names, built of diffusers' and transformers' own classes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from model.lazy import part
from model.synthesis.tangoflux.config import TangoFluxConfig

FREQUENCIES = 128
TIED = "text_encoder.encoder.embed_tokens.weight"
"""Not stored: the same tensor as text_encoder.shared.weight."""

Shapes = Mapping[str, tuple[int, ...]]


class LearnedFourier(nn.Module):
    """A number and its sines and cosines at learned frequencies."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(FREQUENCIES))

    def forward(self, values: Tensor) -> Tensor:
        """Values (B,) -> (B, 1 + 2 x 128): the value, its sines, its cosines."""
        angles = values[:, None] * self.weights[None] * (2 * math.pi)  # (B, 128)
        return torch.cat([values[:, None], angles.sin(), angles.cos()], dim=1)


class DurationEmbedder(nn.Module):
    """How long the sound is to be, as one token of the context (specification §T3.4)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.time_positional_embedding = nn.Sequential(LearnedFourier(), nn.Linear(2 * FREQUENCIES + 1, dim))

    def forward(self, fractions: Tensor) -> Tensor:
        """Fractions (B,) of the longest duration, 0 to 1 -> tokens (B, dim)."""
        tokens: Tensor = self.time_positional_embedding(fractions)
        return tokens


class TextNetworks(nn.Module):
    """All that reads a request: the T5 encoder, the projection of its mean and the embedding of the duration."""

    def __init__(self, config: TangoFluxConfig) -> None:
        super().__init__()
        dim = config.joint_attention_dim
        sizes = part("transformers", "T5Config")(**config.text)
        self.text_encoder: Any = part("transformers", "T5EncoderModel")(sizes)
        self.fc = nn.Sequential(nn.Linear(dim, dim), nn.ReLU())
        self.duration_emebdder = DurationEmbedder(dim)  # spelled as it is published

    def tie(self) -> None:
        """Let the encoder look words up in the one table that is stored."""
        self.text_encoder.encoder.embed_tokens = self.text_encoder.shared

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Token ids and mask (B, L) -> states (B, L, dim)."""
        states: Tensor = self.text_encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return states

    def pool(self, states: Tensor, mask: Tensor) -> Tensor:
        """States (B, L, dim), mask (B, L) -> the projected mean over each row's own tokens (B, dim)."""
        weights = mask.unsqueeze(-1).to(states.dtype)  # (B, L, 1)
        pooled: Tensor = self.fc((states * weights).sum(dim=1) / weights.sum(dim=1))
        return pooled


def build_transformer(config: TangoFluxConfig) -> Any:
    """The Flux transformer: audio frames, context, time and pooled text -> velocity (specification §T3.8)."""
    return part("diffusers", "FluxTransformer2DModel")(
        in_channels=config.in_channels,
        num_layers=config.num_layers,
        num_single_layers=config.num_single_layers,
        attention_head_dim=config.attention_head_dim,
        num_attention_heads=config.num_attention_heads,
        joint_attention_dim=config.joint_attention_dim,
        pooled_projection_dim=config.joint_attention_dim,
        guidance_embeds=False,
    )


def build_autoencoder(config: TangoFluxConfig) -> Any:
    """The Oobleck autoencoder (Evans et al. 2024), its weights still split into lengths and directions."""
    with warnings.catch_warnings():
        # The published names are those of the older weight_norm, which torch keeps but advises against.
        warnings.filterwarnings("ignore", "`torch.nn.utils.weight_norm` is deprecated", FutureWarning)
        return part("diffusers", "AutoencoderOobleck")(**config.vae)


class EmptyNetworks(NamedTuple):
    """The networks of a configuration on the meta device: shapes without memory, to be filled from files."""

    text: TextNetworks
    transformer: Any
    autoencoder: Any

    def shapes(self) -> dict[str, Shapes]:
        """Names and shapes of every tensor in the two weight files, by file name."""
        flow = {f"transformer.{name}": tensor for name, tensor in self.transformer.state_dict().items()}
        flow |= {name: tensor for name, tensor in self.text.state_dict().items() if name != TIED}
        files = {"tangoflux.safetensors": flow, "vae.safetensors": self.autoencoder.state_dict()}
        return {file: {name: tuple(tensor.shape) for name, tensor in state.items()} for file, state in files.items()}


def empty_networks(config: TangoFluxConfig) -> EmptyNetworks:
    """All networks of a configuration, on the meta device. Raises what their classes raise of impossible sizes."""
    with torch.device("meta"):
        return EmptyNetworks(TextNetworks(config), build_transformer(config), build_autoencoder(config))
