"""Nothing sounds like it: what is said when no place of a region is near enough to a query."""

import numpy as np

from server.search.queries import SearchQuery
from server.search.scoring import QueryScores


def nothing_found(scores: QueryScores, query: SearchQuery, found: int) -> list[str]:
    """What to say when no place is bright enough: how near the nearest comes."""
    if found or not scores.region.valid.any():
        return []
    best = float(np.nanmax(scores.own))
    return [
        f"Nothing reaches percentile {query.min_percentile:g} here: what sounds most like it in {scores.region.title} "
        f"stands at {best:.1f}."
    ]
