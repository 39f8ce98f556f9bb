"""Where in an image a sound is: how much its patches ask for the concepts that words, or a place, are made of.

A map is always the same sum: the affinity of every patch to the concepts, weighed by what is looked for. Two ways to
weigh words: "reference", as Sat2Sound's demo does it (specification §11: of every word its first token's strongest
concept, all alike), and "aggregate", by the sparsemax weights the words have in the shared space (the paper's
equation 4), over patches that attend once to their neighbourhood alone, so that a patch tells of its own place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.errors import InvalidInput
from model.explain.words import Word, telling_words, words_of
from model.sat2sound.codebook import sparsemax
from model.sat2sound.metadata import Metadata
from model.sat2sound.sat2sound import Sat2Sound

Method = Literal["aggregate", "reference"]
METHODS: tuple[Method, ...] = ("aggregate", "reference")

REACHES: tuple[int | None, ...] = (2, None)
"""Rows and columns a patch attends across, in turn; None: the whole image. What is seen at both is heard there. Of 0 to
3, the whole image and their means, this pair points best: the near look says where, the far one at what."""

Floats = NDArray[np.float32]


@torch.inference_mode()
def text_focus(model: Sat2Sound, text: str, words: Sequence[Word] = (), method: Method = "aggregate") -> Floats:
    """What a text, or only some words of it, looks for: concept weights (codebook_size,) that sum to 1.

    The whole text is read either way; words choose among its tokens. Without words the aggregate is that of the text's
    embedding, and the reference takes every word but those that only hold others together.

    Raises:
        InvalidInput: a text without words, or chosen words beyond the tokens the model reads.
    """
    if not words_of(text):
        raise InvalidInput("q: holds no word to look for")
    tokens, mask = model.text_encoder.encode([text], model.device)
    if method == "aggregate" and not words:
        return _array(model.embed_text_tokens(tokens, mask).weights[0])
    affinity = model.codebook.affinity(tokens, "text")[0]  # (T, codebook_size)
    pieces = _pieces(model.text_encoder.spans(text), words or telling_words(text))
    if method == "reference":
        strongest = affinity[[rows[0] for rows in pieces]].argmax(dim=1)  # (words,)
        counts = torch.bincount(strongest, minlength=model.config.codebook_size).float()
        return _array(counts / counts.sum())
    pooled = affinity[sorted({row for rows in pieces for row in rows})].amax(dim=0, keepdim=True)  # (1, codebook_size)
    return _array(sparsemax(_logits(model, pooled))[0])


def concept_focus(model: Sat2Sound, concept: int) -> Floats:
    """Looks for one concept alone: (codebook_size,)."""
    weights = np.zeros(model.config.codebook_size, np.float32)
    weights[concept] = 1
    return weights


def focus_vector(model: Sat2Sound, focus: Floats) -> Floats:
    """What a patch's query is multiplied by to give its affinity to what is looked for: (codebook_size,) -> (dim,).

    Affinities are in the units of sparsemax's logits.
    """
    weights = torch.from_numpy(focus).to(model.device)
    with torch.inference_mode():
        return _array(_logits(model, weights @ model.codebook.concepts))


@torch.inference_mode()
def patch_queries(
    model: Sat2Sound,
    images: Tensor | Sequence[Tensor],
    gsd: Tensor | Sequence[float] | float,
    metadata: Metadata | None = None,
    method: Method = "aggregate",
) -> Tensor:
    """What patches alone ask the codebook for, at the method's reaches: (B, grid², dim), row-major.

    Metadata, where the model uses it, colours the patches but has no patch of its own here.
    """
    reaches = REACHES if method == "aggregate" else (None,)
    return torch.stack([model.patch_queries(images, gsd, metadata, reach) for reach in reaches]).mean(dim=0)


def patch_map(queries: Floats, vector: Floats) -> Floats:
    """How much each patch is what is looked for, (grid, grid), row 0 north.

    `queries` (grid², dim) as of `patch_queries`, `vector` (dim,) as of `focus_vector`.
    """
    values = queries @ vector  # (grid²,)
    side = math.isqrt(len(values))
    return np.asarray(values, np.float32).reshape(side, side)


def _logits(model: Sat2Sound, affinity: Tensor) -> Tensor:
    """Raw products in the units sparsemax is handed them in."""
    return affinity / (math.sqrt(model.config.dim) * model.config.temperature)


def _pieces(spans: Sequence[tuple[int, int]], words: Sequence[Word]) -> list[list[int]]:
    """The tokens of each word."""
    rows = [[i for i, (start, end) in enumerate(spans) if start < word.end and end > word.start] for word in words]
    unread = [word.word for word, found in zip(words, rows, strict=True) if not found]
    if unread:
        raise InvalidInput(f"words: {unread[0][:60]!r} lies beyond what the model reads of q: shorten q")
    return rows


def _array(weights: Tensor) -> Floats:
    return np.asarray(weights.float().cpu().numpy(), np.float32)
