"""Scoring: a query's vector against every cell of a region, worked out once and kept; the scores as ranked places."""

import threading
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from server.concurrency.lru_cache import LRUCache
from server.search.queries import Measure
from server.search.query_embedding import EmbeddedQuery
from tiles.chip import Bounds
from tiles.region import Condition, Region
from tiles.scores.highlights import Highlights, highlights
from tiles.scores.pyramid import ScorePyramid

Scores = NDArray[np.float32]

PYRAMID_WEIGHT = 40
"""Bytes for each tile of a region's rectangle that a query's scores and their pyramids may come to."""


@dataclass(frozen=True, eq=False)
class QueryScores:
    """A query's scores in a region: `cosine` and `percentile` (count,), NaN where no cell is embedded yet.

    In a difference both are the excess over the other sound, and `own` and `others` the percentiles of each.
    """

    region: Region
    hash: str
    cosine: Scores
    percentile: Scores
    own: Scores
    others: Scores | None
    _pyramids: dict[Measure, ScorePyramid] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def weight(self) -> int:
        """Bytes it may come to with its pyramids."""
        return self.region.grid.rows * self.region.grid.columns * PYRAMID_WEIGHT

    def values(self, by: Measure) -> Scores:
        """The scores on one of the two measures."""
        return self.cosine if by == "cosine" else self.percentile

    def has_pyramid(self, by: Measure) -> bool:
        """Whether the map tiles of a measure need only be cut out."""
        return by in self._pyramids

    def pyramid(self, by: Measure) -> ScorePyramid:
        """The scores as map tiles; built when first asked for."""
        with self._lock:
            if by not in self._pyramids:
                self._pyramids[by] = ScorePyramid.of(self.region.grid, self.values(by))
            return self._pyramids[by]

    def places(self, min_percentile: float, limit: int, bbox: Bounds | None) -> Highlights:
        """The connected areas that reach a percentile; in a difference, those where the other sound does not."""
        reached = self.own
        if self.others is not None:
            reached = np.where(self.others < min_percentile, self.own, np.float32(np.nan))
        return highlights(self.region.grid, self.cosine, reached, min_percentile=min_percentile, limit=limit, bbox=bbox)


class ScoreCache:
    """Scores of queries in regions, at most `max_bytes` of them. Safe from several threads."""

    def __init__(self, max_bytes: int) -> None:
        self._kept: LRUCache[tuple[str, ...], QueryScores] = LRUCache(max_bytes, lambda scores: scores.weight)

    def score(self, region: Region, query: EmbeddedQuery, condition: Condition | None) -> QueryScores:
        """The scores of a query in a region, worked out once; blocks.

        Raises:
            InvalidRegion: The region was not listened to at that month and hour.
        """
        scores = self.known(region, query, condition)
        if scores is None:
            scores = score_region(region, query, condition)
            self._kept.keep(_key(region, scores.hash, query, condition), scores)
        return scores

    def known(self, region: Region, query: EmbeddedQuery, condition: Condition | None) -> QueryScores | None:
        """The scores of a query if they are known."""
        return self._kept.look_up(_key(region, region.hash, query, condition))


def _key(region: Region, hash: str, query: EmbeddedQuery, condition: Condition | None) -> tuple[str, ...]:
    return region.path, hash, query.key, str(condition)


def score_region(region: Region, query: EmbeddedQuery, condition: Condition | None) -> QueryScores:
    """One pass over the cells, again if the region has grown meanwhile: scores belong to one state of it.

    Raises:
        InvalidRegion: The region was not listened to at that month and hour.
    """
    while True:
        hash = region.hash
        scores = _score_now(region, hash, query, condition)
        if region.hash == hash:
            return scores


def _score_now(region: Region, hash: str, query: EmbeddedQuery, condition: Condition | None) -> QueryScores:
    if query.against is None:
        cosine = region.score(query.vector, condition)
        percentile = region.percentile(cosine)
        return QueryScores(region, hash, cosine, percentile, percentile, None)
    ours, theirs = region.score(np.stack([query.vector, query.against]), condition)
    own, others = region.percentile(ours), region.percentile(theirs)
    return QueryScores(region, hash, ours - theirs, own - others, own, others)
