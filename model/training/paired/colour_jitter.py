"""Colour jitter of one image: brightness, contrast, saturation and hue, in a random order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance

HUE_CIRCLE = 256
"""Steps of Pillow's hue."""


@dataclass(frozen=True)
class ColourJitter:
    """How far each may go: factors of 1 ± amount, and hue by ± a share of the circle. 0 leaves it alone.

    The defaults are those of Sat2Sound's published training code.
    """

    brightness: float = 0.3
    contrast: float = 0.3
    saturation: float = 0.3
    hue: float = 0.2

    def __call__(self, image: Image.Image, rng: np.random.Generator) -> Image.Image:
        """A jittered copy of an RGB image."""
        light, contrast, colour = (_factor(a, rng) for a in (self.brightness, self.contrast, self.saturation))
        turn = float(rng.uniform(-self.hue, self.hue))
        changes: list[Callable[[Image.Image], Image.Image]] = [
            lambda x: ImageEnhance.Brightness(x).enhance(light),
            lambda x: ImageEnhance.Contrast(x).enhance(contrast),
            lambda x: ImageEnhance.Color(x).enhance(colour),
            lambda x: turn_hue(x, turn),
        ]
        for i in rng.permutation(len(changes)):
            image = changes[i](image)
        return image


def turn_hue(image: Image.Image, turn: float) -> Image.Image:
    """Every hue of an RGB image turned by a share of the circle."""
    steps = round(turn * HUE_CIRCLE) % HUE_CIRCLE
    if not steps:
        return image
    hue, saturation, value = image.convert("HSV").split()
    turned = hue.point([(i + steps) % HUE_CIRCLE for i in range(HUE_CIRCLE)])
    return Image.merge("HSV", (turned, saturation, value)).convert("RGB")


def _factor(amount: float, rng: np.random.Generator) -> float:
    return float(rng.uniform(max(0.0, 1 - amount), 1 + amount))
