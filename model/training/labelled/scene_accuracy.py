"""How well a model listens: does the best caption of a held-back image come from a scene that fits it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from model.sat2sound.features import image_tensor
from model.sat2sound.sat2sound import Sat2Sound
from model.scenes.captions import Caption
from model.training.labelled.samples import ImageSample, square

BATCH = 64


@dataclass(frozen=True)
class SceneAccuracy:
    """Share of images whose best caption's scene fits, over all of them and by data set and label."""

    overall: float
    by_dataset: dict[str, float]
    by_label: dict[str, float]
    images: int


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


def scene_accuracy(
    model: Sat2Sound, samples: Sequence[ImageSample], captions: Sequence[Caption], vectors: Tensor
) -> SceneAccuracy:
    """Top-1 of every sample among captions, whose vectors of length one are (n, dim); the model in evaluation mode."""
    best = (embed_samples(model, samples) @ vectors.T).argmax(dim=1).tolist()
    hits: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for sample, index in zip(samples, best, strict=True):
        hits[sample.dataset, sample.label].append(captions[index].scene in sample.scenes)
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
