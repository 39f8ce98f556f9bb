"""How the judges of Foley hear: three numbers of a sound, log-mel statistics, and a classifier of real recordings."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from scipy.signal import welch
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from model.sat2sound.features import SAMPLE_RATE, log_mel

Array = NDArray[np.floating[Any]]

BANDS = 55
"""Mel bands that are heard: up to 9.6 kHz. Half of the recordings were kept at 22 kHz and have nothing above 10 kHz."""
WINDOW = 4.0
"""Seconds a judge hears at once; the shortest recordings last as long."""
FLOOR_DB = -55.0
"""This far below a sound's loudest moment nothing counts: there recordings have digital silence, or their own noise."""
MODULATIONS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Edges of the bands of modulation, Hz."""
FOLDS = 5


@dataclass(frozen=True)
class Recording:
    """One real recording: its sound's name, the source it was cut from, mono samples at 32 kHz."""

    sound: str
    source_id: str
    samples: Array


def read_recordings(folder: Path, sounds: set[str]) -> list[Recording]:
    """The recordings of `sounds` in a folder with `metadata.csv`."""
    with (folder / "metadata.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["sound"] in sounds]
    found = []
    for row in rows:
        samples, rate = soundfile.read(folder / row["file"], dtype="float32", always_2d=True)
        if rate != SAMPLE_RATE:
            raise ValueError(f"{row['file']}: expected {SAMPLE_RATE} Hz, got {rate}")
        mono = sounding(samples.mean(axis=1))
        if len(mono) > SAMPLE_RATE // 4:
            found.append(Recording(row["sound"], row["source_id"], mono))
    return found


def sounding(mono: Array) -> Array:
    """A recording without the digital silence that fills it up to five seconds."""
    heard = np.flatnonzero(np.abs(mono) > 1e-4 * max(1e-9, float(np.abs(mono).max())))
    return mono[heard[0] : heard[-1] + 1] if len(heard) else mono[:0]


def windows(mono: Array) -> list[Array]:
    """A sound in windows of four seconds, half over one another; a shorter one is repeated until it fills one."""
    n = int(WINDOW * SAMPLE_RATE)
    if len(mono) < n:
        return [np.resize(mono, n)]
    starts = range(0, len(mono) - n + 1, n // 2)
    return [mono[start : start + n] for start in starts]


@dataclass(frozen=True)
class Traits:
    """What can be measured of a sound: spectral centroid (Hz), rate of its modulation (Hz) and its level range (dB)."""

    centroid_hz: float
    modulation_hz: float
    level_range_db: float


def traits(mono: Array) -> Traits:
    """The traits of four seconds at 32 kHz.

    The centroid is of power between 50 Hz and 9.6 kHz. The rate is the centroid of the envelope's spectrum from 0.5 to
    32 Hz. The range lies between the 10th and the 95th percentile of levels of 50 ms, as far as `FLOOR_DB` goes.
    """
    hz, power = welch(mono, SAMPLE_RATE, nperseg=2048)
    heard = (hz >= 50) & (hz <= 9600)
    centroid = float((hz[heard] * power[heard]).sum() / power[heard].sum())
    envelope = np.sqrt(np.square(mono[: len(mono) // 320 * 320].reshape(-1, 320)).mean(axis=1))  # 100 a second
    moves = np.abs(np.fft.rfft((envelope - envelope.mean()) * np.hanning(len(envelope)))) ** 2
    rate = np.fft.rfftfreq(len(envelope), 0.01)
    inside = (rate >= MODULATIONS[0]) & (rate <= MODULATIONS[-1])
    modulation = float((rate[inside] * moves[inside]).sum() / moves[inside].sum())
    frames = np.square(mono[: len(mono) // 1600 * 1600].reshape(-1, 1600)).mean(axis=1)
    level = 10 * np.log10(np.maximum(frames, frames.max() * 10 ** (FLOOR_DB / 10)))
    low, high = np.percentile(level, [10, 95])
    return Traits(centroid, modulation, float(high - low))


def statistics(mono: Array) -> Array:
    """Log-mel statistics of four seconds (features,): spectrum, spread and changes per band, modulation; no level."""
    mel = log_mel(torch.from_numpy(np.ascontiguousarray(mono, dtype=np.float32))[None])[0, :, :BANDS].numpy()
    mel = np.maximum(mel - mel.max(), FLOOR_DB)  # (frames, bands)
    power = 10 ** (mel / 10)
    spectrum = 10 * np.log10(power.mean(axis=0))
    spectrum -= 10 * np.log10(power.mean(axis=0).sum())
    groups = np.stack([part.mean(axis=1) for part in np.array_split(mel, 6, axis=1)])  # (6, frames)
    moves = np.abs(np.fft.rfft((groups - groups.mean(axis=1, keepdims=True)) * np.hanning(groups.shape[1]))) ** 2
    rate = np.fft.rfftfreq(groups.shape[1], 0.01)
    bands = pairwise(MODULATIONS)
    modulation = np.stack([moves[:, (rate >= low) & (rate < high)].sum(axis=1) for low, high in bands], axis=1)
    total = modulation.sum(axis=1, keepdims=True)
    low, middle, high = np.percentile(mel, [10, 50, 90], axis=0)
    shares = 10 * np.log10((modulation + 1) / (total + 6))
    return np.concatenate(
        [
            spectrum,
            high - low,
            high - middle,
            np.abs(np.diff(mel, axis=0)).mean(axis=0),
            shares.ravel(),
            10 * np.log10(total.ravel() + 1),
        ]
    )


@dataclass(frozen=True)
class Classifier:
    """A linear reading of log-mel statistics that has heard recordings alone; `accuracy` on sources held back.

    `balanced` is the mean over sounds; `recalls` says it for each of them.
    """

    network: Any
    accuracy: float
    balanced: float
    recalls: dict[str, float]

    def names(self, clips: list[Array]) -> list[str]:
        """The sound heard in each clip (n,) at 32 kHz: the likeliest over its windows."""
        named = []
        for clip in clips:
            votes = self.network.predict_log_proba(np.stack([statistics(w) for w in windows(clip)])).mean(axis=0)
            named.append(str(self.network.classes_[votes.argmax()]))
        return named


def train_classifier(recordings: list[Recording]) -> Classifier:
    """Fit on all recordings; its accuracy is told by folds in which no source is on both sides."""
    rows, labels, groups = [], [], []
    for recording in recordings:
        cuts = windows(recording.samples)
        rows += [statistics(cut) for cut in cuts]
        labels += [recording.sound] * len(cuts)
        groups += [f"{recording.sound}/{recording.source_id}"] * len(cuts)
    x, y = np.stack(rows), np.array(labels)
    network = make_pipeline(
        StandardScaler(), PCA(60), LogisticRegression(C=0.03, class_weight="balanced", max_iter=3000)
    )
    guessed = cross_val_predict(network, x, y, groups=groups, cv=GroupKFold(FOLDS, shuffle=True, random_state=0))
    sounds = sorted(set(labels))
    recalls = recall_score(y, guessed, labels=sounds, average=None, zero_division=0)
    return Classifier(
        network.fit(x, y),
        float((guessed == y).mean()),
        float(np.mean(recalls)),
        dict(zip(sounds, map(float, recalls), strict=True)),
    )
