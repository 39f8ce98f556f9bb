"""From what a caption means to which sources sound, how loud and how far: similarity of sentence vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from model.sat2sound.text_encoder import TextEncoder, open_text_encoder
from model.synthesis.clauses import Clause, clauses
from model.synthesis.sources import Source

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
FAR_DB = -9.0


@dataclass(frozen=True)
class Part:
    """One source of a mix: its name, level in dB beside the others, and whether it is heard from afar."""

    name: str
    level_db: float
    far: bool = False


class Planner:
    """Compares captions with the descriptions of sources. Thread-safe; the encoder is opened at the first caption."""

    def __init__(self, sources: Mapping[str, Source], encoder: TextEncoder | None = None) -> None:
        self._sources = sources
        self._encoder = encoder
        self._descriptions: NDArray[np.float32] | None = None
        self._lock = Lock()

    def plan(self, caption: str) -> list[Part]:
        """The sources a caption speaks of, loudest first; empty when it is about none of them."""
        parts = clauses(caption)
        if not parts:
            return []
        cosines = self._cosines([clause.text for clause in parts])  # (clauses, sources)
        heard = self._heard_in_all(parts, cosines)
        if not heard and not any(clause.denied for clause in parts):
            heard = self._nearest(caption)
        loudest = sorted(heard.values(), key=lambda part: (-part.level_db, part.name))
        return loudest[:MAX_SOURCES]

    def _heard_in_all(self, parts: Sequence[Clause], cosines: NDArray[np.float32]) -> dict[str, Part]:
        """Each source at the loudest any clause has it, less those that are denied."""
        heard: dict[str, Part] = {}
        for place, (clause, row) in enumerate(zip(parts, cosines, strict=True)):
            for part in () if clause.denied else self._heard_in(clause, row, place):
                if part.name not in heard or part.level_db > heard[part.name].level_db:
                    heard[part.name] = part
        for clause, row in zip(parts, cosines, strict=True):
            if clause.denied:
                self._deny(heard, parts, cosines, row)
        return heard

    def _nearest(self, caption: str) -> dict[str, Part]:
        """The one source nearest to a caption whose clauses name none: what is like it is better than silence."""
        row = self._cosines([caption])[0]
        name = list(self._sources)[int(row.argmax())]
        return {name: Part(name, 0.0)} if row.max() >= NEAREST_THRESHOLD else {}

    def _heard_in(self, clause: Clause, row: NDArray[np.float32], place: int) -> list[Part]:
        """The one or two sources a clause is about."""
        names = list(self._sources)
        order = np.argsort(-row, kind="stable")[:2]
        best = float(row[order[0]])
        least = THRESHOLD if " " in clause.text else ONE_WORD_THRESHOLD
        parts = []
        for index in order:
            cosine = float(row[index])
            if cosine >= least and best - cosine <= CLOSE:
                level = DB_PER_COSINE * (min(cosine, 0.75) - 0.75) + clause.level_db - min(place, 4)
                level += FAR_DB if clause.far else 0.0
                parts.append(Part(names[index], STEP_DB * round(level / STEP_DB), clause.far))
        return parts

    def _deny(
        self, heard: dict[str, Part], parts: Sequence[Clause], cosines: NDArray[np.float32], row: NDArray[np.float32]
    ) -> None:
        """Silence the sources a denied clause is about, unless another clause speaks of them more clearly."""
        best = float(row.max())
        for index, name in enumerate(self._sources):
            asserted = max(cosines[i, index] for i, clause in enumerate(parts) if not clause.denied) if heard else 0.0
            if row[index] >= THRESHOLD and best - row[index] <= CLOSE and row[index] >= asserted:
                heard.pop(name, None)

    def _cosines(self, texts: list[str]) -> NDArray[np.float32]:
        """(texts, sources): each text's highest cosine with a description of the source."""
        with self._lock:
            # One thread at a time: the tokenisers of transformers must not be shared.
            if self._encoder is None:
                self._encoder = open_text_encoder("minilm")
            if self._descriptions is None:
                described = [text for source in self._sources.values() for text in source.descriptions]
                self._descriptions = _sentence_vectors(self._encoder, described)
            vectors = _sentence_vectors(self._encoder, texts)
        cosines = vectors @ self._descriptions.T  # (texts, descriptions)
        starts = np.cumsum([0, *(len(source.descriptions) for source in self._sources.values())])[:-1]
        best: NDArray[np.float32] = np.maximum.reduceat(cosines, starts, axis=1)
        return best


def _sentence_vectors(encoder: TextEncoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """(texts, dim) unit vectors: the mean of each sentence's tokens."""
    tokens, mask = encoder.encode(texts)  # (B, T, dim), (B, T)
    weights = mask.unsqueeze(-1).float()
    means = (tokens * weights).sum(dim=1) / weights.sum(dim=1)  # (B, dim)
    vectors: NDArray[np.float32] = (means / means.norm(dim=1, keepdim=True)).cpu().numpy()
    return vectors
