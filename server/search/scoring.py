"""Searching: words and recordings become one vector, the vector a score for every cell, the scores ranked places."""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray

from model.lru import Kept
from model.sat2sound import Sat2Sound
from server.errors import InvalidInput
from server.search.queries import Scale
from server.search.query_store import KeptQuery, QueryStore
from server.search.uploads import Recording
from tiles.chip import Bounds
from tiles.region import Condition, Region
from tiles.scores.highlights import Highlights, highlights
from tiles.scores.pyramid import ScorePyramid
from tiles.scores.ramp import Ramp

Vector = NDArray[np.float32]
Scores = NDArray[np.float32]

VECTORS_KEPT = 4096
DEFAULT_COLORMAPS = {False: "magma", True: "puor_r"}
"""By whether two sounds are compared."""

PYRAMID_WEIGHT = 40
"""Bytes for each tile of a region's rectangle that a query's scores and their pyramids may come to."""


@dataclass(frozen=True, eq=False)
class Sought:
    """A query ready to be scored: a unit vector, and in a difference the vector of what it is held against.

    `key` names all of it by content, `id` the query without what it is held against. Where `concept` is set, that
    concept of the codebook is looked for, and `text` is its name.
    """

    id: str
    key: str
    text: str
    minus: str
    recording: bool
    vector: Vector
    against: Vector | None
    concept: int | None = None

    @property
    def difference(self) -> bool:
        """Whether one sound is held against another."""
        return self.against is not None


@dataclass(frozen=True, eq=False)
class Scored:
    """A query's scores in a region: `cosine` and `percentile` (count,), NaN where no cell is embedded yet.

    In a difference both are the excess over the other sound, and `own` and `others` the percentiles of each.
    """

    region: Region
    hash: str
    cosine: Scores
    percentile: Scores
    own: Scores
    others: Scores | None
    _pyramids: dict[Scale, ScorePyramid] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def values(self, by: Scale) -> Scores:
        """The scores on one of the two scales."""
        return self.cosine if by == "cosine" else self.percentile

    def has_pyramid(self, by: Scale) -> bool:
        """Whether the map tiles of a scale need only be cut out."""
        return by in self._pyramids

    def pyramid(self, by: Scale) -> ScorePyramid:
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


class Searches:
    """The model's ear for words and recordings, and the scores it gave. Methods block; safe from several threads."""

    def __init__(self, model: Sat2Sound, store: QueryStore, cache_bytes: int) -> None:
        self.model = model
        self.store = store
        self._words: Kept[str, Vector] = Kept(VECTORS_KEPT)
        self._scored: Kept[tuple[str, ...], Scored] = Kept(cache_bytes)

    @torch.inference_mode()
    def embed(self, batch: Sequence[str | Recording]) -> list[Vector]:
        """Unit vectors (dim,) of words and recordings, in one run of the model for each kind."""
        vectors: dict[int, Vector] = {}
        words = [number for number, item in enumerate(batch) if isinstance(item, str)]
        if words:
            embedded = self.model.embed_texts([str(batch[number]) for number in words]).vector.cpu().numpy()
            vectors.update(zip(words, embedded, strict=True))
        for number, item in enumerate(batch):
            if isinstance(item, Recording):
                vectors[number] = self.model.embed_audio(item.loudest()[None], item.rate).vector[0].cpu().numpy()
        return [_unit(vectors[number]) for number in range(len(batch))]

    def warm(self) -> None:
        """Load what drawing and ranking take."""
        import rasterio.features  # noqa: F401
        from scipy import ndimage  # noqa: F401

        for colormap in DEFAULT_COLORMAPS.values():
            Ramp(colormap, -1, 1).draw(np.zeros((1, 1), np.float32))

    def known(self, words: str) -> Vector | None:
        """The vector of words that were embedded lately."""
        return self._words.get(words)

    def remember(self, words: str, vector: Vector) -> None:
        """Keep the vector of words."""
        self._words.put(words, vector)

    def sought(
        self, text: str | None, recording: Recording | None, minus: str | None, vectors: Mapping[object, Vector]
    ) -> Sought:
        """A query of words, a recording, or both composed as the paper does: the sum of their unit vectors."""
        content = f"{self.model.checkpoint_hash}\0{recording.digest if recording else ''}\0{text or ''}"
        id = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        parts = [vectors[part] for part in (text, recording) if part is not None]
        vector = _unit(np.sum(parts, axis=0))
        return _sought(id, text or "", minus, recording is not None, vector, vectors.get(minus))

    def seek(self, text: str | None, recording: Recording | None, minus: str | None) -> Sought:
        """Embed and compose a query of words, a recording or both, now and in this thread."""
        parts = [part for part in (text, recording, minus) if part is not None]
        return self.sought(text, recording, minus, dict(zip(parts, self.embed(parts), strict=True)))

    def concept(self, id: int, minus: str | None, against: Vector | None) -> Sought:
        """What is most like one concept of the codebook.

        Raises:
            InvalidInput: There is no such concept.
        """
        size = self.model.config.codebook_size
        if not 0 <= id < size:
            raise InvalidInput("concept", f"the codebook has concepts 0 to {size - 1}, not {id}")
        name = hashlib.sha256(f"{self.model.checkpoint_hash}\0concept {id}".encode()).hexdigest()[:32]
        vector = _unit(self.model.codebook.concepts[id].detach().float().cpu().numpy())
        text = self.model.concept_names.get(id, f"concept {id}")
        return replace(_sought(name, text, minus, False, vector, against), concept=id)

    def keep(self, sought: Sought) -> None:
        """Keep a query for a day, so that its id stands for it."""
        made_by = self.model.checkpoint_hash
        self.store.keep(KeptQuery(sought.id, sought.vector, sought.text, sought.recording, made_by))

    def kept(self, id: str, minus: str | None, against: Vector | None) -> Sought:
        """The query of an id.

        Raises:
            InvalidInput: It is not kept, or not any more.
        """
        query = self.store.get(id)
        return _sought(id, query.text, minus, query.recording, query.vector, against)

    def score(self, region: Region, sought: Sought, condition: Condition | None) -> Scored:
        """The scores of a query in a region, worked out once.

        Raises:
            InvalidRegion: The region was not listened to at that month and hour.
        """
        scored = self.has_scored(region, sought, condition)
        if scored is None:
            scored = _score(region, sought, condition)
            weight = region.grid.rows * region.grid.columns * PYRAMID_WEIGHT
            self._scored.put(_key(region, scored.hash, sought, condition), scored, weight)
        return scored

    def has_scored(self, region: Region, sought: Sought, condition: Condition | None) -> Scored | None:
        """The scores of a query if they are known."""
        return self._scored.get(_key(region, region.hash, sought, condition))


def _sought(id: str, text: str, minus: str | None, recording: bool, vector: Vector, against: Vector | None) -> Sought:
    key = f"{id}\0{minus or ''}"
    return Sought(id, key, text, minus or "", recording, vector, against if minus else None)


def _key(region: Region, hash: str, sought: Sought, condition: Condition | None) -> tuple[str, ...]:
    return region.path, hash, sought.key, str(condition)


def _score(region: Region, sought: Sought, condition: Condition | None) -> Scored:
    """One pass over the cells, again if the region has grown meanwhile: scores belong to one state of it."""
    while True:
        hash = region.hash
        scored = _score_now(region, hash, sought, condition)
        if region.hash == hash:
            return scored


def _score_now(region: Region, hash: str, sought: Sought, condition: Condition | None) -> Scored:
    if sought.against is None:
        cosine = region.score(sought.vector, condition)
        percentile = region.percentile(cosine)
        return Scored(region, hash, cosine, percentile, percentile, None)
    ours, theirs = region.score(np.stack([sought.vector, sought.against]), condition)
    own, others = region.percentile(ours), region.percentile(theirs)
    return Scored(region, hash, ours - theirs, own - others, own, others)


def _unit(vector: Vector) -> Vector:
    return np.asarray(vector / np.float32(np.linalg.norm(vector) + 1e-8), np.float32)
