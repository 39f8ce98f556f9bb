"""What of the galleries is nearest to a place, as the answers tell it."""

import numpy as np
from numpy.typing import NDArray

from model.gallery import GalleryEntry, GalleryShelf, Kind
from server.soundscape.confidence import MAX_CAPTIONS_WEIGHED, scene_confidence
from server.soundscape.schemas import CaptionMatch, RecordingMatch


class Matches:
    """Looks up vectors of one checkpoint; `base_url` is put before every path."""

    def __init__(self, gallery: GalleryShelf, caption_scale: float, exact: bool, base_url: str) -> None:
        self._gallery, self._caption_scale, self._exact, self._base_url = gallery, caption_scale, exact, base_url

    def captions(self, vector: NDArray[np.float32], k: int, scale: int) -> tuple[list[CaptionMatch], float | None]:
        """The k nearest captions for a scale, and the share of probability on the top one's scene."""
        scores, ids = self._nearest(vector, k, "caption", scale)
        top = [
            CaptionMatch(id=entry.id, text=entry.text, score=score, scene=entry.scene or None, gallery=name)
            for score, (name, entry) in zip(scores.tolist(), self._gallery.look_up(ids), strict=True)
        ]
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
        found = zip(scores.tolist(), self._gallery.look_up(ids), strict=True)
        return [self._recording(name, entry, score) for score, (name, entry) in found]

    def _nearest(
        self, vector: NDArray[np.float32], k: int, kind: Kind, scale: int | None = None
    ) -> tuple[NDArray[np.float32], list[str]]:
        """Scores (n,) and ids of the entries nearest to one vector (dim,)."""
        found = self._gallery.nearest(vector[None], k, kind, scale=scale, exact=self._exact)
        return found[0][0], found[1][0].tolist()

    def _recording(self, gallery: str, entry: GalleryEntry, score: float) -> RecordingMatch:
        path = f"{self._base_url}/gallery/{entry.id}"
        return RecordingMatch(
            id=entry.id,
            gallery=gallery,
            title=entry.title or entry.text,
            score=score,
            url=f"{path}/audio",
            peaks=f"{path}/peaks",
            seconds=entry.seconds or 0.0,
            author=entry.author,
            licence=entry.licence,
        )
