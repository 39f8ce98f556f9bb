"""How well a model listens: does the best caption of a held-back image come from a scene that fits it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.sat2sound.features import image_tensor
from model.sat2sound.sat2sound import Sat2Sound
from model.training.captions import Caption
from model.training.samples import ImageSample

BATCH = 64


@dataclass(frozen=True)
class SceneAccuracy:
    """Share of images whose best caption's scene fits, over all of them and by data set and label."""

    overall: float
    by_dataset: dict[str, float]
    by_label: dict[str, float]
    images: int


@torch.inference_mode()
def embed_captions(model: Sat2Sound, texts: Sequence[str]) -> Tensor:
    """Captions -> vectors of length one (n, dim), in batches."""
    parts = [model.embed_texts(texts[i : i + BATCH]).normalised() for i in range(0, len(texts), BATCH)]
    return torch.cat(parts)


def square(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest centred square of an image."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def _batches(samples: Sequence[ImageSample]) -> Iterator[Sequence[ImageSample]]:
    for i in range(0, len(samples), BATCH):
        yield samples[i : i + BATCH]


@torch.inference_mode()
def embed_samples(model: Sat2Sound, samples: Sequence[ImageSample]) -> Tensor:
    """Whole images -> vectors of length one (n, dim); an unknown gsd is taken as 1 m per pixel."""
    parts = []
    for batch in _batches(samples):
        views = [square(s.pixels) for s in batch]
        images = torch.stack([image_tensor(v, model.config.image_size) for v in views])
        metres = [len(v) * (s.gsd if np.isfinite(s.gsd) else 1.0) for v, s in zip(views, batch, strict=True)]
        parts.append(model.embed_images(images, [m / model.config.tile_pixels for m in metres]).normalised())
    return torch.cat(parts)


def scene_accuracy(model: Sat2Sound, samples: Sequence[ImageSample], captions: Iterable[Caption]) -> SceneAccuracy:
    """Top-1 of every sample against every caption of the voice that pictures get."""
    candidates = [c for c in captions if c.voice == "image"]
    was_training = model.training
    model.eval()
    texts = embed_captions(model, [c.text for c in candidates])
    best = (embed_samples(model, samples) @ texts.T).argmax(dim=1).tolist()
    model.train(was_training)
    hits: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for sample, index in zip(samples, best, strict=True):
        hits[sample.dataset, sample.label].append(candidates[index].scene in sample.scenes)
    datasets = {d for d, _ in hits}
    return SceneAccuracy(
        overall=_share(h for values in hits.values() for h in values),
        by_dataset={
            d: _share(h for (e, _), values in hits.items() if e == d for h in values) for d in sorted(datasets)
        },
        by_label={f"{d}/{label}": _share(values) for (d, label), values in sorted(hits.items())},
        images=len(samples),
    )


def _share(hits: Iterable[bool]) -> float:
    return float(np.mean(list(hits)))
