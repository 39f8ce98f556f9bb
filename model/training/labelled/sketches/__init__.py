"""Sketches: labelled scenery drawn around real pixels, for looks and footprints the labelled images lack.

Procedural relief, water and fields with colours drawn at random, set in ground cut from the training images. A sketch
need not pass for a photograph: it carries the shape a scene has from above whatever the sensor (domain randomisation,
Tobin et al. 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from model.scenes.captions import read_scene_map
from model.training.labelled.samples import ImageSample
from model.training.labelled.sketches.brush import SIDE, Field, Ground
from model.training.labelled.sketches.land import alpine_forest, desert, fields, massif, mountain
from model.training.labelled.sketches.sky import blank, cloud
from model.training.labelled.sketches.town import outskirts, sprawl, track
from model.training.labelled.sketches.water import beach, lake, river

DATASET = "sketch"
_GROUND = {
    "open": ("Pasture", "HerbaceousVegetation", "Forest", "forest", "chaparral", "AnnualCrop", "agricultural"),
    "crops": ("AnnualCrop", "PermanentCrop", "Pasture", "agricultural", "HerbaceousVegetation"),
    "built": ("Residential", "Industrial", "denseresidential", "mediumresidential", "buildings", "sparseresidential"),
}


def sketch_samples(images: Sequence[ImageSample], each: int, seed: int) -> tuple[ImageSample, ...]:
    """`each` sketches of every kind, their ground cut from `images`."""
    pools = {kind: [s for s in images if s.label in labels] for kind, labels in _GROUND.items()}
    pools = {kind: pool or list(images) for kind, pool in pools.items()}
    scenes = read_scene_map()
    samples = []
    for number, (label, (draw, metres)) in enumerate(KINDS.items()):
        for i in range(each):
            rng = np.random.default_rng([seed, number, i])
            picture = draw(rng, lambda kind, rng=rng: _ground(pools[kind], rng))  # type: ignore[misc]
            pixels = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
            gsd = float(np.exp(rng.uniform(*np.log(metres)))) / SIDE
            samples.append(ImageSample(pixels, gsd, DATASET, label, scenes[DATASET, label]))
    return tuple(samples)


def _ground(pool: Sequence[ImageSample], rng: np.random.Generator) -> Field:
    """A mosaic of one image and its turned copies, or of several."""
    n = int(rng.integers(1, 4))
    chosen = [pool[int(rng.integers(len(pool)))] for _ in range(1 if rng.random() < 0.5 else n * n)]
    side = -(-SIDE // n)
    tiles = [np.asarray(Image.fromarray(s.pixels).resize((side, side), Image.Resampling.BICUBIC)) for s in chosen]
    turned = [np.rot90(tiles[i % len(tiles)], int(rng.integers(4))) for i in range(n * n)]
    rows = [np.hstack(turned[r * n : (r + 1) * n]) for r in range(n)]
    return np.vstack(rows)[:SIDE, :SIDE].astype(np.float64) / 255


KINDS: dict[str, tuple[Callable[[np.random.Generator, Ground], Field], tuple[float, float]]] = {
    "mountain": (mountain, (800.0, 12_000.0)),
    "massif": (massif, (1_500.0, 6_000.0)),
    "alpine-forest": (alpine_forest, (500.0, 6_000.0)),
    "desert": (desert, (100.0, 6_000.0)),
    "beach": (beach, (100.0, 1_500.0)),
    "river": (river, (200.0, 5_000.0)),
    "lake": (lake, (100.0, 3_000.0)),
    "track": (track, (150.0, 800.0)),
    "fields": (fields, (400.0, 6_000.0)),
    "blank": (blank, (50.0, 6_000.0)),
    "cloud": (cloud, (200.0, 12_000.0)),
    "sprawl": (sprawl, (2_000.0, 12_000.0)),
    "outskirts": (outskirts, (2_000.0, 12_000.0)),
}
"""Label -> how it is drawn, and the span of footprints (metres) it stands for."""
