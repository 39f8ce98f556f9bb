"""What is searched for, as a vector: of words, of recordings, of both composed, or of a concept of the codebook."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from model.sat2sound import Sat2Sound
from server.errors import InvalidInput
from server.search.query_store import KeptQuery
from server.search.uploads import Recording

Vector = NDArray[np.float32]
Embeddable = str | Recording


@dataclass(frozen=True, eq=False)
class EmbeddedQuery:
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


class QueryEmbedder:
    """Embeds what is searched for with one model; safe from several threads."""

    def __init__(self, model: Sat2Sound) -> None:
        self.model = model

    @torch.inference_mode()
    def embed(self, batch: Sequence[Embeddable]) -> list[Vector]:
        """Unit vectors (dim,) of words and recordings, in one run of the model for each kind; blocks."""
        vectors: dict[int, Vector] = {}
        words = [number for number, item in enumerate(batch) if isinstance(item, str)]
        if words:
            embedded = self.model.embed_texts([str(batch[number]) for number in words]).vector.cpu().numpy()
            vectors.update(zip(words, embedded, strict=True))
        for number, item in enumerate(batch):
            if isinstance(item, Recording):
                vectors[number] = self.model.embed_audio(item.loudest()[None], item.rate).vector[0].cpu().numpy()
        return [_unit(vectors[number]) for number in range(len(batch))]

    def embed_query(self, text: str | None, recording: Recording | None, minus: str | None) -> EmbeddedQuery:
        """Embed and compose a query of words, a recording or both, now and in this thread."""
        parts = [part for part in (text, recording, minus) if part is not None]
        return self.compose(text, recording, minus, dict(zip(parts, self.embed(parts), strict=True)))

    def compose(
        self, text: str | None, recording: Recording | None, minus: str | None, vectors: Mapping[object, Vector]
    ) -> EmbeddedQuery:
        """A query of words, a recording, or both composed as the paper does: the sum of their unit vectors."""
        content = f"{self.model.checkpoint_hash}\0{recording.digest if recording else ''}\0{text or ''}"
        id = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        parts = [vectors[part] for part in (text, recording) if part is not None]
        vector = _unit(np.sum(parts, axis=0))
        return _query(id, text or "", minus, recording is not None, vector, vectors.get(minus))

    def concept(self, id: int, minus: str | None, against: Vector | None) -> EmbeddedQuery:
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
        return replace(_query(name, text, minus, False, vector, against), concept=id)

    def to_keep(self, query: EmbeddedQuery) -> KeptQuery:
        """What is kept of a query, so that its id stands for it."""
        return KeptQuery(query.id, query.vector, query.text, query.recording, self.model.checkpoint_hash)


def query_of_kept(kept: KeptQuery, minus: str | None, against: Vector | None) -> EmbeddedQuery:
    """The query that was kept, held against another sound or none."""
    return _query(kept.id, kept.text, minus, kept.recording, kept.vector, against)


def _query(
    id: str, text: str, minus: str | None, recording: bool, vector: Vector, against: Vector | None
) -> EmbeddedQuery:
    key = f"{id}\0{minus or ''}"
    return EmbeddedQuery(id, key, text, minus or "", recording, vector, against if minus else None)


def _unit(vector: Vector) -> Vector:
    return np.asarray(vector / np.float32(np.linalg.norm(vector) + 1e-8), np.float32)
