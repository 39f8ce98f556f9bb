"""What of the galleries is nearest to a place, as the answers tell it."""

import numpy as np
from numpy.typing import NDArray

from model.gallery import GalleryShelf, Kind
from server.soundscape.confidence import MAX_CAPTIONS_WEIGHED, scene_confidence
from server.soundscape.references import Url
from server.soundscape.schemas import CaptionMatch, RecordingMatch


class Matches:
    """Looks up vectors of one checkpoint; `url` says where clients reach a path."""

    def __init__(self, gallery: GalleryShelf, caption_scale: float, exact: bool, url: Url) -> None:
        self._gallery, self._caption_scale, self._exact, self._url = gallery, caption_scale, exact, url

    def captions(self, vector: NDArray[np.float32], k: int, scale: int) -> tuple[list[CaptionMatch], float | None]:
        """The k nearest captions for a scale, and the share of probability on the top one's scene."""
        scores, ids = self._nearest(vector, k, "caption", scale)
        top = [self._caption(id, float(score)) for score, id in zip(scores, ids, strict=True)]
        if top[0].scene is None:
            return top, None
        scores, scenes = self._gallery.nearest_scenes(
            vector[None], MAX_CAPTIONS_WEIGHED, "caption", scale=scale, exact=self._exact
        )
        code = self._gallery.scenes[top[0].scene]
        return top, scene_confidence(scores[0], scenes[0], code, self._caption_scale)

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
