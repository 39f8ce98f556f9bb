"""Captions that share a set of highly activated concepts (supplement §12, figure 6)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.explain.activations import Activations
from model.gallery import GalleryEntry

TOP_CONCEPTS = 3


@dataclass(frozen=True)
class ConceptGroup:
    """Captions with the same heaviest concepts.

    concepts: their ids, the one that weighs most in the group first; entries: those that weigh them most first.
    """

    concepts: tuple[int, ...]
    entries: tuple[GalleryEntry, ...]


def group_captions(activations: Activations, top: int = TOP_CONCEPTS) -> list[ConceptGroup]:
    """Group captions by the set of their `top` heaviest concepts, the largest group first.

    Sets must be equal: the groups of figure 6 share up to two of their three concepts and still are groups of
    their own. A caption with fewer active concepts is grouped by those it has.
    """
    members: dict[frozenset[int], list[int]] = defaultdict(list)
    for row, entry in enumerate(activations.entries):
        if entry.kind == "caption":
            members[_heaviest(activations, row, top)].append(row)
    groups = [_group(activations, sorted(concepts), rows) for concepts, rows in members.items()]
    return sorted(groups, key=lambda group: (-len(group.entries), sorted(group.concepts)))


def _heaviest(activations: Activations, row: int, top: int) -> frozenset[int]:
    """The ids of a row's `top` heaviest concepts, the smaller id first where two weigh the same."""
    start, end = activations.weights.indptr[row : row + 2]
    ids, weights = activations.weights.indices[start:end], activations.weights.data[start:end]
    order = np.lexsort((ids, -weights))[:top]
    return frozenset(ids[order].tolist())


def _group(activations: Activations, concepts: list[int], rows: list[int]) -> ConceptGroup:
    weights: NDArray[np.float32] = activations.weights[rows][:, concepts].toarray()  # (members, concepts)
    order = np.argsort(-weights.sum(axis=1), kind="stable")
    heaviest = np.argsort(-weights.sum(axis=0), kind="stable")
    return ConceptGroup(
        tuple(concepts[i] for i in heaviest.tolist()), tuple(activations.entries[rows[i]] for i in order.tolist())
    )
