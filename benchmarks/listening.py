"""What the embedded checkpoint hears: best caption against ground truth, by land cover, data set and place.

    python -m benchmarks.listening [--checkpoint PATH] [--data FOLDER]

Null Island needs nothing else: 50 points a land cover, in blocks no training chip was centred on. With --data (images/
and rasters/ as the training data has them) held-back images and real places are listened to as well.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from model.sat2sound import Sat2Sound, image_tensor, open_checkpoint
from model.training.captioned import CaptionBank
from model.training.captions import Caption, read_captions, read_scene_map
from model.training.samples import read_images
from model.training.scene_accuracy import scene_accuracy
from server.training_data import is_held_back
from tiles.imagery import ImagerySource, open_imagery
from tiles.imagery.null_island import land_cover

POINTS = 50
CANDIDATES = 2_000_000
LIMIT = 0.8


class Ear:
    """A checkpoint and the captions it may answer with."""

    def __init__(self, model: Sat2Sound) -> None:
        self.model = model
        self.bank = CaptionBank(read_captions(), (), model.text_encoder)
        self.captions, self.vectors = self.bank.candidates(model, "image")

    def best(self, source: ImagerySource, lat: float, lon: float, k: int = 1) -> list[Caption]:
        """The k best captions of the chip at scale 1."""
        config = self.model.config
        chip = source.read(lat, lon, source.gsd, config.tile_pixels)
        with torch.inference_mode():
            image = self.model.embed_images(image_tensor(chip.pixels, config.image_size)[None], source.gsd)
            order = (image.normalised() @ self.vectors.T)[0].topk(k).indices.tolist()
        return [self.captions[i] for i in order]


def null_island(ear: Ear) -> None:
    """The share of points of each land cover whose best caption's scene fits it."""
    source = open_imagery("null-island")
    rng = np.random.default_rng(2026)
    lat, lon = rng.uniform(-1.9, 1.9, (2, CANDIDATES))
    held = is_held_back(lat, lon)
    lat, lon = lat[held], lon[held]
    covers, scenes = land_cover(lat, lon), read_scene_map()
    print(f"| land cover | points | fits (limit {LIMIT:.0%}) | otherwise heard as |\n| --- | --: | --: | --- |")
    shares = []
    for cover in sorted(set(covers.tolist())):
        points = rng.permutation(np.flatnonzero(covers == cover))[:POINTS]
        heard = [ear.best(source, float(lat[i]), float(lon[i]))[0].scene for i in points]
        fits = [scene in scenes["null-island", cover] for scene in heard]
        shares.append(float(np.mean(fits)))
        others: dict[str, int] = defaultdict(int)
        for scene, fit in zip(heard, fits, strict=True):
            others[scene] += not fit
        wrong = ", ".join(f"{s} {n}" for s, n in sorted(others.items(), key=lambda item: -item[1]) if n)
        print(f"| {cover} | {len(points)} | {shares[-1]:.0%} | {wrong} |", flush=True)
    print(f"| all, each land cover alike | | {np.mean(shares):.0%} | |\n")


def held_back_images(ear: Ear, folder: Path) -> None:
    """The share of held-back images, and of images of a sensor never trained on, whose best caption fits."""
    print("| images | held back | best caption's scene fits |\n| --- | --: | --: |")
    validation = read_images(folder).validation
    accuracy = scene_accuracy(ear.model, validation, ear.captions, ear.vectors)
    for dataset, share in accuracy.by_dataset.items():
        print(f"| {dataset} | {sum(s.dataset == dataset for s in validation)} | {share:.1%} |")
    print(f"| both | {accuracy.images} | {accuracy.overall:.1%} |")
    check = read_images(folder, use="check")
    other = scene_accuracy(ear.model, check.train + check.validation, ear.captions, ear.vectors)
    print(f"| another sensor (check only) | {other.images} | {other.overall:.1%} |\n")
    print("\n".join(f"| {label} | {share:.0%} |" for label, share in accuracy.by_label.items()), "\n")


def rasters(ear: Ear, folder: Path) -> None:
    """The three best captions at points of each georeferenced image."""
    for entry in json.loads((folder / "index.json").read_text()):
        source = open_imagery(str(folder / entry["file"]))
        west, south, east, north = entry["bounds_wgs84"]
        for across, up in ((0.5, 0.5), (0.3, 0.4), (0.7, 0.6)):
            lat, lon = south + up * (north - south), west + across * (east - west)
            print(f"- {entry['place']}, {lat:.4f} {lon:.4f} ({entry['land_cover']})")
            for caption in ear.best(source, lat, lon, 3):
                print(f"  - {caption.scene}: {caption.text}")


def main() -> None:
    """Print every table that can be made."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", default="embedded")
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    ear = Ear(open_checkpoint(arguments.checkpoint))
    null_island(ear)
    if arguments.data:
        held_back_images(ear, arguments.data / "images")
        rasters(ear, arguments.data / "rasters")


if __name__ == "__main__":
    main()
