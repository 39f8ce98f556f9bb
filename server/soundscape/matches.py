"""What of the galleries is nearest to a place, as the answers tell it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from model.gallery import GalleryEntry, GalleryShelf, Kind
from server.soundscape.confidence import MAX_CAPTIONS_WEIGHED, scene_confidence
from server.soundscape.schemas import CaptionMatch, RecordingMatch


class Matches:
    """Looks up vectors of one checkpoint; `base_url` is put before every path."""

    def __init__(self, gallery: GalleryShelf, caption_scale: float, exact: bool, base_url: str) -> None:
        self._gallery, self._caption_scale, self._exact, self._base_url = gallery, caption_scale, exact, base_url
        self._weighed = MAX_CAPTIONS_WEIGHED if any(gallery.scenes) else 0

    def captions(self, vector: NDArray[np.float32], k: int, scale: int) -> tuple[list[CaptionMatch], float | None]:
        """The k nearest captions for a scale, and the share of probability on the top one's scene."""
        scores, numbers = self._nearest(vector, max(k, self._weighed), "caption", scale)
        top = [
            CaptionMatch(id=entry.id, text=entry.text, score=score, scene=entry.scene or None, gallery=name)
            for score, name, entry in self._entries(scores[:k], numbers[:k])
        ]
        if top[0].scene is None:
            return top, None
        scenes = self._gallery.scene_codes[numbers]
        return top, scene_confidence(scores, scenes, int(scenes[0]), self._caption_scale)

    def recordings(self, vector: NDArray[np.float32], k: int) -> list[RecordingMatch]:
        """The k nearest recordings."""
        found = self._entries(*self._nearest(vector, k, "recording"))
        return [self._recording(name, entry, score) for score, name, entry in found]

    def _nearest(
        self, vector: NDArray[np.float32], k: int, kind: Kind, scale: int | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and numbers (k,) of the entries nearest to one vector (dim,)."""
        scores, numbers = self._gallery.nearest(vector[None], k, kind, scale=scale, exact=self._exact)
        return scores[0], numbers[0]

    def _entries(
        self, scores: NDArray[np.float32], numbers: NDArray[np.int64]
    ) -> Iterator[tuple[float, str, GalleryEntry]]:
        """The score, the gallery and the entry of each."""
        for score, (gallery, entry) in zip(scores.tolist(), self._gallery.numbered(numbers.tolist()), strict=True):
            yield score, gallery, entry

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
