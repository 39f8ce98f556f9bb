"""TangoFlux as a synthesizer: requests in, clips out, one at a time or several in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from model.errors import InvalidSound
from model.synthesis.checks import check_caption, check_number, check_seed, check_whole
from model.synthesis.clip import Clip
from model.synthesis.device import Placement, Stage
from model.synthesis.tangoflux.checkpoint import Networks, open_networks
from model.synthesis.tangoflux.conditioning import Conditioner, Conditioning
from model.synthesis.tangoflux.config import SAMPLE_RATE
from model.synthesis.tangoflux.decoding import decode
from model.synthesis.tangoflux.sampling import noise, sample
from model.synthesis.tangoflux.timing import estimate_seconds
from model.synthesis.tangoflux.velocity import BUCKET, VelocityField
from model.synthesis.watch import Cancel, Progress, Watch

LICENCE = (
    "TangoFlux: non-commercial research use only, and the Stability AI Community License; "
    "its sounds must not train other foundation models."
)
ATTRIBUTION = "Powered by Stability AI"
STEPS = (1, 200)
GUIDANCE = (1.0, 20.0)
MIN_SECONDS = 1.0
MAX_BATCH = 64


@dataclass(frozen=True)
class Request:
    """One sound of a batch: its caption, length in seconds and seed."""

    caption: str
    seconds: float = 10.0
    seed: int = 0


class TangoFlux:
    """The trained generator: stereo, 44.1 kHz, at whatever level the model makes. Safe to use from several threads.

    Its stages, in order: `conditioner` reads requests, `flow` is the field of velocities, `decoder` makes samples.
    `checkpoint` tells one set of weights from another.
    """

    name = "tangoflux"
    licence = LICENCE
    attribution = ATTRIBUTION

    def __init__(self, networks: Networks, placement: Placement | None = None) -> None:
        """`networks` in the precision of `placement`, by default the CPU in float32; they are moved to its device."""
        self.placement = placement or Placement()
        self.config = networks.config
        self.checkpoint = networks.checkpoint
        text = Stage(networks.text, self.placement)
        self.conditioner = Conditioner(text, networks.tokenizer, self.config.max_duration)
        self._bucket = BUCKET if self.placement.compiled else 1
        self.flow = Stage(VelocityField(networks.transformer, self.placement.compiled), self.placement)
        self.decoder = Stage(networks.decoder, self.placement)

    def render(
        self,
        caption: str,
        seconds: float = 10.0,
        seed: int = 0,
        *,
        steps: int = 50,
        guidance: float = 4.5,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        **options: Any,
    ) -> Clip:
        """The sound of a caption, not levelled; the same arguments give the same samples on the same machine.

        `guidance` 1 follows the caption without contrast to the empty one, in half the time. What is asked for beyond
        the model's last frame is missing at the end: 30 s are 29.954 s. Progress counts steps, not what comes after.

        Raises:
            InvalidSound: caption, seconds (1 to 30), seed, steps (1 to 200) or guidance (1 to 20) out of range, or
                any other option; the field is named.
            Cancelled: `cancel` said so.
        """
        if options:
            raise InvalidSound(f"{next(iter(options))}: tangoflux has no such option")
        request = Request(caption, seconds, seed)
        return self.render_batch([request], steps=steps, guidance=guidance, progress=progress, cancel=cancel)[0]

    @torch.inference_mode()
    def render_batch(
        self,
        requests: Sequence[Request],
        *,
        steps: int = 50,
        guidance: float = 4.5,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> list[Clip]:
        """The sounds of several requests (at most 64) at once, each as `render` would make it, up to rounding.

        Raises:
            InvalidSound: a value out of range, or no or too many requests; the field is named.
            Cancelled: `cancel` said so.
        """
        self._check(requests, steps, guidance)
        watch = Watch(progress, cancel)
        watch.check()
        captions, seconds, seeds = zip(*((one.caption, one.seconds, one.seed) for one in requests), strict=True)
        begun = noise(seeds, self.config.audio_seq_len).to(self.placement.device)
        conditioning = self.condition(captions, seconds, guidance)
        with self.flow.at_work() as field:
            latents = sample(field, conditioning, begun, steps, guidance, watch)  # (n, S, 64)
        clips = []
        for request, row in zip(requests, latents, strict=True):
            watch.check()
            with self.decoder.at_work() as decoder:
                clips.append(Clip(decode(decoder, row, request.seconds).cpu().numpy(), SAMPLE_RATE))
        return clips

    @property
    def device(self) -> str:
        """Where it computes, as torch names it."""
        return self.placement.device

    def condition(self, captions: Sequence[str], seconds: Sequence[float], guidance: float) -> Conditioning:
        """What the transformer attends to, padded as its placement wants it."""
        return self.conditioner.condition(captions, seconds, guidance > 1, self._bucket)

    def estimate(self, seconds: float = 10.0, steps: int = 50, guidance: float = 4.5) -> float:
        """Seconds that such a sound would take on this machine now, measured in little more than the time of a step."""
        return estimate_seconds(self, seconds, steps, guidance)

    def _check(self, requests: Sequence[Request], steps: int, guidance: float) -> None:
        if not 1 <= len(requests) <= MAX_BATCH:
            raise InvalidSound(f"requests: must be 1 to {MAX_BATCH}, not {len(requests)}")
        for request in requests:
            check_caption(request.caption)
            check_number("seconds", request.seconds, (MIN_SECONDS, self.config.max_duration))
            check_seed(request.seed)
        check_whole("steps", steps, STEPS)
        check_number("guidance", guidance, GUIDANCE)


def open_tangoflux(folder: Path, placement: Placement | None = None, data_dir: Path | None = None) -> TangoFlux:
    """Open a directory in the published layout, by default on a GPU if there is one.

    A tokeniser that is not in it is the one pulled into `data_dir`.

    Raises:
        CheckpointError: the directory is missing, incomplete or misshapen.
    """
    placement = placement or Placement.choose()
    return TangoFlux(open_networks(folder, placement.dtype, data_dir), placement)
