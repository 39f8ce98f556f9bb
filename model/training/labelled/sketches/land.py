"""Mountains, woods, sand and fields from above."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from model.training.labelled.sketches.brush import (
    SIDE,
    Field,
    Ground,
    axes,
    blend,
    fractal,
    step,
    stretched,
    textured,
    tint,
    toned,
)


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
    stone = tint(rng, (0.85, 0.77, 0.72), (0.6, 0.57, 0.55), (0.62, 0.45, 0.36), (0.7, 0.62, 0.48), (0.45, 0.4, 0.38))
    picture = textured(stone, fractal(rng, 1.0), 0.08)
    growth = tint(rng, (0.06, 0.12, 0.09), (0.14, 0.24, 0.14), (0.3, 0.36, 0.22), (0.36, 0.32, 0.22), spread=0.03)
    covered = step(rng.uniform(-1.2, 0.5) - height + 0.5 * fractal(rng, 1.2), rng.uniform(0.1, 0.6))
    picture = blend(picture, textured(growth, fractal(rng, 0.8), 0.15), covered)
    if rng.random() < 0.2:
        picture = blend(picture, np.full(3, 0.95), step(height - rng.uniform(0.4, 1.3), 0.3))
    return np.asarray(picture * light[..., None])


def massif(rng: np.random.Generator, ground: Ground) -> Field:
    """Bare pale stone as a satellite shows it: gullies, scree, blue-black shadow, burnt-out light, dark woods."""
    height = np.zeros((SIDE, SIDE))
    for longest in (1.0, 0.5, 0.25, 0.12, 0.06):
        relief = fractal(rng, rng.uniform(1.2, 2.4), longest, rng.uniform(1, 3))
        height += longest ** rng.uniform(0.7, 1.1) * (0.6 - np.abs(relief))
    height = (height - height.mean()) / height.std()
    sun = rng.uniform(0, 2 * np.pi)
    gy, gx = np.gradient(gaussian_filter(height, rng.uniform(0.3, 0.9)))
    slope = gx * np.cos(sun) + gy * np.sin(sun)
    faces = gaussian_filter(slope, rng.uniform(3, 8))
    smooth = step(fractal(rng, 2.0) - rng.uniform(0, 1.5), rng.uniform(0.3, 1.0))
    light = slope / slope.std() * (1 - 0.8 * smooth) * rng.uniform(0.12, 0.3) + faces / faces.std() * 0.15
    light += rng.uniform(0.02, 0.12) * fractal(rng, 1.5) + rng.uniform(0, 0.05) * fractal(rng, 0.6)
    streaks = fractal(rng, 1.4, 0.5, rng.uniform(2, 6))
    light += rng.uniform(0.2, 0.5) * step(streaks - rng.uniform(1.0, 2.0), 0.7) + rng.uniform(0.32, 0.6)
    night = tint(rng, (0.02, 0.03, 0.07), (0.05, 0.06, 0.1), (0.1, 0.1, 0.1), spread=0.01)
    shade = tint(rng, (0.36, 0.33, 0.35), (0.4, 0.36, 0.32), (0.3, 0.3, 0.33), spread=0.02)
    stone = tint(rng, (0.68, 0.6, 0.58), (0.7, 0.62, 0.52), (0.6, 0.58, 0.58), (0.72, 0.58, 0.5), spread=0.02)
    bright = tint(rng, (1.0, 0.92, 0.86), (1.0, 0.95, 0.86), (0.95, 0.94, 0.92), (1.0, 0.86, 0.78), spread=0.01)
    picture = toned(np.clip(light, 0, 1), night, shade, stone, bright, np.ones(3))
    if rng.random() < 0.6:
        woods = textured(tint(rng, (0.04, 0.08, 0.07), (0.08, 0.12, 0.08), spread=0.02), fractal(rng, 0.8), 0.2)
        line = rng.uniform(-2.0, 0.3) - gaussian_filter(height, 3) + 0.3 * fractal(rng, 1.0) - streaks.clip(0)
        picture = blend(picture, woods, step(line, rng.uniform(0.1, 0.4)))
    return stretched(picture, rng)


def alpine_forest(rng: np.random.Generator, ground: Ground) -> Field:
    """A dark forested slope, crossed by pale tracks of scree or streams."""
    leaf = tint(rng, (0.05, 0.1, 0.08), (0.1, 0.17, 0.11), (0.16, 0.25, 0.14), spread=0.03)
    gx = np.gradient(fractal(rng, 2.0), axis=1)
    light = 1 + rng.uniform(0.1, 0.5) * gx / gx.std() * 0.5
    picture = textured(leaf, fractal(rng, rng.uniform(0.4, 1.0)), rng.uniform(0.1, 0.35)) * light[..., None]
    vein = np.minimum(np.abs(fractal(rng, 2.3)), np.abs(fractal(rng, 2.0, 0.4)) + 0.05) + 0.04 * fractal(rng, 0.8)
    pale = tint(rng, (0.8, 0.72, 0.66), (0.6, 0.58, 0.52), (0.5, 0.5, 0.36))
    share = step(rng.uniform(0.04, 0.16) - vein, 0.1) * step(fractal(rng, 2.0) + rng.uniform(-0.8, 1), 0.5)
    return blend(picture, pale, share)


def desert(rng: np.random.Generator, ground: Ground) -> Field:
    """Sand in one colour: dunes, ripples or gravel, little else."""
    sand = tint(rng, (0.8, 0.66, 0.48), (0.78, 0.52, 0.32), (0.72, 0.64, 0.54), (0.86, 0.78, 0.64), (0.6, 0.48, 0.38))
    along, _ = axes(rng)
    warped = along + rng.uniform(0.02, 0.25) * fractal(rng, 2.0)
    ripple = np.sin(warped * rng.uniform(8, 60)) * rng.uniform(0, 1) * step(fractal(rng, 1.8) + 0.5, 1.0)
    gx = np.gradient(fractal(rng, rng.uniform(1.5, 2.4)), axis=1)
    tone = 0.06 * ripple + rng.uniform(0.02, 0.09) * gx / gx.std() + rng.uniform(0.01, 0.05) * fractal(rng, 0.5)
    picture = textured(sand, tone + rng.uniform(0, 0.1) * fractal(rng, 2.0), 1.0)
    if rng.random() < 0.3:
        picture = blend(picture, sand * 0.55, step(fractal(rng, 0.6) - rng.uniform(1.5, 2.5), 0.4))
    return picture


def fields(rng: np.random.Generator, ground: Ground) -> Field:
    """A patchwork of fields in crops of their own, some with a wheel of irrigation."""
    along, across = axes(rng)
    bend = 0.05 * fractal(rng, 2.0) * rng.random()
    u = np.floor((along + bend) * rng.uniform(1.2, 4) + rng.random())
    v = np.floor((across + bend) * rng.uniform(1.2, 5) + rng.random())
    number = (u * 7919 + v * 104729).astype(np.int64)
    picture = np.zeros((SIDE, SIDE, 3))
    for value in np.unique(number):
        crop = ground("crops") * tint(rng, (1, 1, 1), (1.1, 1.0, 0.8), (0.85, 1.05, 0.85), (1.2, 1.1, 1), spread=0.1)
        mean = crop.mean(axis=(0, 1))
        picture[number == value] = (mean + (crop - mean) * rng.uniform(0.2, 0.9))[number == value]
    edge = np.maximum(*(np.abs(g) for g in np.gradient(number.astype(float)))) > 0
    margin = gaussian_filter(edge * rng.uniform(0.2, 0.9), 0.7)
    return blend(picture, tint(rng, (0.2, 0.26, 0.16), (0.6, 0.56, 0.46)), margin)
