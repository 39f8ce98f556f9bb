"""What the embedded checkpoint hears: best caption against ground truth, by land cover, data set and place.

    python -m benchmarks.listening [--checkpoint PATH --gallery FOLDER] [--data FOLDER]

Null Island needs nothing else: 50 points a land cover, in blocks no training chip was centred on. With --data (images/,
recordings/ and rasters/ as the training data has them) held-back images, recordings and real places are listened to.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

from model.gallery import Gallery, GalleryEntry
from model.sat2sound import Sat2Sound, image_tensor, open_checkpoint
from model.scenes.captions import read_scene_map
from model.training.labelled.recordings import read_recordings
from model.training.labelled.samples import ImageSample, read_images
from model.training.labelled.scene_accuracy import embed_samples, scene_accuracy
from model.training.labelled.scene_queries import SCENE_QUERIES
from server.commands.training.null_island_chips import is_held_back
from tiles.imagery import ImagerySource, open_imagery
from tiles.imagery.null_island import land_cover, sample_land_cover

QUERIES = {
    "waves breaking on a beach": ("beach",),
    "heavy city traffic": ("city", "road"),
    "birds in a forest": ("forest",),
    "tractors in a field": ("farmland",),
    "planes taking off": ("airport",),
}
"""What people type, and the land covers that fit it."""
POINTS = 50
CANDIDATES = 2_000_000
LIMIT = 0.8


class Ear:
    """A checkpoint and the captions of its gallery, which are what it may answer with."""

    def __init__(self, model: Sat2Sound, gallery: Gallery) -> None:
        gallery.check_checkpoint(model.checkpoint_hash)
        self.model, self.gallery, self.captions = model, gallery, gallery.entries("caption")
        texts = [caption.text for caption in self.captions]
        self.vectors = torch.cat([self.texts(texts[i : i + 64]) for i in range(0, len(texts), 64)])

    def vector(self, source: ImagerySource, lat: float, lon: float) -> torch.Tensor:
        """The chip at scale 1, of length one (1, dim)."""
        config = self.model.config
        chip = source.read(lat, lon, source.gsd, config.tile_pixels)
        with torch.inference_mode():
            image = self.model.embed_images(image_tensor(chip.pixels, config.image_size)[None], source.gsd)
        return image.normalised()

    def nearest(self, image: torch.Tensor, k: int = 1) -> list[GalleryEntry]:
        """The k best captions of an image."""
        return [self.captions[i] for i in (image @ self.vectors.T)[0].topk(k).indices.tolist()]

    def recording(self, image: torch.Tensor) -> GalleryEntry:
        """The best recording of an image."""
        return self.gallery.entry(str(self.gallery.nearest(image.numpy(), 1, "recording")[1][0, 0]))

    def texts(self, texts: list[str]) -> torch.Tensor:
        """Texts of length one (n, dim)."""
        with torch.inference_mode():
            return self.model.embed_texts(texts).normalised()


def null_island(ear: Ear) -> None:
    """The shares of points of each land cover whose best caption's scene and whose best recording's scene fit it."""
    source = open_imagery("null-island")
    rng = np.random.default_rng(2026)
    lat, lon = rng.uniform(-1.9, 1.9, (2, CANDIDATES))
    held = is_held_back(lat, lon)
    lat, lon = lat[held], lon[held]
    covers, scenes = land_cover(lat, lon), read_scene_map()
    print(f"| land cover | points | caption fits (limit {LIMIT:.0%}) | recording fits | captions otherwise of |")
    print("| --- | --: | --: | --: | --- |")
    shares, played, seen, truth = [], [], [], []
    for cover in sorted(set(covers.tolist())):
        points = rng.permutation(np.flatnonzero(covers == cover))[:POINTS]
        images = [ear.vector(source, float(lat[i]), float(lon[i])) for i in points]
        heard = [ear.nearest(image)[0].scene for image in images]
        seen += images
        truth += [cover] * len(images)
        fitting = scenes["null-island", cover]
        fits = [scene in fitting for scene in heard]
        shares.append(float(np.mean(fits)))
        played.append(float(np.mean([ear.recording(image).scene in fitting for image in images])))
        others: dict[str, int] = defaultdict(int)
        for scene, fit in zip(heard, fits, strict=True):
            others[scene] += not fit
        wrong = ", ".join(f"{s} {n}" for s, n in sorted(others.items(), key=lambda item: -item[1]) if n)
        print(f"| {cover} | {len(points)} | {shares[-1]:.0%} | {played[-1]:.0%} | {wrong} |", flush=True)
    print(f"| all, each land cover alike | | {np.mean(shares):.0%} | {np.mean(played):.0%} | |\n")
    print("| query | ranks matching points above the rest, AUC (goal 0.95) |\n| --- | --: |")
    scores = torch.cat(seen) @ ear.texts(list(QUERIES)).T  # (points, queries)
    for (query, covers_of), column in zip(QUERIES.items(), scores.T.numpy(), strict=True):
        print(f"| {query} | {roc_auc_score([cover in covers_of for cover in truth], column):.3f} |")
    print()


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
    print("| text to image, one query a scene | average precision, macro |\n| --- | --: |")
    for name, samples in (*by_dataset(validation).items(), ("another sensor", check.train + check.validation)):
        print(f"| {name} | {average_precision(ear, samples):.3f} |")
    print()
    print("\n".join(f"| {label} | {share:.0%} |" for label, share in accuracy.by_label.items()), "\n")


def held_back_recordings(ear: Ear, folder: Path) -> None:
    """What recordings find: captions of their scenes, and held-back images of their scenes."""
    samples, images = read_recordings(folder / "recordings").validation, read_images(folder / "images").validation
    with torch.inference_mode():
        heard = [ear.model.embed_log_mel(sample.log_mel[:1].float()).normalised() for sample in samples]
    sounds, pictures = torch.cat(heard), embed_samples(ear.model, images)
    best = (sounds @ ear.vectors.T).argmax(dim=1).tolist()
    captions = [ear.captions[n].scene in sample.scenes for n, sample in zip(best, samples, strict=True)]
    nearest = (sounds @ pictures.T).argsort(dim=1, descending=True)[:, : len(images) // 10].tolist()
    shares, any_found = [], []
    for sample, found in zip(samples, nearest, strict=True):
        fits = [bool(set(image.scenes) & set(sample.scenes)) for image in images]
        shares.append(sum(fits[n] for n in found) / max(1, min(len(found), sum(fits))))
        any_found.append(any(fits[n] for n in found))
    print("| held-back recordings | |\n| --- | --: |")
    print(f"| best caption is of one of their scenes, of {len(samples)} | {np.mean(captions):.1%} |")
    print(f"| images of their scenes among the nearest tenth, of those that could be | {np.mean(shares):.1%} |")
    print(f"| at least one | {np.mean(any_found):.1%} |\n")


def by_dataset(samples: Sequence[ImageSample]) -> dict[str, list[ImageSample]]:
    """Samples of each data set, which is to say of each GSD."""
    return {name: [s for s in samples if s.dataset == name] for name in sorted({s.dataset for s in samples})}


def average_precision(ear: Ear, samples: Sequence[ImageSample]) -> float:
    """Mean over the scenes that fit an image of how early the scene's query finds its images."""
    scenes = sorted({scene for sample in samples for scene in sample.scenes})
    scores = embed_samples(ear.model, samples) @ ear.texts([SCENE_QUERIES[scene] for scene in scenes]).T
    found = [
        average_precision_score([scene in sample.scenes for sample in samples], column)
        for scene, column in zip(scenes, scores.T.numpy(), strict=True)
    ]
    return float(np.mean(found))


def silence(ear: Ear, source: ImagerySource) -> None:
    """Confidence where an image says nothing, and where it says much."""
    rng = np.random.default_rng(5)
    size = ear.model.config.image_size
    plain = {
        name: np.full((size, size, 3), value, np.uint8) for name, value in (("black", 0), ("grey", 128), ("white", 255))
    }
    plain["noise"] = rng.integers(0, 256, (size, size, 3), dtype=np.uint8)
    with torch.inference_mode():
        vectors = {
            name: ear.model.embed_images(image_tensor(pixels, size)[None], 0.6).normalised()
            for name, pixels in plain.items()
        }
    for cover in ("ocean", "forest", "city"):
        lat, lon = sample_land_cover(cover, 1, seed=77)
        vectors[f"Null Island's {cover}"] = ear.vector(source, float(lat[0]), float(lon[0]))
    print("| image | heard as | confidence |\n| --- | --- | --: |")
    for name, vector in vectors.items():
        best = ear.nearest(vector)[0].scene
        mass = (ear.model.caption_scale * (vector @ ear.vectors.T)[0]).softmax(dim=0)
        share = float(mass[[caption.scene == best for caption in ear.captions]].sum())
        print(f"| {name} | {best} | {share:.2f} |")
    print()


def rasters(ear: Ear, folder: Path) -> None:
    """The three best captions at points of each georeferenced image."""
    for entry in json.loads((folder / "index.json").read_text()):
        source = open_imagery(str(folder / entry["file"]))
        west, south, east, north = entry["bounds_wgs84"]
        for across, up in ((0.5, 0.5), (0.3, 0.4), (0.7, 0.6)):
            lat, lon = south + up * (north - south), west + across * (east - west)
            print(f"- {entry['place']}, {lat:.4f} {lon:.4f} ({entry['land_cover']})")
            for caption in ear.nearest(ear.vector(source, lat, lon), 3):
                print(f"  - {caption.scene}: {caption.text}")


def main() -> None:
    """Print every table that can be made."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", default="embedded")
    parser.add_argument("--gallery", default="embedded")
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    ear = Ear(open_checkpoint(arguments.checkpoint), Gallery.open(arguments.gallery))
    null_island(ear)
    silence(ear, open_imagery("null-island"))
    if arguments.data:
        held_back_images(ear, arguments.data / "images")
        held_back_recordings(ear, arguments.data)
        rasters(ear, arguments.data / "rasters")


if __name__ == "__main__":
    main()
