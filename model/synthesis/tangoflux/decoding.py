"""From latents to samples: only the frames that are kept are decoded (specification §T3.10 and §T6)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from model.synthesis.tangoflux.config import FRAME_SAMPLES, SAMPLE_RATE

MARGIN = 10
"""Frames behind the last one kept that still reach its samples; the decoder looks 9.84 frames ahead."""


def kept_samples(seconds: float) -> int:
    """How many samples a sound of `seconds` has, as the reference cuts it."""
    return int(seconds * SAMPLE_RATE)


@torch.inference_mode()
def decode(decoder: nn.Module, latents: Tensor, seconds: float) -> Tensor:
    """Latents (S, 64) -> the first `seconds` of the sound: (2, n) float32, at most 2,048 samples for each frame."""
    samples = kept_samples(seconds)
    frames = -(-samples // FRAME_SAMPLES) + MARGIN
    wave: Tensor = decoder(latents[None, :frames].transpose(1, 2))  # (1, 2, 2048 frames)
    return wave[0, :, :samples]
