"""Crops, mosaics and colours: the same place as other sensors, seasons and heights would show it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from model.training.samples import ImageSample

MOSAIC = {"eurosat": 0.35, "ucm": 0.2}
"""How often an image becomes a 2 × 2 or 3 × 3 mosaic of its label, for footprints its data set does not reach."""

STRETCH = (0.02, 0.98)


def random_view(
    sample: ImageSample, neighbour: Callable[[], ImageSample], rng: np.random.Generator, size: int
) -> tuple[NDArray[np.uint8], float]:
    """A random crop, turned and mirrored: pixels (size, size, 3) uint8 and the footprint's side in metres.

    `neighbour` draws another sample of the same label for mosaics.
    """
    pixels, gsd = sample.pixels, sample.gsd
    if rng.random() < MOSAIC.get(sample.dataset, 0.0):
        pixels = _mosaic(pixels, neighbour, rng)
    side = min(pixels.shape[:2])
    crop = round(side * rng.uniform(0.55, 1.0))
    top, left = (int(rng.integers(0, s - crop + 1)) for s in pixels.shape[:2])
    view = _soften(pixels[top : top + crop, left : left + crop], rng)
    view = np.asarray(Image.fromarray(view).resize((size, size), Image.Resampling.BICUBIC))
    view = np.rot90(view, int(rng.integers(0, 4)))
    return (view[:, ::-1] if rng.random() < 0.5 else view), crop * gsd


def _mosaic(
    pixels: NDArray[np.uint8], neighbour: Callable[[], ImageSample], rng: np.random.Generator
) -> NDArray[np.uint8]:
    n = 2 if rng.random() < 0.7 else 3
    side = min(pixels.shape[:2])
    tiles = [pixels[:side, :side]]
    for _ in range(n * n - 1):
        other = Image.fromarray(neighbour().pixels).resize((side, side), Image.Resampling.BICUBIC)
        tiles.append(np.rot90(np.asarray(other), int(rng.integers(0, 4))))
    order = rng.permutation(len(tiles))
    return np.vstack([np.hstack([tiles[order[r * n + c]] for c in range(n)]) for r in range(n)])


def _soften(view: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Sometimes coarser than it says: other sensors blur, and services stretch their last zoom."""
    if rng.random() > 0.25:
        return view
    side = max(16, round(view.shape[0] * rng.uniform(0.3, 0.8)))
    return np.asarray(Image.fromarray(view).resize((side, side), Image.Resampling.BILINEAR))


def jitter_colours(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Exposure, contrast, gamma, saturation, channel gains and haze on (B, 3, S, S) in 0..1, differently a row."""
    batch = len(images)

    def draw(low: float, high: float, channels: int = 1) -> Tensor:
        values = rng.uniform(low, high, (batch, channels, 1, 1)).astype(np.float32)
        return torch.from_numpy(values).to(images.device)

    x = images.clamp(1e-3, 1) ** torch.exp(draw(-0.45, 0.45))
    x = x * draw(0.75, 1.3) * draw(0.88, 1.12, 3)
    mean = x.mean(dim=(2, 3), keepdim=True)
    x = (x - mean) * draw(0.65, 1.4) + mean
    grey = x.mean(dim=1, keepdim=True)
    x = grey + (x - grey) * draw(0.4, 1.6)
    haze = draw(-0.3, 0.25).clamp(min=0)
    x = x * (1 - haze) + haze * draw(0.6, 0.9, 3)
    return _stretch(x, draw(-2.0, 1.0).clamp(min=0)).clamp(0, 1)


def _stretch(x: Tensor, amount: Tensor) -> Tensor:
    """Pull images (B, 3, S, S) towards their 2nd to 98th percentile, as makers of imagery do; amount (B, 1, 1, 1)."""
    low, high = torch.quantile(x.flatten(1)[:, ::7], torch.tensor(STRETCH, device=x.device), dim=1)
    low, high = low[:, None, None, None], high[:, None, None, None]
    stretched: Tensor = (x - low) / (high - low).clamp(min=0.05)
    return x + amount * (stretched - x)


def jitter_gsd(metres: NDArray[np.float64], tile_pixels: int, rng: np.random.Generator) -> Tensor:
    """Footprint sides (B,) in metres -> gsd (B,), off by up to some tenths: a source's word on it is rough."""
    factor = np.exp(rng.normal(0, 0.15, metres.shape))
    return torch.from_numpy((metres / tile_pixels * factor).astype(np.float32))
