"""Foley: captions as sound without a trained generator - procedural sources, mixed by what the caption means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence

from model.errors import Cancelled, SynthesisError
from model.synthesis.clip import Clip
from model.synthesis.planner import Part, Planner
from model.synthesis.sources import RATE, SOURCES
from model.synthesis.sources.noise import Samples, filtered

if TYPE_CHECKING:
    from model.sat2sound.text_encoder import TextEncoder
    from model.synthesis.synthesizer import IsCancelled, Progress

SECONDS = (1.0, 60.0)
MAX_CAPTION = 2_000
LOUDNESS = -23.0
"""LUFS of every clip rendered (EBU R 128)."""
FADE = 0.02
FAR_HZ = 2_200.0
"""Air and ground take the highs of what is far away."""
CALM = Part("calm", 0.0)
AIR = Part("calm", -24.0)
"""Under every mix: outdoors is never digitally silent between two calls."""
LEAD_IN = 0.25
"""Seconds rendered before the clip and cut off, so that filters have settled and nothing starts from silence."""


class Foley:
    """The procedural synthesizer: stereo, 44.1 kHz, -23 LUFS. Safe to use from several threads."""

    name = "foley"

    def __init__(self, encoder: TextEncoder | None = None) -> None:
        """`encoder` reads the captions; by default MiniLM, opened at the first caption."""
        self._planner = Planner(SOURCES, encoder)

    def plan(self, caption: str) -> list[tuple[str, float]]:
        """The sources that sound for a caption, loudest first, with their levels in dB beside each other.

        Raises:
            SynthesisError: the caption is empty or too long.
        """
        return [(part.name, part.level_db) for part in self._parts(caption)]

    def render(
        self,
        caption: str,
        seconds: float = 10.0,
        seed: int = 0,
        *,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
        **options: Any,
    ) -> Clip:
        """The sound of a caption, at -23 LUFS; the same arguments give the same samples.

        `progress` is told of every source that is done, and `cancelled` is asked before each.

        Raises:
            Cancelled: `cancelled` answered that the clip is wanted no more.
            SynthesisError: caption, seconds (1 to 60) or seed out of range, or any option; the field is named.
        """
        if options:
            raise SynthesisError(f"{next(iter(options))}: foley has no such option")
        _check(seconds, seed)
        parts = self._parts(caption)
        return _mixed(parts, seconds, seed, caption, progress, cancelled)

    def render_source(self, name: str, seconds: float = 10.0, seed: int = 0) -> Clip:
        """One source alone, at -23 LUFS.

        Raises:
            SynthesisError: an unknown source, or seconds or seed out of range.
        """
        if name not in SOURCES:
            raise SynthesisError(f"name: unknown source {name!r}: known are {', '.join(SOURCES)}")
        _check(seconds, seed)
        return _mixed([Part(name, 0.0)], seconds, seed, "")

    def _parts(self, caption: str) -> list[Part]:
        if not isinstance(caption, str) or not 0 < len(caption.strip()) <= MAX_CAPTION:
            raise SynthesisError(f"caption: must be a text of 1 to {MAX_CAPTION} characters")
        return self._planner.plan(caption) or [CALM]


def _check(seconds: float, seed: int) -> None:
    if not (isinstance(seconds, int | float) and math.isfinite(seconds) and SECONDS[0] <= seconds <= SECONDS[1]):
        raise SynthesisError(f"seconds: must be within {SECONDS[0]:.0f} to {SECONDS[1]:.0f}, not {seconds!r}")
    if not (isinstance(seed, int | np.integer) and 0 <= seed < 2**63):
        raise SynthesisError(f"seed: must be a whole number within 0 to 2^63 - 1, not {seed!r}")


def _heard(part: Part, seconds: float, seed: int, caption: str) -> Samples:
    """One source (2, n) as it is heard in the mix: at its level, dulled when far."""
    rng = Generator(SFC64(SeedSequence([seed, crc32(part.name.encode()), crc32(caption.encode())])))
    n, lead = round(seconds * RATE), int(LEAD_IN * RATE)
    source = SOURCES[part.name]
    samples = source.render(n + lead, rng)[:, lead:]
    if part.far:
        samples = filtered(samples, high=FAR_HZ, order=1)
    gain = 10 ** ((part.level_db + source.level_db) / 20) / _presence(samples)
    return np.asarray(samples * gain, dtype=np.float32)


def _presence(samples: Samples) -> float:
    """How strong a source is while it sounds: the RMS of its louder tenths of seconds, the lowest bass left out."""
    heard = filtered(samples[:, ::4].mean(axis=0), low=400.0, order=1)  # every fourth sample: 400 stands for 100 Hz
    frame = RATE // 40
    frames = heard[: max(1, len(heard) // frame) * frame].reshape(-1, frame) if len(heard) >= frame else heard[None]
    power = np.sort(np.square(frames).mean(axis=1))[::-1]
    return float(np.sqrt(power[: max(1, len(power) // 4)].mean())) + 1e-9


def _mixed(
    parts: list[Part],
    seconds: float,
    seed: int,
    caption: str,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> Clip:
    """Parts over quiet air, faded at both ends and brought to -23 LUFS."""
    samples = np.zeros((2, round(seconds * RATE)), np.float32)
    for done, part in enumerate([AIR, *parts]):
        if cancelled is not None and cancelled():
            raise Cancelled(f"after {done} of {len(parts) + 1} sources")
        samples += _heard(part, seconds, seed, caption)
        if progress is not None:
            progress(done + 1, len(parts) + 1)
    fade = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, int(FADE * RATE)))).astype(np.float32)
    samples[:, : len(fade)] *= fade
    samples[:, -len(fade) :] *= fade[::-1]
    return Clip(samples, RATE).at_loudness(LOUDNESS)
