"""Confidence: how sure the model is of the kind of place that its first caption tells of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_CAPTIONS_WEIGHED = 2048
"""This many of the nearest captions are weighed; those beyond hold no probability worth the time."""


def scene_confidence(
    scores: NDArray[np.float32], scenes: NDArray[np.integer[Any]], scene: int, caption_scale: float
) -> float:
    """The share of probability on one scene.

    `scores` (n,) are the cosines of the nearest captions, which the model turns into probabilities by its learned
    `caption_scale`; `scenes` (n,) are the numbers of theirs.
    """
    logits = caption_scale * scores.astype(np.float64)
    shares = np.exp(logits - logits.max())
    return float(shares[scenes == scene].sum() / shares.sum())
