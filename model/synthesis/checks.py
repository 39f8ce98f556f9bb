"""What every synthesizer refuses alike: captions, lengths and seeds that no sound can be rendered from."""

from __future__ import annotations

import math

import numpy as np

from model.errors import InvalidSound

MAX_CAPTION = 2_000


def check_caption(caption: object) -> None:
    """Refuse what is no caption of 1 to 2,000 characters.

    Raises:
        InvalidSound: naming the field.
    """
    if not isinstance(caption, str) or not 0 < len(caption.strip()) <= MAX_CAPTION:
        raise InvalidSound(f"caption: must be a text of 1 to {MAX_CAPTION} characters")


def check_number(field: str, value: object, limits: tuple[float, float]) -> None:
    """Refuse what is no finite number within `limits`, both included.

    Raises:
        InvalidSound: naming the field.
    """
    low, high = limits
    if not (isinstance(value, int | float) and math.isfinite(value) and low <= value <= high):
        raise InvalidSound(f"{field}: must be within {low:g} to {high:g}, not {value!r}")


def check_whole(field: str, value: object, limits: tuple[int, int]) -> None:
    """Refuse what is no whole number within `limits`, both included.

    Raises:
        InvalidSound: naming the field.
    """
    low, high = limits
    if isinstance(value, bool) or not (isinstance(value, int | np.integer) and low <= value <= high):
        raise InvalidSound(f"{field}: must be a whole number within {low} to {high}, not {value!r}")


def check_seed(seed: object) -> None:
    """Refuse what is no whole number within 0 to 2^63 - 1.

    Raises:
        InvalidSound: naming the field.
    """
    check_whole("seed", seed, (0, 2**63 - 1))
