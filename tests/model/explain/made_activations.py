"""Activations whose weights are made up."""

import numpy as np
from scipy.sparse import csr_array

from model.explain import Activations
from model.gallery import GalleryEntry


def made(weights: list[list[float]], texts: list[str] | None = None, recordings: tuple[int, ...] = ()) -> Activations:
    """Entries c0, c1 … of these words with these weights (entries, concepts); those in `recordings` have a sound."""
    texts = texts or [f"caption {n}" for n in range(len(weights))]
    entries = tuple(
        GalleryEntry(f"c{n}", text, "CC0-1.0", foley="wind" if n in recordings else "") for n, text in enumerate(texts)
    )
    return Activations(entries, csr_array(np.array(weights, np.float32)))
