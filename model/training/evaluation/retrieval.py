"""Cross-modal retrieval: where each query finds its own partner (specification §9; Sat2Sound tables 4-14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from model.errors import InvalidInput
from model.sat2sound.codebook import normalise

SHARE = 0.1
NEAREST = 100
BLOCK = 512
"""Queries compared with the whole gallery at a time."""


@dataclass(frozen=True)
class RetrievalScores:
    """How well `queries` queries find their partner among as many.

    recall_10_percent: share of queries whose rank is below (strictly) a tenth of the gallery, the R@10% of
    Sat2Sound, which is 0 of ten or fewer whatever they find; recall_100: share whose rank is at most 100, the R@100 of
    SoundingEarth; median_rank; outranked: share of all others that rank behind the partner.
    """

    recall_10_percent: float
    recall_100: float
    median_rank: float
    queries: int
    outranked: float = 0.0

    @property
    def can_recall(self) -> bool:
        """Whether there are so many that R@10% says anything: the first rank, 1, lies below a tenth of them."""
        return SHARE * self.queries > 1


def ranks(similarities: Tensor) -> Tensor:
    """Rank of the diagonal in each row of (n, n): (n,) float64, 1 for the largest, ties at their average.

    Raises:
        InvalidInput: not square, empty, or not finite.
    """
    if similarities.ndim != 2 or similarities.shape[0] != similarities.shape[1] or not similarities.numel():
        raise InvalidInput(f"similarities: expected (n, n), got {tuple(similarities.shape)}")
    _check_finite(similarities, "similarities")
    return _rank_of(similarities, similarities.diagonal())


def vector_ranks(queries: Tensor, gallery: Tensor) -> Tensor:
    """Rank of gallery row i by cosine for query i, both (n, dim): (n,) float64; n × n is never held.

    Raises:
        InvalidInput: of different shapes, empty, or not finite.
    """
    if queries.ndim != 2 or queries.shape != gallery.shape or not queries.numel():
        raise InvalidInput(f"queries and gallery: expected (n, dim) twice, got {queries.shape} and {gallery.shape}")
    queries, gallery = normalise(queries), normalise(gallery)
    _check_finite(queries, "queries")
    _check_finite(gallery, "gallery")
    return torch.cat([_rank_of(block, block.diagonal(start)) for start, block in _blocks(queries, gallery)])


def retrieval_scores(rank: Tensor) -> RetrievalScores:
    """Recall and median of ranks (n,)."""
    count = len(rank)
    return RetrievalScores(
        recall_10_percent=float((rank < SHARE * count).double().mean()),
        recall_100=float((rank <= NEAREST).double().mean()),
        median_rank=float(rank.double().quantile(0.5)),
        queries=count,
        outranked=1 - float((rank - 1).double().mean()) / (count - 1) if count > 1 else 1.0,
    )


def _blocks(queries: Tensor, gallery: Tensor) -> Iterator[tuple[int, Tensor]]:
    for start in range(0, len(queries), BLOCK):
        yield start, queries[start : start + BLOCK] @ gallery.T  # (block, n)


def _check_finite(values: Tensor, name: str) -> None:
    if not bool(values.isfinite().all()):
        raise InvalidInput(f"{name}: contain NaN or infinity")


def _rank_of(similarities: Tensor, own: Tensor) -> Tensor:
    """Rank of each row's own similarity (m,) among the row's (m, n): halfway between the best and worst of its tie."""
    above = (similarities > own[:, None]).sum(dim=1, dtype=torch.int32)  # (m,)
    not_below = (similarities >= own[:, None]).sum(dim=1, dtype=torch.int32)  # (m,) itself included
    return (above + not_below + 1).double() / 2
