"""Judge Foley's sources: by the embedded audio encoder, by a small classifier of real recordings, and by numbers.

    python -m benchmarks.foley [--recordings FOLDER] [--seeds N] [--sources NAME ...] [--without-encoder]

Prints, for each source: the share of seeds whose sound the embedded audio encoder places nearest to captions of its own
class (all sources and sounds compete); and, where the recordings know its class, the share that the classifier - which
has heard recordings alone - names right, and whether centroid, modulation rate and level range lie within the 5th to
95th percentile of the recordings of that class. Then how many times faster than real time sources and mixes render on
one core.
"""

from __future__ import annotations

import argparse
import statistics as stats
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import soxr
import torch

from benchmarks.foley_ears import Array, Classifier, Recording, read_recordings, train_classifier, traits, windows
from model.sat2sound import open_checkpoint
from model.sat2sound.features import SAMPLE_RATE
from model.scenes.captions import read_sound_captions
from model.synthesis.foley.mix import Foley
from model.synthesis.foley.sources import SOURCES
from model.training.labelled.foley_clips import RECORDED, foley_captions, sound_name

SEEDS_FROM = 50_000
"""Seeds that neither training nor the gallery uses."""
CLIP_SECONDS = 10.0
MIX = "surf breaks, gulls circle overhead, a few people talk and a distant church bell rings"
TRAITS = ("centroid_hz", "modulation_hz", "level_range_db")

Ranges = Mapping[str, Mapping[str, tuple[float, float]]]


def render(foley: Foley, name: str, seeds: int) -> tuple[list[Array], float]:
    """Clips of a source, mono at 32 kHz, and how many times faster than real time they were made (process time)."""
    clips, spent = [], 0.0
    for seed in range(SEEDS_FROM, SEEDS_FROM + seeds):
        began = time.process_time()
        clip = foley.render_source(name, CLIP_SECONDS, seed)
        spent += time.process_time() - began
        clips.append(soxr.resample(clip.samples.mean(axis=0), clip.sample_rate, SAMPLE_RATE).astype(np.float32))
    return clips, seeds * CLIP_SECONDS / spent


class Encoder:
    """The embedded audio encoder as a judge: the class whose captions' mean vector is nearest."""

    def __init__(self) -> None:
        self.model = open_checkpoint("embedded")
        texts: dict[str, list[str]] = defaultdict(list)
        for caption in (*foley_captions(), *read_sound_captions()):
            texts[caption.sound].append(caption.text)
        self.names = sorted(texts)
        self.vectors = torch.stack([self._mean(texts[name]) for name in self.names])  # (classes, dim)

    @torch.inference_mode()
    def _mean(self, texts: Sequence[str]) -> torch.Tensor:
        mean = self.model.embed_texts(texts).vector.mean(dim=0)
        return mean / mean.norm()

    @torch.inference_mode()
    def named(self, clips: Sequence[Array]) -> list[str]:
        """The class of each clip."""
        vectors = self.model.embed_audio(np.stack(clips), SAMPLE_RATE).vector
        return [self.names[i] for i in (vectors @ self.vectors.T).argmax(dim=1).tolist()]


def measured(recordings: Sequence[Recording]) -> Ranges:
    """5th and 95th percentile of each trait over the recordings of each sound."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for recording in recordings:
        for window in windows(recording.samples):
            for trait in TRAITS:
                found[recording.sound][trait].append(getattr(traits(window), trait))
    return {
        sound: {trait: tuple(np.percentile(values, [5, 95])) for trait, values in by.items()}
        for sound, by in found.items()
    }


def judged(clips: Sequence[Array], sound: str, classifier: Classifier, ranges: Ranges) -> str:
    """What the recordings say of a source's clips."""
    heard = [traits(window) for clip in clips for window in windows(clip)]
    cells = []
    for trait, digits in zip(TRAITS, (0, 1, 0), strict=True):
        low, high = ranges[sound][trait]
        median = stats.median(getattr(one, trait) for one in heard)
        mark = "" if low <= median <= high else " !"
        cells.append(f"{median:.{digits}f} ({low:.{digits}f}-{high:.{digits}f}){mark}")
    agrees = np.mean([name == sound for name in classifier.names(list(clips))])
    return f"{sound} | {agrees:.0%} | {classifier.recalls[sound]:.0%} | " + " | ".join(cells)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=Path, help="Folder with metadata.csv, as the training data has it.")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--sources", nargs="*", default=list(SOURCES), choices=list(SOURCES))
    parser.add_argument("--without-encoder", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    foley, encoder = Foley(), None if options.without_encoder else Encoder()
    classifier = ranges = None
    if options.recordings:
        recordings = read_recordings(options.recordings, set(RECORDED.values()))
        classifier, ranges = train_classifier(recordings), measured(recordings)
        print(
            f"classifier: {len(recordings)} recordings of {len(classifier.recalls)} sounds; on sources held back "
            f"{classifier.accuracy:.1%} right, {classifier.balanced:.1%} as the mean over sounds\n"
        )
    print("| source | encoder | x real time | class | agrees | recall | centroid (Hz) | modulation (Hz) | range (dB) |")
    print("| --- " * 9 + "|")
    shares, agreements, speeds = [], [], []
    for name in options.sources:
        clips, speed = render(foley, name, options.seeds)
        own, speeds = sound_name(name), [*speeds, speed]
        share = None if encoder is None else float(np.mean([one == own for one in encoder.named(clips)]))
        shares += [] if share is None else [share]
        line = "| | | | | |"
        if classifier is not None and ranges is not None and name in RECORDED:
            line = judged(clips, own, classifier, ranges) + " |"
            agreements.append(float(line.split("|")[1].strip(" %")) / 100)
        print(f"| {name} | {'' if share is None else f'{share:.0%}'} | {speed:.0f} | {line}", flush=True)
    print()
    for what, values, least in (("encoder", shares, 0.8), ("classifier", agreements, 0.7)):
        if values:
            enough = sum(value >= least for value in values)
            print(
                f"{what}: {np.mean(values):.0%} of all seeds, {enough} of {len(values)} sources at {least:.0%} or more"
            )
    print(
        f"speed: {min(speeds):.0f} to {max(speeds):.0f} times real time on one core, median {stats.median(speeds):.0f}"
    )
    for seconds in (10.0, 60.0):
        foley.render(MIX, 1.0)
        began = time.process_time()
        parts = len(foley.plan(MIX))
        foley.render(MIX, seconds)
        print(f"a mix of {parts}: {seconds / (time.process_time() - began):.0f} times real time at {seconds:g} s")


if __name__ == "__main__":
    main()
