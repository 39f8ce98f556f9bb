"""Foley: captions as sound without a trained generator - procedural sources, mixed by what the caption means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence

from model.errors import InvalidSound
from model.synthesis.clip import Clip
from model.synthesis.planner import Part, Planner
from model.synthesis.request import check_caption, check_number, check_seed
from model.synthesis.sources import RATE, SOURCES
from model.synthesis.sources.noise import Samples, band, curve, filtered, noise
from model.synthesis.watch import Cancel, Progress, Watch

if TYPE_CHECKING:
    from model.sat2sound.text_encoder import TextEncoder

SECONDS = (1.0, 60.0)
LOUDNESS = -23.0
"""LUFS of every clip rendered (EBU R 128)."""
FADE = 0.02
FAR_HZ = 2_200.0
"""Air and ground take the highs of what is far away."""
CALM = Part("calm", 0.0)
AIR_DB = -26.0
"""Under every mix lies the hum of the world, this far below its loudest source: outdoors is never digitally silent."""
LEAD_IN = 0.25
"""Seconds rendered before the clip and cut off, so that filters have settled and nothing starts from silence."""


class Foley:
    """The procedural synthesizer: stereo, 44.1 kHz, -23 LUFS. Safe to use from several threads."""

    name = "foley"
    licence = "Its sounds may be used freely."
    attribution = ""

    def __init__(self, encoder: TextEncoder | None = None) -> None:
        """`encoder` reads the captions; by default MiniLM, opened at the first caption."""
        self._planner = Planner(SOURCES, encoder)

    def plan(self, caption: str) -> list[tuple[str, float]]:
        """The sources that sound for a caption, loudest first, with their levels in dB beside each other.

        Raises:
            InvalidSound: the caption is empty or too long.
        """
        return [(part.name, part.level_db) for part in self._parts(caption)]

    def render(
        self,
        caption: str,
        seconds: float = 10.0,
        seed: int = 0,
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        **options: Any,
    ) -> Clip:
        """The sound of a caption, at -23 LUFS; the same arguments give the same samples. A source is a step.

        Raises:
            InvalidSound: caption, seconds (1 to 60) or seed out of range, or any option; the field is named.
            Cancelled: `cancel` said so.
        """
        if options:
            raise InvalidSound(f"{next(iter(options))}: foley has no such option")
        _check(seconds, seed)
        parts = self._parts(caption)
        return _mixed(parts, seconds, seed, caption, Watch(progress, cancel))

    def render_source(self, name: str, seconds: float = 10.0, seed: int = 0) -> Clip:
        """One source alone, at -23 LUFS.

        Raises:
            InvalidSound: an unknown source, or seconds or seed out of range.
        """
        if name not in SOURCES:
            raise InvalidSound(f"name: unknown source {name!r}: known are {', '.join(SOURCES)}")
        _check(seconds, seed)
        return _mixed([Part(name, 0.0)], seconds, seed, "", Watch())

    def _parts(self, caption: str) -> list[Part]:
        check_caption(caption)
        return self._planner.plan(caption) or [CALM]


def _check(seconds: float, seed: int) -> None:
    check_number("seconds", seconds, SECONDS)
    check_seed(seed)


def _heard(part: Part, seconds: float, seed: int, caption: str) -> Samples:
    """One source (2, n) as it is heard in the mix: at its level, dulled when far."""
    rng = _generator(seed, part.name, caption)
    n, lead = round(seconds * RATE), int(LEAD_IN * RATE)
    source = SOURCES[part.name]
    samples = source.render(n + lead, rng)[:, lead:]
    if part.far:
        samples = filtered(samples, high=FAR_HZ, order=1)
    gain = 10 ** ((part.level_db + source.level_db) / 20) / _presence(samples)
    return np.asarray(samples * gain, dtype=np.float32)


def _air(seconds: float, seed: int, caption: str) -> Samples:
    """What is left outdoors when nothing in particular sounds (2, n): far, low, slowly breathing noise."""
    rng, n = _generator(seed, "air", caption), round(seconds * RATE)
    hum = noise(rng, n, band(60, 350, 1.2), width=0.8) * curve(rng, n, 0.5, 0.7, 1.0)
    return np.asarray(hum * 10 ** (AIR_DB / 20), dtype=np.float32)


def _generator(seed: int, name: str, caption: str) -> Generator:
    """The private generator of one layer of one sound."""
    return Generator(SFC64(SeedSequence([seed, crc32(name.encode()), crc32(caption.encode())])))


def _presence(samples: Samples) -> float:
    """How strong a source is while it sounds: the RMS of its louder tenths of seconds, the lowest bass left out."""
    heard = filtered(samples[:, ::4].mean(axis=0), low=400.0, order=1)  # every fourth sample: 400 stands for 100 Hz
    frame = RATE // 40
    frames = heard[: max(1, len(heard) // frame) * frame].reshape(-1, frame) if len(heard) >= frame else heard[None]
    power = np.sort(np.square(frames).mean(axis=1))[::-1]
    return float(np.sqrt(power[: max(1, len(power) // 4)].mean())) + 1e-9


def _mixed(parts: list[Part], seconds: float, seed: int, caption: str, watch: Watch) -> Clip:
    """Parts over quiet air, faded at both ends and brought to -23 LUFS."""
    watch.check()
    samples = _air(seconds, seed, caption)
    for done, part in enumerate(parts):
        watch.check()
        samples += _heard(part, seconds, seed, caption)
        watch.tell(done + 1, len(parts))
    fade = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, int(FADE * RATE)))).astype(np.float32)
    samples[:, : len(fade)] *= fade
    samples[:, -len(fade) :] *= fade[::-1]
    return Clip(samples, RATE).at_loudness(LOUDNESS)
