"""From noise to latents: the Euler steps of the flow (specification §T3.1, §T3.7 and §T3.9)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from model.synthesis.tangoflux.conditioning import Conditioning
from model.synthesis.tangoflux.config import LATENT_CHANNELS
from model.synthesis.tangoflux.velocity import VelocityField
from model.synthesis.watch import Watch


def schedule(steps: int) -> list[float]:
    """Noise levels from 1 down to 1 / steps and then 0, each a float32: steps + 1 of them."""
    return [*np.linspace(1.0, 1.0 / steps, steps).astype(np.float32).tolist(), 0.0]


def noise(seeds: Sequence[int], frames: int) -> Tensor:
    """The latents each seed begins with: (n, frames, 64) float32, drawn on the CPU by a generator of its own."""
    drawn = [torch.randn(frames, LATENT_CHANNELS, generator=torch.Generator().manual_seed(int(seed))) for seed in seeds]
    return torch.stack(drawn)


def guide(velocity: Tensor, guidance: float) -> Tensor:
    """Unconditional and conditional velocities (2n, S, 64) -> (n, S, 64): away from the first, `guidance` times."""
    unconditional, conditional = velocity.chunk(2)
    return unconditional + guidance * (conditional - unconditional)


@torch.inference_mode()
def sample(
    field: VelocityField, conditioning: Conditioning, latents: Tensor, steps: int, guidance: float, watch: Watch
) -> Tensor:
    """Follow the flow from noise (n, S, 64) to latents (n, S, 64), float32 throughout.

    Nothing is read back from the device between steps: on a GPU, progress is of the steps that were launched.

    Raises:
        Cancelled: `watch` says that the sound is no longer wanted; no step is begun after that.
    """
    sigmas = schedule(steps)
    constants = field.constants(conditioning, sigmas, latents.shape[1])
    for step in range(steps):
        watch.check()
        velocity = field(latents, constants, step)  # (R, S, 64)
        if conditioning.guided:
            velocity = guide(velocity, guidance)
        latents = latents + float(np.float32(sigmas[step + 1]) - np.float32(sigmas[step])) * velocity
        watch.tell(step + 1, steps)
    return latents
