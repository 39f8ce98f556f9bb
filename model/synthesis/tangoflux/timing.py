"""How long a sound would take on this machine, from one step and a few decoded frames of real size."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import torch
from torch import nn

from model.synthesis.device import Placement, Stage
from model.synthesis.tangoflux.conditioning import Conditioning
from model.synthesis.tangoflux.config import FRAME_SAMPLES, SAMPLE_RATE, TangoFluxConfig
from model.synthesis.tangoflux.decoding import MARGIN, decode, kept_samples
from model.synthesis.tangoflux.sampling import noise, sample
from model.synthesis.tangoflux.velocity import VelocityField
from model.synthesis.watch import Watch

ResultT = TypeVar("ResultT")

CAPTION = "waves break on the shore, wind blows and gulls call"
PROBED_FRAMES = 1
"""Beside the margin that every sound is decoded with."""


class Stages(Protocol):
    """The stages of a render, which are timed one by one."""

    placement: Placement
    config: TangoFluxConfig
    flow: Stage[VelocityField]
    decoder: Stage[nn.Module]

    def condition(self, captions: Sequence[str], seconds: Sequence[float], guidance: float) -> Conditioning:
        """What the transformer attends to."""
        ...


@torch.inference_mode()
def estimate_seconds(model: Stages, seconds: float, steps: int, guidance: float) -> float:
    """Seconds that `model` would take for a sound of `seconds` in `steps`; it takes as long as one step to learn.

    Steps cost the same whatever the length, since noise is always as long as the model's longest sound; decoding costs
    by the frame. On a GPU the first round, which also compiles and loads kernels, is not counted.
    """
    rounds = 2 if model.placement.device != "cpu" or model.placement.compiled else 1
    for _ in range(rounds):
        reading, step, frame = _round(model, seconds, guidance)
    return reading + steps * step + frame * _frames(seconds)


def _round(model: Stages, seconds: float, guidance: float) -> tuple[float, float, float]:
    """Seconds for reading a caption, for one step, and for decoding one frame."""
    device = torch.device(model.placement.device)
    begun = noise([0], model.config.audio_seq_len).to(device)
    probed = PROBED_FRAMES * FRAME_SAMPLES / SAMPLE_RATE
    reading, conditioning = _timed(device, lambda: model.condition([CAPTION], [seconds], guidance))
    with model.flow.at_work() as field:
        step, latents = _timed(device, lambda: sample(field, conditioning, begun, 1, guidance, Watch()))
    with model.decoder.at_work() as decoder:
        decoding, _ = _timed(device, lambda: decode(decoder, latents[0], probed))
    return reading, step, decoding / _frames(probed)


def _frames(seconds: float) -> int:
    return -(-kept_samples(seconds) // FRAME_SAMPLES) + MARGIN


def _timed(device: torch.device, work: Callable[[], ResultT]) -> tuple[float, ResultT]:
    """How long `work` takes until the device is done with it, and what it gave."""
    _wait(device)
    began = time.perf_counter()
    result = work()
    _wait(device)
    return time.perf_counter() - began, result


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
