"""What of the galleries is nearest to a place, as the answers tell it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from model.gallery import GalleryShelf, Kind
from server.soundscape.schemas import CaptionMatch, RecordingMatch

MAX_CAPTIONS_WEIGHED = 2048
"""Confidence weighs this many of the nearest captions; those beyond hold no probability worth the time."""


class Matches:
    """Looks up vectors of one checkpoint; `url` says where clients reach a path."""

    def __init__(self, gallery: GalleryShelf, caption_scale: float, exact: bool, url: Callable[[str], str]) -> None:
        self._gallery, self._caption_scale, self._exact, self._url = gallery, caption_scale, exact, url

    def captions(self, vector: NDArray[np.float32], k: int, scale: int) -> tuple[list[CaptionMatch], float | None]:
        """The k nearest captions for a scale, and the share of probability on the top one's scene."""
        scores, ids = self._nearest(vector, k, "caption", scale)
        top = [self._caption(id, float(score)) for score, id in zip(scores, ids, strict=True)]
        if top[0].scene is None:
            return top, None
        scores, ids = self._nearest(vector, MAX_CAPTIONS_WEIGHED, "caption", scale)
        entries = [self._gallery.entry(id) for id in ids]
        logits = self._caption_scale * scores.astype(np.float64)
        shares = np.exp(logits - logits.max())
        same = np.array([entry.scene == top[0].scene for entry in entries])
        return top, float(shares[same].sum() / shares.sum())

    def recordings(self, vector: NDArray[np.float32], k: int) -> list[RecordingMatch]:
        """The k nearest recordings."""
        scores, ids = self._nearest(vector, k, "recording")
        return [self._recording(id, float(score)) for score, id in zip(scores, ids, strict=True)]

    def _nearest(
        self, vector: NDArray[np.float32], k: int, kind: Kind, scale: int | None = None
    ) -> tuple[NDArray[np.float32], list[str]]:
        """Scores (n,) and ids of the entries nearest to one vector (dim,)."""
        found = self._gallery.nearest(vector[None], k, kind, scale=scale, exact=self._exact)
        return found[0][0], found[1][0].tolist()

    def _caption(self, id: str, score: float) -> CaptionMatch:
        entry = self._gallery.entry(id)
        return CaptionMatch(
            id=id, text=entry.text, score=score, scene=entry.scene or None, gallery=self._gallery.name_of(id)
        )

    def _recording(self, id: str, score: float) -> RecordingMatch:
        entry = self._gallery.entry(id)
        return RecordingMatch(
            id=id,
            gallery=self._gallery.name_of(id),
            title=entry.title or entry.text,
            score=score,
            url=self._url(f"/gallery/{id}/audio"),
            peaks=self._url(f"/gallery/{id}/peaks"),
            seconds=entry.seconds or 0.0,
            author=entry.author,
            licence=entry.licence,
        )
