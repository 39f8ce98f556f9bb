"""From what a caption means to which sources sound, how loud and how far: similarity of sentence vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from model.sat2sound.text_encoder import TextEncoder, open_text_encoder
from model.synthesis.foley.clauses import Clause, Movement, clauses
from model.synthesis.foley.distance import level_db
from model.synthesis.foley.habits import HABITS
from model.synthesis.foley.sources import Source
from model.synthesis.foley.surroundings import SURROUNDINGS, USUAL

THRESHOLD = 0.45
"""Cosine above which a clause is about a source."""
ONE_WORD_THRESHOLD = 0.63
"""The same for a clause of one word, whose vector leans on its spelling: "gurgles" is not about gulls."""
NEAREST_THRESHOLD = 0.33
"""The same for a whole caption when none of its clauses is about a source."""
CLOSE = 0.05
"""A second source is heard in the same clause when it is this near to the best one."""
MAX_SOURCES = 5
STEP_DB = 0.5
"""Levels are rounded to this, so that the last digit of a cosine cannot change a sound."""
DB_PER_COSINE = 20.0
SURROUNDINGS_THRESHOLD = 0.3
"""Cosine above which a caption is about a kind of place."""
KEPT = 256
"""Captions whose meaning is remembered."""


@dataclass(frozen=True)
class Part:
    """One source of a mix: its name, level in dB beside the others, and how it is met.

    `times` is its distance in distances its model stands for; `density` -1 for few, 1 for many.
    """

    name: str
    level_db: float
    times: float = 1.0
    density: int = 0
    movement: Movement = ""


@dataclass(frozen=True)
class Scene:
    """What a caption means: its sources, loudest first, where they sound, and the sources it denies."""

    parts: tuple[Part, ...]
    surroundings: str = USUAL
    denied: frozenset[str] = frozenset()


class Planner:
    """Compares captions with the descriptions of sources. Thread-safe; the encoder is opened at the first caption."""

    def __init__(self, sources: Mapping[str, Source], encoder: TextEncoder | None = None) -> None:
        self._sources = sources
        self._names = list(sources)
        self._encoder = encoder
        self._described: _Described | None = None
        self._places: _Described | None = None
        self._kept: LRUCache[str, Scene] = LRUCache(KEPT)
        self._lock = Lock()

    def plan(self, caption: str) -> Scene:
        """What a caption speaks of; a scene without parts when it is about no source."""
        with self._lock:
            # One thread at a time: the tokenisers of transformers must not be shared.
            if caption not in self._kept:
                self._kept[caption] = self._understood(caption)
            return self._kept[caption]

    def _understood(self, caption: str) -> Scene:
        parts = clauses(caption)
        if not parts:
            return Scene(())
        self._open()
        assert self._encoder is not None
        vectors = sentence_vectors(self._encoder, [*(clause.text for clause in parts), caption])
        assert self._described is not None
        assert self._places is not None
        cosines = self._described.cosines(vectors)  # (clauses + 1, sources)
        places = self._places.cosines(vectors)  # (clauses + 1, places)
        # "In a forest" says where, and not what: its words must not call the sounds that forests are described with.
        cosines[:-1][places[:-1].max(axis=1) > cosines[:-1].max(axis=1)] = 0.0
        heard, denied = self._heard_in_all(parts, cosines[:-1])
        if not heard and not any(clause.denied for clause in parts):
            heard = self._nearest(cosines[-1])
        loudest = sorted(heard.values(), key=lambda part: (-part.level_db, part.name))
        return Scene(tuple(loudest[:MAX_SOURCES]), _surroundings(places), frozenset(denied))

    def _heard_in_all(self, parts: Sequence[Clause], cosines: NDArray[np.float32]) -> tuple[dict[str, Part], set[str]]:
        """Each source at the loudest any clause has it, less those that are denied; and the latter."""
        heard: dict[str, Part] = {}
        for place, (clause, row) in enumerate(zip(parts, cosines, strict=True)):
            for part in () if clause.denied else self._heard_in(clause, row, place):
                if part.name not in heard or part.level_db > heard[part.name].level_db:
                    heard[part.name] = part
        asserted = np.max(
            [row for clause, row in zip(parts, cosines, strict=True) if not clause.denied] or [0.0], axis=0
        )
        denied = {
            self._names[index]
            for clause, row in zip(parts, cosines, strict=True)
            if clause.denied
            # Unless another clause speaks of it more clearly.
            for index in np.flatnonzero((row >= THRESHOLD) & (row >= row.max() - CLOSE) & (row >= asserted))
        }
        return {name: part for name, part in heard.items() if name not in denied}, denied

    def _nearest(self, row: NDArray[np.float32]) -> dict[str, Part]:
        """The one source nearest to a caption whose clauses name none: what is like it is better than silence."""
        name = self._names[int(row.argmax())]
        return {name: Part(name, 0.0)} if row.max() >= NEAREST_THRESHOLD else {}

    def _heard_in(self, clause: Clause, row: NDArray[np.float32], place: int) -> list[Part]:
        """The one or two sources a clause is about."""
        order = np.argsort(-row, kind="stable")[:2]
        best = float(row[order[0]])
        least = THRESHOLD if " " in clause.text else ONE_WORD_THRESHOLD
        parts = []
        for index in order:
            cosine, name = float(row[index]), self._names[index]
            if cosine >= least and best - cosine <= CLOSE:
                level = DB_PER_COSINE * (min(cosine, 0.75) - 0.75) + clause.level_db - min(place, 4)
                level += level_db(HABITS[name], clause.times)
                rounded = STEP_DB * round(level / STEP_DB)
                parts.append(Part(name, rounded, clause.times, clause.density, clause.movement))
        return parts

    def _open(self) -> None:
        if self._encoder is None:
            self._encoder = open_text_encoder("minilm")
        if self._described is None:
            self._described = _Described(self._encoder, [one.descriptions for one in self._sources.values()])
            self._places = _Described(self._encoder, [place.descriptions for place in SURROUNDINGS.values()])


def _surroundings(cosines: NDArray[np.float32]) -> str:
    """The kind of place that the whole caption, or the clause that says it best, is nearest to: (texts, places)."""
    best = cosines.max(axis=0)
    return list(SURROUNDINGS)[int(best.argmax())] if best.max() >= SURROUNDINGS_THRESHOLD else USUAL


class _Described:
    """Things that are each described in some sentences, as vectors."""

    def __init__(self, encoder: TextEncoder, descriptions: Sequence[Sequence[str]]) -> None:
        self._vectors = sentence_vectors(encoder, [text for texts in descriptions for text in texts])
        self._starts = np.cumsum([0, *(len(texts) for texts in descriptions)])[:-1]

    def cosines(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(texts, things): each text's highest cosine with a sentence of the thing."""
        best: NDArray[np.float32] = np.maximum.reduceat(vectors @ self._vectors.T, self._starts, axis=1)
        return best


def sentence_vectors(encoder: TextEncoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """(texts, dim) unit vectors: the mean of each sentence's tokens."""
    tokens, mask = encoder.encode(texts)  # (B, T, dim), (B, T)
    weights = mask.unsqueeze(-1).float()
    means = (tokens * weights).sum(dim=1) / weights.sum(dim=1)  # (B, dim)
    vectors: NDArray[np.float32] = (means / means.norm(dim=1, keepdim=True)).cpu().numpy()
    return vectors
