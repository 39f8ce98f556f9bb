"""Labelled recordings as log-mels: real ones from a folder, procedural ones from Foley."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.errors import AudioError, TrainingError
from model.recordings import decode
from model.sat2sound.config import LEVEL
from model.sat2sound.features import SAMPLE_RATE, SECONDS, at_level, log_mel, sounding_ten_seconds
from model.scenes.captions import read_scene_map
from model.training.dataset.csv_table import read_table

COLUMNS = ("file", "sound", "dataset", "source_id")
HELD_BACK_OF_100 = 15


@dataclass(frozen=True)
class AudioSample:
    """One recording: log-mel (2, frames, bands) float16, zero-padded and looped; its sound and fitting scenes."""

    log_mel: Tensor
    sound: str
    scenes: tuple[str, ...]
    dataset: str


@dataclass(frozen=True)
class AudioSplit:
    """Recordings to learn from, recordings held back, and how many could not be used, by reason."""

    train: tuple[AudioSample, ...]
    validation: tuple[AudioSample, ...]
    skipped: tuple[str, ...]


def read_recordings(folder: Path) -> AudioSplit:
    """Recordings of a folder with `metadata.csv` (file, sound, dataset, source_id); cuts of one source stay together.

    A file that is unreadable, silent or not finite is skipped and named in the result.

    Raises:
        TrainingError: the table cannot be used, or nothing in it can.
    """
    scene_map = read_scene_map()
    train: list[AudioSample] = []
    validation: list[AudioSample] = []
    skipped: list[str] = []
    for row in read_table(folder / "metadata.csv", COLUMNS):
        scenes = scene_map.get(("recordings", row["sound"]), ())
        try:
            sample = _sample(folder / row["file"], row["sound"], scenes, row["dataset"])
        except AudioError as error:
            skipped.append(f"{row['file']}: {error}")
            continue
        (validation if _is_held_back(row["source_id"]) else train).append(sample)
    if not train:
        raise TrainingError(f"{folder}: no recording can be used ({len(skipped)} skipped)")
    return AudioSplit(tuple(train), tuple(validation), tuple(skipped))


def audio_sample(
    waveform: NDArray[np.floating[Any]], rate: int, sound: str, scenes: Sequence[str], dataset: str
) -> AudioSample:
    """Both ways to fill ten seconds, as log-mels: silence behind the sound, and the sound again.

    Raises:
        AudioError: empty, silent or not finite.
    """
    once = at_level(sounding_ten_seconds(waveform, rate), LEVEL)[0]
    length = min(len(once), max(1, round(len(waveform) * SAMPLE_RATE / rate)))
    looped = once[:length].repeat(-(-len(once) // length))[: SECONDS * SAMPLE_RATE]
    return AudioSample(log_mel(torch.stack([once, looped])).half(), sound, tuple(scenes), dataset)


def _sample(path: Path, sound: str, scenes: Sequence[str], dataset: str) -> AudioSample:
    found = decode(path, SECONDS + 1)
    return audio_sample(found.samples[0], found.rate, sound, scenes, dataset)


def _is_held_back(source_id: str) -> bool:
    return crc32(source_id.encode()) % 100 < HELD_BACK_OF_100
