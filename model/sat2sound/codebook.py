"""The shared codebook: tokens -> sparse concept weights -> embedding; patch affinity (specification §7)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from model.sat2sound.config import ModelConfig
from model.sat2sound.screening import Screen

Modality = Literal["image", "text", "audio"]
LIKELY_SUPPORT = 1024
"""Concepts a vector is rarely made of more than."""


@dataclass(frozen=True)
class Embedding:
    """One vector a row, and the concepts it is made of.

    vector (B, dim), not normalised: weights @ codebook; weights (B, codebook_size), each row on the simplex.
    """

    vector: Tensor
    weights: Tensor

    def normalised(self) -> Tensor:
        """Vectors of length one (B, dim), as similarities use them."""
        return normalise(self.vector)


def normalise(x: Tensor) -> Tensor:
    """Scale to length one over the last axis: x / (‖x‖ + 1e-8)."""
    length: Tensor = x.norm(dim=-1, keepdim=True)
    return x / (length + 1e-8)


def sparsemax(z: Tensor) -> Tensor:
    """Euclidean projection of each row (B, M) onto the simplex (Martins & Astudillo 2016).

    Only the largest values are put in order: more of them where the support turns out to be wider.
    """
    z = z - z.amax(dim=-1, keepdim=True)
    ordered = min(z.shape[-1], LIKELY_SUPPORT)
    support, tau = _threshold(z, ordered)
    while ordered < z.shape[-1] and bool((support == ordered).any()):
        ordered = min(z.shape[-1], 8 * ordered)
        support, tau = _threshold(z, ordered)
    return (z - tau).clamp(min=0)


def _threshold(z: Tensor, ordered: int) -> tuple[Tensor, Tensor]:
    """How many values exceed the threshold, and the threshold: (B, 1) each, found among the `ordered` largest."""
    largest = z.topk(ordered, dim=-1).values
    sums = largest.cumsum(dim=-1)
    rank = torch.arange(1, ordered + 1, dtype=z.dtype, device=z.device)
    support = (1 + rank * largest > sums).sum(dim=-1, keepdim=True)
    return support, (sums.gather(-1, support - 1) - 1) / support.to(z.dtype)


class QueryMap(nn.Module):
    """Tokens of one modality -> queries against the concepts."""

    def __init__(self, inputs: int, dim: int) -> None:
        super().__init__()
        self.q_map = nn.Sequential(
            nn.LayerNorm(inputs), nn.Linear(inputs, dim), nn.GELU(), nn.LayerNorm(dim), nn.Linear(dim, dim)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T, inputs) -> (B, T, dim)."""
        queries: Tensor = self.q_map(tokens)
        return queries


class Codebook(nn.Module):
    """The concepts all modalities share, and each modality's way to ask for them."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.temperature = config.temperature
        self._image_screen: Screen | None = None
        self.concepts = nn.Parameter(torch.empty(config.codebook_size, config.dim))
        if not self.concepts.is_meta:  # there it would draw nothing, but import SymPy: a second of every start
            nn.init.normal_(self.concepts)
        self.queries = nn.ModuleDict(
            {
                "image": QueryMap(config.dim, config.dim),
                "text": QueryMap(config.text_dim, config.dim),
                "audio": QueryMap(config.audio_dim, config.dim),
            }
        )

    def ask(self, tokens: Tensor, modality: Modality) -> Tensor:
        """Every token's query: (B, T, inputs) -> (B, T, dim)."""
        queries: Tensor = self.queries[modality](tokens)
        return queries

    def affinity(self, tokens: Tensor, modality: Modality) -> Tensor:
        """Raw products of every token's query with every concept: (B, T, inputs) -> (B, T, codebook_size)."""
        return self.products(self.ask(tokens, modality))

    def products(self, queries: Tensor) -> Tensor:
        """Raw products of queries with every concept: (B, T, dim) -> (B, T, codebook_size)."""
        # In mixed precision, too, products stay float32: sparsemax lives on differences between large logits.
        with torch.autocast(queries.device.type, enabled=False):
            raw: Tensor = queries.to(self.concepts.dtype) @ self.concepts.T
        return raw

    def forward(self, tokens: Tensor, modality: Modality, mask: Tensor | None = None) -> Embedding:
        """Pool tokens (B, T, inputs) into concept weights and a vector.

        `mask` (B, T) marks real tokens. A padded token counts as zero affinity rather than being left out, as the
        checkpoints were trained: with padding, no concept's logit falls below zero.
        """
        if modality == "image" and mask is None and self._image_screen is not None:
            return self._screened(tokens, self._image_screen)
        scaled = self.affinity(tokens, modality) / math.sqrt(self.concepts.shape[1])  # (B, T, M)
        if mask is not None:
            scaled = scaled * mask[..., None]
        logits = scaled.amax(dim=1) / self.temperature  # (B, M)
        weights = sparsemax(logits.to(self.concepts.dtype))
        return Embedding(weights @ self.concepts, weights)

    def screen_images(self) -> None:
        """From now on look for an image's concepts in bfloat16 and compute only those found in float32."""
        self._image_screen = Screen(self.concepts)

    def _screened(self, tokens: Tensor, screen: Screen) -> Embedding:
        """What `forward` gives for an image, from those concepts alone that can have any weight."""
        queries = self.queries["image"](tokens.to(self.concepts.dtype))  # (B, T, dim)
        unit = self.temperature * math.sqrt(self.concepts.shape[1])
        rows = [screen.weigh(row, unit, sparsemax) for row in queries]
        return Embedding(torch.stack([vector for vector, _ in rows]), torch.stack([weights for _, weights in rows]))
