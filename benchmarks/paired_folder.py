"""A small folder of paired data, made from labelled images and labelled recordings that belong to the same scenes.

The columns are GeoSound's, with bingmap imagery at scale 1: a 300-pixel JPEG, log-mels, a caption of the sound and one
of the image. Further columns, which no reader of paired data looks at, say which scenes each of the three belongs to.

Test images are those held back by `read_images`, test recordings those of the sources held back by `read_recordings`,
and test captions are a fifth of each sound's and scene's: no test pair shares an image, a source or a sentence with
train. Validation shares sentences and neighbourhoods with train, but no image and no source: it only picks a step.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from zlib import crc32

import numpy as np
import soundfile
from PIL import Image

from model.baselines.pairs import IMAGERIES
from model.errors import AudioError
from model.sat2sound.features import centre_crop
from model.scenes.captions import read_captions, read_scene_map, read_sound_captions
from model.training.dataset.csv_table import read_table
from model.training.labelled.recordings import HELD_BACK_OF_100, audio_sample
from model.training.labelled.samples import ImageSample, label_groups, read_images

IMAGERY = IMAGERIES["bingmap"]
SHARES = {"train": 1.0, "validation": 0.1, "test": 0.2}
"""Pairs of each split for one of train; its order numbers the random draws."""
VALIDATION_UP_TO = 25
"""Of 100 sources, those from HELD_BACK_OF_100 up to this are heard in validation."""
VALIDATION_IMAGES = 0.12
"""Share of the images to learn from that validation sees instead."""
TEST_SENTENCES = 5
"""One sentence of so many is kept for the test."""


@dataclass(frozen=True)
class Recording:
    """One file of a sound, and the scenes the sound belongs to."""

    path: Path
    sound: str
    scenes: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """An image and a recording of one scene."""

    image: ImageSample
    recording: Recording
    scene: str


def write_folder(data: Path, out: Path, pairs: int, seed: int) -> dict[str, int]:
    """Write train.csv with `pairs` rows, validation.csv and test.csv with their shares; how many rows each has.

    A split in which too few images have a recording to go with is shorter.
    """
    images, recordings = _images(data / "images"), _recordings(data / "recordings")
    counts = {}
    for number, (split, share) in enumerate(SHARES.items()):
        rng = np.random.default_rng([seed, number])
        chosen = _pairs(images[split], recordings[split], round(share * pairs), rng)
        rows = list(_write_media(chosen, split, out, rng))
        with (out / f"{split}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        counts[split] = len(rows)
    return counts


def _images(folder: Path) -> dict[str, list[ImageSample]]:
    """The images of each split."""
    split = read_images(folder)
    parts: dict[str, list[ImageSample]] = {"train": [], "validation": [], "test": list(split.validation)}
    for labels in label_groups(split.train).values():
        for members in labels.values():
            first = round(VALIDATION_IMAGES * len(members))
            parts["validation"] += [split.train[i] for i in members[:first]]
            parts["train"] += [split.train[i] for i in members[first:]]
    return parts


def _recordings(folder: Path) -> dict[str, list[Recording]]:
    """The recordings of each split that can be used."""
    parts: dict[str, list[Recording]] = {split: [] for split in SHARES}
    for row in read_table(folder / "metadata.csv", ("file", "sound", "source_id")):
        place = crc32(row["source_id"].encode()) % 100
        split = "test" if place < HELD_BACK_OF_100 else "validation" if place < VALIDATION_UP_TO else "train"
        scenes = read_scene_map().get(("recordings", row["sound"]), ())
        parts[split].append(Recording(folder / row["file"], row["sound"], scenes))
    return parts


def _pairs(
    images: Sequence[ImageSample], recordings: Sequence[Recording], count: int, rng: np.random.Generator
) -> list[Pair]:
    """At most `count` pairs, every label of the images alike; each image once, a recording as often as it is drawn.

    The scene of an image is the first of its own that any recording here belongs to, all sounds of it equally likely.
    """
    by_scene: dict[str, dict[str, list[Recording]]] = defaultdict(lambda: defaultdict(list))
    for recording in recordings:
        for scene in recording.scenes:
            by_scene[scene][recording.sound].append(recording)
    groups = []
    for labels in label_groups(images).values():
        for members in labels.values():
            heard = [scene for scene in images[members[0]].scenes if scene in by_scene]
            if heard:
                groups.append([(int(i), heard[0]) for i in rng.permutation(members)])
    pairs = []
    for i, scene in [item for item in chain.from_iterable(zip_longest(*groups)) if item][:count]:
        sounds = list(by_scene[scene].values())
        of_sound = sounds[rng.integers(len(sounds))]
        pairs.append(Pair(images[i], of_sound[rng.integers(len(of_sound))], scene))
    return pairs


def _write_media(pairs: Sequence[Pair], split: str, folder: Path, rng: np.random.Generator) -> Iterator[dict[str, str]]:
    """Write the files of each pair, and give its row; a recording that says nothing takes its pairs along."""
    seen, heard = _sentences(split)
    mels: dict[Path, str | None] = {}
    (folder / split).mkdir(parents=True, exist_ok=True)
    for number, pair in enumerate(pairs):
        path = pair.recording.path
        if path not in mels:
            mels[path] = _write_mel(pair.recording, folder, f"{split}/sound-{len(mels):04}.npy")
        mel = mels[path]
        if mel is None:
            continue
        tile = f"{split}/image-{number:04}.jpg"
        _tile(pair.image).save(folder / tile, quality=92)
        yield {
            "sample_id": f"{split}-{number:04}",
            IMAGERY.image_column: tile,
            "mel_features": mel,
            "audio_caption": str(rng.choice(heard[pair.recording.sound])),
            IMAGERY.caption_column(1): str(rng.choice(seen[pair.scene])),
            "image_scenes": "|".join(pair.image.scenes),
            "sound_scenes": "|".join(pair.recording.scenes),
            "caption_scenes": pair.scene,
        }


def _tile(image: ImageSample) -> Image.Image:
    """The middle square of an image as a whole tile; its real ground resolution is lost."""
    side = IMAGERY.tile_pixels
    square = centre_crop(image.pixels, min(image.pixels.shape[:2]))
    return square.resize((side, side), Image.Resampling.BICUBIC)


def _write_mel(recording: Recording, folder: Path, name: str) -> str | None:
    """The recording as two log-mels, padded and looped to ten seconds (2, frames, bands): its name, or None."""
    waveform, rate = soundfile.read(recording.path, dtype="float32", always_2d=True)
    try:
        sample = audio_sample(waveform.mean(axis=1), rate, recording.sound, recording.scenes, "")
    except AudioError:
        return None
    np.save(folder / name, sample.log_mel.numpy())
    return name


def _sentences(split: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What may be written of images, by scene, and of recordings, by sound."""
    seen, heard = defaultdict(list), defaultdict(list)
    for caption in read_captions():
        if caption.voice == "image":
            seen[caption.scene].append(caption.text)
    for sound in read_sound_captions():
        heard[sound.sound].append(sound.text)
    seen_here, heard_here = ({key: _kept(texts, split) for key, texts in table.items()} for table in (seen, heard))
    return seen_here, heard_here


def _kept(texts: Sequence[str], split: str) -> list[str]:
    return [text for n, text in enumerate(texts) if (n % TEST_SENTENCES == 0) == (split == "test")]
