"""Foley's sources as training recordings: sounds whose names are known because we made them."""

from __future__ import annotations

from collections.abc import Callable

from model.scenes.captions import SoundCaption
from model.synthesis.foley.mix import Foley
from model.synthesis.foley.sources import SOURCES
from model.training.labelled.recordings import AudioSample, audio_sample

DATASET = "foley"
SECONDS = 10.0
SEEDS_FROM = 1_000_000
"""Training seeds start here; the gallery's and everyone's first tries stay unheard."""


RECORDED = {
    "surf": "sea_waves", "rain": "rain", "thunder": "thunderstorm", "wind_in_the_open": "wind", "crows": "crow",
    "songbirds": "chirping_birds", "crickets": "crickets", "insects": "insects", "frogs": "frog", "cattle": "cow",
    "sheep": "sheep", "dogs": "dog", "rooster": "rooster", "car_horns": "car_horn", "siren": "siren",
    "engine": "engine", "train": "train", "jet": "airplane", "helicopter": "helicopter", "footsteps": "footsteps",
    "children": "children_playing", "church_bells": "church_bells", "ventilation": "air_conditioner",
    "jackhammer": "jackhammer", "chainsaw": "chainsaw",
}  # fmt: skip
"""Sources that make a sound the recordings have a name for."""


def sound_name(source: str) -> str:
    """What a source's clips are called beside the recordings' sounds."""
    return RECORDED.get(source, f"{DATASET}/{source}")


def foley_captions() -> tuple[SoundCaption, ...]:
    """The sources' own descriptions, as captions of their sounds."""
    return tuple(
        SoundCaption(sound_name(source.name), "audio", text, source.scenes)
        for source in SOURCES.values()
        for text in source.descriptions
    )


def foley_samples(count: int, seed: int, progress: Callable[[int, int], None] | None = None) -> tuple[AudioSample, ...]:
    """`count` clips, the sources in turn, each from a seed of its own."""
    foley, names = Foley(), list(SOURCES)
    samples = []
    for i in range(count):
        source = SOURCES[names[i % len(names)]]
        clip = foley.render_source(source.name, SECONDS, SEEDS_FROM + 10_000 * seed + i)
        samples.append(
            audio_sample(clip.samples.mean(axis=0), clip.sample_rate, sound_name(source.name), source.scenes, DATASET)
        )
        if progress:
            progress(i + 1, count)
    return tuple(samples)
