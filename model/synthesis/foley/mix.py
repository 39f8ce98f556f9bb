"""Foley: captions as sound without a trained generator - procedural sources, mixed by what the caption means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zlib import crc32

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence

from model.errors import InvalidSound
from model.sat2sound.text_encoder import TextEncoder
from model.synthesis.checks import check_caption, check_number, check_seed, check_whole
from model.synthesis.clip import Clip
from model.synthesis.foley.density import crowded, sparse
from model.synthesis.foley.distance import carried, heard_from, wetness
from model.synthesis.foley.habits import HABITS
from model.synthesis.foley.hours import at_time
from model.synthesis.foley.planner import Part, Planner, Scene
from model.synthesis.foley.sources import RATE, SOURCES
from model.synthesis.foley.sources.noise import Samples, band, curve, echo, filtered, noise
from model.synthesis.foley.surroundings import SURROUNDINGS, Surroundings
from model.synthesis.watch import Cancel, Progress, Watch

SECONDS = (1.0, 60.0)
LOUDNESS = -23.0
"""LUFS of every clip rendered (EBU R 128)."""
FADE = 0.02
CALM = Scene((Part("calm", 0.0),))
LEAST_WET = 0.1
"""Echoes weaker than this beside their sounds are not worth their making."""
LOOP_SECONDS = 2.0
"""How long the end of a loop is mixed into its beginning; a quarter of a loop that is shorter than four of these."""
LIMITER_MARGIN = 0.05
HOURS, MONTHS = (0, 23), (1, 12)
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

    def plan(self, caption: str, hour: int | None = None, month: int | None = None) -> list[tuple[str, float]]:
        """The sources that sound for a caption, loudest first, with their levels in dB beside each other.

        Raises:
            InvalidSound: the caption is empty or too long, or hour or month out of range.
        """
        return [(part.name, part.level_db) for part in self.scene(caption, hour, month).parts]

    def render(
        self,
        caption: str,
        seconds: float = 10.0,
        seed: int = 0,
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        hour: int | None = None,
        month: int | None = None,
        loop: bool = False,
        **options: Any,
    ) -> Clip:
        """The sound of a caption, at -23 LUFS; the same arguments give the same samples. A source is a step.

        `hour` (local, 0 to 23) and `month` (1 to 12, as the northern half of the world counts its seasons) say when it
        is heard. The end of a `loop` meets its beginning; any other clip is faded at both ends.

        Raises:
            InvalidSound: caption, seconds (1 to 60), seed, hour, month or loop out of range, or another option; the
                field is named.
            Cancelled: `cancel` said so.
        """
        if options:
            raise InvalidSound(f"{next(iter(options))}: foley has no such option")
        if not isinstance(loop, bool):
            raise InvalidSound(f"loop: must be true or false, not {loop!r}")
        _check(seconds, seed)
        scene = self.scene(caption, hour, month)
        return _mixed(scene, seconds, seed, caption, loop, Watch(progress, cancel))

    def render_source(self, name: str, seconds: float = 10.0, seed: int = 0) -> Clip:
        """One source alone, at -23 LUFS.

        Raises:
            InvalidSound: an unknown source, or seconds or seed out of range.
        """
        if name not in SOURCES:
            raise InvalidSound(f"name: unknown source {name!r}: known are {', '.join(SOURCES)}")
        _check(seconds, seed)
        return _mixed(Scene((Part(name, 0.0),)), seconds, seed, "", False, Watch())

    def scene(self, caption: str, hour: int | None = None, month: int | None = None) -> Scene:
        """What a caption means at an hour and in a month: sources, loudest first, and surroundings.

        Raises:
            InvalidSound: the caption is empty or too long, or hour or month out of range.
        """
        check_caption(caption)
        for field, value, limits in (("hour", hour, HOURS), ("month", month, MONTHS)):
            if value is not None:
                check_whole(field, value, limits)
        scene = self._planner.plan(caption)
        timed = at_time(scene, hour, month)
        if not timed.parts:
            return CALM
        return replace(timed, parts=tuple(sorted(timed.parts, key=lambda part: (-part.level_db, part.name))))


def _check(seconds: float, seed: int) -> None:
    check_number("seconds", seconds, SECONDS)
    check_seed(seed)


def _heard(part: Part, around: Surroundings, n: int, seed: int, caption: str) -> Samples:
    """One source (2, n) as it is heard in the mix: as many, from as far, moving as the caption says, at its level."""
    rng, source, habit = _generator(seed, part.name, caption), SOURCES[part.name], HABITS[part.name]
    lead = int(LEAD_IN * RATE)

    def render() -> Samples:
        return source.render(n + lead, rng)[:, lead:]

    samples = crowded(render) if part.density > 0 and habit.calls else render()
    presence = _presence(samples)
    if part.density < 0 and habit.calls:
        samples = sparse(samples, rng)
    if part.movement and habit.spread == "point" and not habit.passes:
        samples = carried(samples, part.movement, rng)
    samples = heard_from(samples, habit, part.times, around, rng)
    gain = 10 ** ((part.level_db + source.level_db) / 20) / presence
    return np.asarray(samples * gain, dtype=np.float32)


def _air(n: int, seed: int, caption: str) -> Samples:
    """What is left outdoors when nothing in particular sounds (2, n): far, low, slowly breathing noise."""
    rng = _generator(seed, "air", caption)
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


def _mixed(scene: Scene, seconds: float, seed: int, caption: str, loop: bool, watch: Watch) -> Clip:
    """A scene's parts over quiet air, faded at both ends or closed to a loop, and brought to -23 LUFS."""
    watch.check()
    n = round(seconds * RATE)
    overlap = int(min(LOOP_SECONDS, seconds / 4) * RATE) if loop else 0
    samples = _air(n + overlap, seed, caption)
    around, sent = SURROUNDINGS[scene.surroundings], np.zeros_like(samples)
    for done, part in enumerate(scene.parts):
        watch.check()
        heard, wet = _heard(part, around, n + overlap, seed, caption), wetness(part.times, around)
        samples += heard
        if wet >= LEAST_WET:
            sent += wet * heard
        watch.tell(done + 1, len(scene.parts))
    if sent.any():  # one place, one echo
        samples += echo(_generator(seed, "echo", caption), sent, around.decay, around.bright)
    return _finished(_closed(samples, overlap) if loop else _faded(samples), loop)


def _faded(samples: Samples) -> Samples:
    """With both ends (2, n) faded, so that neither begins nor stops with a click."""
    fade = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, int(FADE * RATE)))).astype(np.float32)
    samples[:, : len(fade)] *= fade
    samples[:, -len(fade) :] *= fade[::-1]
    return samples


def _closed(samples: Samples, overlap: int) -> Samples:
    """A loop (2, n) of samples (2, n + overlap): what follows its end sounds on under its beginning.

    Both are unlike each other, so their powers are kept while they change over: sine and cosine.
    """
    n = samples.shape[1] - overlap
    turn = np.linspace(0, np.pi / 2, overlap, endpoint=False, dtype=np.float32)
    samples[:, :overlap] = np.sin(turn) * samples[:, :overlap] + np.cos(turn) * samples[:, n:]
    return samples[:, :n]


def _finished(samples: Samples, loop: bool) -> Clip:
    """At -23 LUFS; the limiter of a loop looks over its ends."""
    if not loop:
        return Clip(samples, RATE).at_loudness(LOUDNESS)
    margin = int(LIMITER_MARGIN * RATE)
    around = np.concatenate([samples[:, -margin:], samples, samples[:, :margin]], axis=1)
    return Clip(Clip(around, RATE).at_loudness(LOUDNESS).samples[:, margin:-margin], RATE)
