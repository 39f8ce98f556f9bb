"""Crops, mosaics and colours: the same place as other sensors, seasons and heights would show it."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from torch import Tensor

from model.training.labelled.samples import ImageSample, square

MOSAIC = {"eurosat": (0.3, 2, 8), "ucm": (0.5, 2, 5)}
"""How often an image becomes a mosaic, and of how many a side, for footprints its data set does not reach."""
STRANGE_GSD = 0.15
"""How often the GSD told is any at all, so that it cannot stand for the data set an image is from."""

STRETCH = (0.02, 0.98)


def random_view(
    sample: ImageSample, neighbour: Callable[[], ImageSample], rng: np.random.Generator, size: int
) -> tuple[NDArray[np.uint8], float]:
    """A random crop, turned and mirrored: pixels (size, size, 3) uint8 and the footprint's side in metres.

    `neighbour` draws another sample for mosaics, mostly of the same label.
    """
    pixels, gsd = sample.pixels, sample.gsd
    often, fewest, most = MOSAIC.get(sample.dataset, (0.0, 1, 1))
    is_mosaic = rng.random() < often
    if is_mosaic:
        whole = min(pixels.shape[:2])
        n = int(rng.integers(fewest, most + 1))
        pixels = _mosaic(pixels, neighbour, n, rng)
        gsd *= n * whole / len(pixels)
    side = min(pixels.shape[:2])
    crop = round(side * rng.uniform(0.6 if is_mosaic else 0.45, 1.0))
    top, left = (int(rng.integers(0, s - crop + 1)) for s in pixels.shape[:2])
    view = _soften(pixels[top : top + crop, left : left + crop], rng)
    view = _process(Image.fromarray(view).resize((size, size), Image.Resampling.BICUBIC), rng)
    return _turned(view, rng), crop * gsd


def plain_view(sample: ImageSample, rng: np.random.Generator, size: int) -> tuple[NDArray[np.uint8], float]:
    """The whole image as the model meets it afterwards, only turned and mirrored; as `random_view` gives it."""
    whole = square(sample.pixels)
    view = np.asarray(Image.fromarray(whole).resize((size, size), Image.Resampling.BICUBIC))
    return _turned(view, rng), len(whole) * (sample.gsd if np.isfinite(sample.gsd) else 1.0)


def _turned(view: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    view = np.rot90(view, int(rng.integers(0, 4)))
    return view[:, ::-1] if rng.random() < 0.5 else view


def _mosaic(
    pixels: NDArray[np.uint8], neighbour: Callable[[], ImageSample], n: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """N × n images, the first at the middle where there is one; kept near the size of one, as only its look counts."""
    side = max(64, min(pixels.shape[:2]) // max(1, n - 1))
    own = n * n // 2 if n % 2 else int(rng.integers(n * n))
    tiles = []
    for place in range(n * n):
        tile = Image.fromarray(pixels if place == own else neighbour().pixels)
        tile = tile.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
        tiles.append(np.rot90(np.asarray(tile), int(rng.integers(0, 4))))
    return np.vstack([np.hstack(tiles[r * n : (r + 1) * n]) for r in range(n)])


def _soften(view: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Sometimes coarser than it says: other sensors blur, and services stretch their last zoom."""
    if rng.random() > 0.25:
        return view
    side = max(16, round(view.shape[0] * rng.uniform(0.3, 0.8)))
    return np.asarray(Image.fromarray(view).resize((side, side), Image.Resampling.BILINEAR))


def _process(view: Image.Image, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Sometimes sharpened or compressed, as makers and services of imagery do."""
    if rng.random() < 0.2:
        view = view.filter(ImageFilter.UnsharpMask(rng.uniform(0.6, 2), int(rng.integers(40, 160)), 0))
    if rng.random() < 0.15:
        file = io.BytesIO()
        view.save(file, "JPEG", quality=int(rng.integers(25, 80)))
        view = Image.open(file)
    return np.asarray(view)


def jitter_colours(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Exposure, contrast, gamma, saturation, channel gains and haze on (B, 3, S, S) in 0..1, differently a row."""
    batch = len(images)

    def draw(low: float, high: float, channels: int = 1) -> Tensor:
        values = rng.uniform(low, high, (batch, channels, 1, 1)).astype(np.float32)
        return torch.from_numpy(values).to(images.device)

    x = images.clamp(1e-3, 1) ** torch.exp(draw(-0.45, 0.45))
    x = x * draw(0.75, 1.3) * draw(0.82, 1.18, 3)
    mean = x.mean(dim=(2, 3), keepdim=True)
    x = (x - mean) * draw(0.65, 1.4) + mean
    grey = x.mean(dim=1, keepdim=True)
    x = grey + (x - grey) * draw(0.15, 1.7)
    haze = draw(-0.3, 0.25).clamp(min=0)
    x = x * (1 - haze) + haze * draw(0.6, 0.9, 3)
    return _stretch(x, draw(-2.0, 1.0).clamp(min=0)).clamp(0, 1)


def _stretch(x: Tensor, amount: Tensor) -> Tensor:
    """Pull images (B, 3, S, S) towards their 2nd to 98th percentile, as makers of imagery do; amount (B, 1, 1, 1)."""
    low, high = torch.quantile(x.flatten(1)[:, ::7], torch.tensor(STRETCH, device=x.device), dim=1)
    low, high = low[:, None, None, None], high[:, None, None, None]
    stretched: Tensor = (x - low) / (high - low).clamp(min=0.05)
    return x + amount * (stretched - x)


def jitter_gsd(
    metres: NDArray[np.float64], tile_pixels: int, span: tuple[float, float], rng: np.random.Generator
) -> Tensor:
    """Footprint sides (B,) in metres -> gsd (B,): rough, as a source's word on it is, or any at all in `span`."""
    gsd = metres / tile_pixels * np.exp(rng.normal(0, 0.2, metres.shape))
    low, high = span
    strange = np.exp(rng.uniform(np.log(low), np.log(high), metres.shape))
    gsd = np.where(rng.random(metres.shape) < STRANGE_GSD, strange, gsd)
    return torch.from_numpy(np.clip(gsd, low, high).astype(np.float32))
