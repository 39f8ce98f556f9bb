"""What speaks for calling a concept something: the phrases of the entries that weigh it most, scored."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from model.explain.activations import Activations
from model.explain.phrases import phrases
from model.gallery import GalleryEntry

ENTRIES = 50
"""A concept is named after at most this many entries, those that weigh it most."""
CANDIDATES, WORDS = 8, 40
SHARED = 2
"""A phrase of a single entry is a candidate only where no phrase is shared by this many."""


@dataclass(frozen=True)
class Candidate:
    """A phrase that could name a concept; the higher its score the better."""

    phrase: str
    score: float


@dataclass(frozen=True)
class Evidence:
    """A concept's total weight, how many entries weigh it, those that weigh it most, and what they say.

    candidates: phrases, the best first; words: single words that tell it from other concepts, the best first;
    said: every phrase of those entries.
    """

    id: int
    mass: float
    active: int
    entries: tuple[GalleryEntry, ...]
    candidates: tuple[Candidate, ...]
    words: tuple[str, ...]
    said: frozenset[str]


def gather_evidence(activations: Activations) -> list[Evidence]:
    """What there is to name each active concept by, in order of id.

    A phrase scores by the share of the concept's weight that lies on entries which say it, times the log of that
    share over the phrase's share of all entries (its part of the Kullback-Leibler divergence, the idea of
    class-based tf-idf), times its number of words, since a phrase tells more than a word it holds.
    """
    said = [frozenset((*phrases(entry.text), *phrases(entry.title))) for entry in activations.entries]
    background = Counter(phrase for found in said for phrase in found)
    weights = csc_array(activations.weights)
    gathered = []
    for id in range(weights.shape[1]):
        start, end = weights.indptr[id : id + 2]
        rows, values = weights.indices[start:end], weights.data[start:end].astype(np.float64)
        order = np.lexsort((rows, -values))
        order = order[values[order] > 0]
        if not len(order):
            continue
        heaviest = order[:ENTRIES]
        candidates, words = _ranked(
            [said[row] for row in rows[heaviest]], values[heaviest].tolist(), background, len(said)
        )
        gathered.append(
            Evidence(
                id,
                mass=float(values.sum()),
                active=len(order),
                entries=tuple(activations.entries[row] for row in rows[heaviest]),
                candidates=candidates[:CANDIDATES],
                words=words[:WORDS],
                said=frozenset().union(*(said[row] for row in rows[heaviest])),
            )
        )
    return gathered


def _ranked(
    said: Sequence[frozenset[str]], weights: Sequence[float], background: Mapping[str, int], total: int
) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """The phrases that a concept's entries share (all of them where none is) and the words in all, the best first."""
    mass: defaultdict[str, float] = defaultdict(float)
    shared: Counter[str] = Counter()
    for found, weight in zip(said, weights, strict=True):
        for phrase in found:
            mass[phrase] += weight
            shared[phrase] += 1
    whole = sum(weights)
    scores = {p: _score(p, mass[p] / whole, background[p] / total) for p in mass}
    order = sorted(scores, key=lambda p: (-round(scores[p], 12), p))
    eligible = [p for p in order if shared[p] >= SHARED] or order
    return tuple(Candidate(p, scores[p]) for p in eligible), tuple(p for p in order if " " not in p)


def _score(phrase: str, share: float, expected: float) -> float:
    return share * math.log(share / expected) * len(phrase.split())
