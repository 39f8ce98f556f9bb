"""Sketches: labelled scenery drawn around real pixels, for looks and footprints the labelled images lack.

Procedural relief, water and fields with colours drawn at random, set in ground cut from the training images. A sketch
need not pass for a photograph: it carries the shape a scene has from above whatever the sensor (domain randomisation,
Tobin et al. 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from model.training.captions import read_scene_map
from model.training.samples import ImageSample

DATASET = "sketch"
SIDE = 128

Field = NDArray[np.float64]
Ground = Callable[[str], Field]
"""Kind of ground (open, crops, built) -> (SIDE, SIDE, 3) in 0..1."""

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


def fractal(rng: np.random.Generator, roughness: float, longest: float = 1.0) -> Field:
    """Gaussian noise (SIDE, SIDE) of unit variance with a 1/f^roughness amplitude, `longest` of the frame at most."""
    fy, fx = np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :]
    f = np.hypot(fy, fx)
    amplitude = np.where(f >= 1 / (SIDE * longest) - 1e-9, np.maximum(f, 1e-9) ** -roughness, 0.0)
    spectrum = (rng.normal(size=f.shape) + 1j * rng.normal(size=f.shape)) * amplitude
    noise = np.fft.irfft2(spectrum, s=(SIDE, SIDE))
    return np.asarray((noise - noise.mean()) / (noise.std() + 1e-9))


def _step(x: Field, width: float) -> Field:
    """0 below, 1 above zero, over `width`."""
    return np.clip(x / width + 0.5, 0, 1)


def _blend(under: Field, over: Field, share: Field) -> Field:
    return np.asarray(under + (over - under) * share[..., None])


def _colour(rng: np.random.Generator, *choices: tuple[float, float, float], spread: float = 0.03) -> Field:
    return np.clip(np.array(choices[int(rng.integers(len(choices)))]) + rng.normal(0, spread, 3), 0, 1)


def _plain(colour: Field, noise: Field, strength: float) -> Field:
    return np.asarray(colour * (1 + strength * noise)[..., None])


def _across(rng: np.random.Generator) -> tuple[Field, Field]:
    """Coordinates along and across a random direction, -1..1 over the frame."""
    y, x = np.meshgrid(*[np.linspace(-1, 1, SIDE)] * 2, indexing="ij")
    angle = rng.uniform(0, 2 * np.pi)
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def mountain(rng: np.random.Generator, ground: Ground) -> Field:
    """Ridges and gullies in a low sun, bare stone above and dark growth below, now and then snow."""
    height = np.zeros((SIDE, SIDE))
    for longest, weight in ((1.0, 1.0), (0.5, 0.5), (0.25, 0.25), (0.1, 0.08)):
        height += weight * (1 - np.abs(fractal(rng, rng.uniform(2.2, 3.2), longest)))
    height = (height - height.mean()) / height.std()
    sun = rng.uniform(0, 2 * np.pi)
    gy, gx = np.gradient(gaussian_filter(height, rng.uniform(0.4, 1.2)))
    slope = (gx * np.cos(sun) + gy * np.sin(sun)) / (np.hypot(gx, gy).std() + 1e-9)
    light = np.clip(rng.uniform(0.55, 0.95) + rng.uniform(0.12, 0.45) * slope, rng.uniform(0, 0.25), 1.5)
    stone = _colour(
        rng, (0.85, 0.77, 0.72), (0.6, 0.57, 0.55), (0.62, 0.45, 0.36), (0.7, 0.62, 0.48), (0.45, 0.4, 0.38)
    )
    picture = _plain(stone, fractal(rng, 1.0), 0.08)
    growth = _colour(rng, (0.06, 0.12, 0.09), (0.14, 0.24, 0.14), (0.3, 0.36, 0.22), (0.36, 0.32, 0.22), spread=0.03)
    covered = _step(rng.uniform(-1.2, 0.5) - height + 0.5 * fractal(rng, 1.2), rng.uniform(0.1, 0.6))
    picture = _blend(picture, _plain(growth, fractal(rng, 0.8), 0.15), covered)
    if rng.random() < 0.2:
        picture = _blend(picture, np.full(3, 0.95), _step(height - rng.uniform(0.4, 1.3), 0.3))
    return np.asarray(picture * light[..., None])


def alpine_forest(rng: np.random.Generator, ground: Ground) -> Field:
    """A dark forested slope, crossed by pale tracks of scree or streams."""
    leaf = _colour(rng, (0.05, 0.1, 0.08), (0.1, 0.17, 0.11), (0.16, 0.25, 0.14), spread=0.03)
    gx = np.gradient(fractal(rng, 2.0), axis=1)
    light = 1 + rng.uniform(0.1, 0.5) * gx / gx.std() * 0.5
    picture = _plain(leaf, fractal(rng, rng.uniform(0.4, 1.0)), rng.uniform(0.1, 0.35)) * light[..., None]
    vein = np.minimum(np.abs(fractal(rng, 2.3)), np.abs(fractal(rng, 2.0, 0.4)) + 0.05) + 0.04 * fractal(rng, 0.8)
    pale = _colour(rng, (0.8, 0.72, 0.66), (0.6, 0.58, 0.52), (0.5, 0.5, 0.36))
    share = _step(rng.uniform(0.04, 0.16) - vein, 0.1) * _step(fractal(rng, 2.0) + rng.uniform(-0.8, 1), 0.5)
    return _blend(picture, pale, share)


def desert(rng: np.random.Generator, ground: Ground) -> Field:
    """Sand in one colour: dunes, ripples or gravel, little else."""
    sand = _colour(
        rng, (0.8, 0.66, 0.48), (0.78, 0.52, 0.32), (0.72, 0.64, 0.54), (0.86, 0.78, 0.64), (0.6, 0.48, 0.38)
    )
    along, _ = _across(rng)
    warped = along + rng.uniform(0.02, 0.25) * fractal(rng, 2.0)
    ripple = np.sin(warped * rng.uniform(8, 60)) * rng.uniform(0, 1) * _step(fractal(rng, 1.8) + 0.5, 1.0)
    gx = np.gradient(fractal(rng, rng.uniform(1.5, 2.4)), axis=1)
    tone = 0.06 * ripple + rng.uniform(0.02, 0.09) * gx / gx.std() + rng.uniform(0.01, 0.05) * fractal(rng, 0.5)
    picture = _plain(sand, tone + rng.uniform(0, 0.1) * fractal(rng, 2.0), 1.0)
    if rng.random() < 0.3:
        picture = _blend(picture, sand * 0.55, _step(fractal(rng, 0.6) - rng.uniform(1.5, 2.5), 0.4))
    return picture


def _water(rng: np.random.Generator) -> Field:
    clear = ((0.1, 0.2, 0.32), (0.08, 0.12, 0.14), (0.1, 0.3, 0.42))
    colour = _colour(rng, *clear, (0.2, 0.36, 0.36), (0.3, 0.34, 0.26), (0.42, 0.4, 0.3))
    return _plain(colour, fractal(rng, rng.uniform(0.3, 1.6)), rng.uniform(0.01, 0.08))


def beach(rng: np.random.Generator, ground: Ground) -> Field:
    """Water, lines of surf, a strip of sand, and what lies behind it."""
    along, _ = _across(rng)
    shore = along + rng.uniform(0.02, 0.12) * fractal(rng, 2.0) + rng.uniform(-0.45, 0.45)
    shallow = _colour(rng, (0.3, 0.55, 0.55), (0.2, 0.5, 0.55), (0.42, 0.5, 0.42), (0.3, 0.36, 0.36))
    picture = _blend(_water(rng), shallow, np.exp(np.minimum(shore, 0) / rng.uniform(0.1, 0.5)))
    breakers = np.sin(shore * rng.uniform(15, 50) + fractal(rng, 1.5)) + fractal(rng, 0.9) - rng.uniform(0.3, 1.8)
    reach = rng.uniform(0.06, 0.6)
    foam = _step(breakers, 0.8) * _step(shore + reach, reach / 2) * _step(-shore, 0.05)
    picture = _blend(picture, np.full(3, rng.uniform(0.8, 0.97)), foam)
    sand = _colour(rng, (0.85, 0.78, 0.64), (0.76, 0.64, 0.48), (0.66, 0.6, 0.54), (0.92, 0.88, 0.78))
    picture = _blend(picture, _plain(sand, fractal(rng, 0.9), 0.04), _step(shore, 0.03))
    behind = ground(str(rng.choice(["open", "built"]))) if rng.random() < 0.6 else picture
    return _blend(picture, behind, _step(shore - rng.uniform(0.1, 0.9) + 0.04 * fractal(rng, 1.4), 0.04))


def river(rng: np.random.Generator, ground: Ground) -> Field:
    """A winding band of water between banks, through any country."""
    along, across = _across(rng)
    bend = rng.uniform(0, 0.45) * np.sin(along * rng.uniform(1.5, 5) + rng.uniform(0, 6)) + rng.uniform(-0.3, 0.3)
    off = np.abs(across - bend + 0.04 * fractal(rng, 1.9)) - rng.uniform(0.06, 0.28)
    picture = ground(str(rng.choice(["open", "crops", "built"])))
    bank = _colour(rng, (0.74, 0.68, 0.54), (0.2, 0.28, 0.16), (0.45, 0.42, 0.32))
    picture = _blend(picture, bank, _step(rng.uniform(0, 0.12) - off + 0.03 * fractal(rng, 1.4), 0.05))
    return _blend(picture, _water(rng), _step(-off, 0.03))


def lake(rng: np.random.Generator, ground: Ground) -> Field:
    """One sheet of still water with a rim, in open or built country."""
    along, across = _across(rng)
    y, x = rng.uniform(-0.25, 0.25, 2)
    radius = np.hypot((along - x) * rng.uniform(0.7, 1.4), across - y) + rng.uniform(0.02, 0.16) * fractal(rng, 2.0)
    inside = rng.uniform(0.35, 0.75) - radius
    picture = ground(str(rng.choice(["open", "crops", "built"])))
    rim = _colour(rng, (0.66, 0.62, 0.54), (0.16, 0.24, 0.14), (0.4, 0.4, 0.34))
    picture = _blend(picture, rim, _step(inside + rng.uniform(0, 0.08), 0.05))
    return _blend(picture, _water(rng), _step(inside, 0.03))


def track(rng: np.random.Generator, ground: Ground) -> Field:
    """A running track around a pitch among buildings."""
    along, across = _across(rng)
    size = rng.uniform(0.3, 0.55)
    off = np.hypot(np.maximum(np.abs(along) - size * 0.75, 0), across) - size * 0.62
    picture = ground("built" if rng.random() < 0.75 else "open")
    lane = _colour(rng, (0.6, 0.36, 0.3), (0.5, 0.34, 0.28), (0.55, 0.5, 0.46), (0.34, 0.36, 0.4), (0.7, 0.62, 0.5))
    picture = _blend(picture, lane * 1.1, _step(rng.uniform(0.08, 0.18) - off, 0.02))
    pitch = _colour(rng, (0.26, 0.42, 0.22), (0.2, 0.36, 0.26), (0.44, 0.46, 0.3), (0.6, 0.52, 0.4))
    mown = 1 + rng.uniform(0, 0.12) * np.sign(np.sin(along * rng.uniform(25, 45)))
    inner = _step(0.02 - np.maximum(np.abs(along) - size * 0.8, np.abs(across) - size * 0.48), 0.02)
    picture = _blend(picture, _plain(pitch, fractal(rng, 0.8), 0.05), _step(-off, 0.02))
    return _blend(picture, pitch * mown[..., None], inner)


def fields(rng: np.random.Generator, ground: Ground) -> Field:
    """A patchwork of fields in crops of their own, some with a wheel of irrigation."""
    along, across = _across(rng)
    bend = 0.05 * fractal(rng, 2.0) * rng.random()
    u = np.floor((along + bend) * rng.uniform(1.2, 4) + rng.random())
    v = np.floor((across + bend) * rng.uniform(1.2, 5) + rng.random())
    number = (u * 7919 + v * 104729).astype(np.int64)
    picture = np.zeros((SIDE, SIDE, 3))
    for value in np.unique(number):
        crop = ground("crops") * _colour(rng, (1, 1, 1), (1.1, 1.0, 0.8), (0.85, 1.05, 0.85), (1.2, 1.1, 1), spread=0.1)
        mean = crop.mean(axis=(0, 1))
        picture[number == value] = (mean + (crop - mean) * rng.uniform(0.2, 0.9))[number == value]
    edge = np.maximum(*(np.abs(g) for g in np.gradient(number.astype(float)))) > 0
    margin = gaussian_filter(edge * rng.uniform(0.2, 0.9), 0.7)
    return _blend(picture, _colour(rng, (0.2, 0.26, 0.16), (0.6, 0.56, 0.46)), margin)


def sprawl(rng: np.random.Generator, ground: Ground) -> Field:
    """A city from afar: roofs too small to tell apart, main roads, green between, at times the sea."""
    along, across = _across(rng)
    roofs = _colour(rng, (0.6, 0.55, 0.55), (0.68, 0.6, 0.52), (0.5, 0.5, 0.52), (0.42, 0.38, 0.4))
    picture = _plain(roofs, fractal(rng, rng.uniform(0.1, 0.5)), rng.uniform(0.06, 0.28))
    bend = rng.uniform(0, 0.1) * fractal(rng, 2.2)
    streets = [np.abs(np.sin((axis + bend) * rng.uniform(3, 14) + rng.random())) for axis in (along, across)]
    road = _colour(rng, (0.75, 0.74, 0.74), (0.3, 0.3, 0.32))
    picture = _blend(picture, road, rng.uniform(0.2, 0.8) * _step(rng.uniform(0.02, 0.1) - np.minimum(*streets), 0.1))
    green = _step(fractal(rng, rng.uniform(1.4, 2.4)) - rng.uniform(-0.2, 1.6), 0.15)
    picture = _blend(picture, ground("open") * rng.uniform(0.45, 1.0), green)
    if rng.random() < 0.35:
        shore = along + rng.uniform(0.02, 0.1) * fractal(rng, 2.0) - rng.uniform(0.35, 0.8)
        picture = _blend(picture, _water(rng), _step(shore, 0.03))
    return picture


def blank(rng: np.random.Generator, ground: Ground) -> Field:
    """Nothing to see: one colour, black or white included, with or without grain and a slow change across it."""
    colour = rng.random(3) if rng.random() < 0.5 else np.full(3, rng.choice([0.0, 1.0, rng.random()]))
    along, _ = _across(rng)
    slow = rng.uniform(0, 0.3) * along if rng.random() < 0.4 else 0.0 * along
    return np.asarray(colour + (slow + rng.choice([0.0, rng.uniform(0, 0.05)]) * fractal(rng, 0.0))[..., None])


def cloud(rng: np.random.Generator, ground: Ground) -> Field:
    """Cloud over whatever lies below."""
    thick = fractal(rng, rng.uniform(1.6, 2.4)) + 0.3 * fractal(rng, 1.2)
    share = np.clip(rng.uniform(0.8, 1.3) + rng.uniform(0.05, 0.3) * thick, 0, 1)
    bright = np.clip(rng.uniform(0.72, 1.0) + rng.uniform(0.02, 0.12) * thick, 0, 1)
    return _blend(ground(str(rng.choice(["open", "built"]))), np.repeat(bright[..., None], 3, axis=2), share)


KINDS: dict[str, tuple[Callable[[np.random.Generator, Ground], Field], tuple[float, float]]] = {
    "mountain": (mountain, (800.0, 12_000.0)),
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
}
"""Label -> how it is drawn, and the span of footprints (metres) it stands for."""
