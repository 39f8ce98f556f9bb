"""PairedEncoders: what an evaluation needs of a model, whichever it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from torch import Tensor

from model.baselines.pairs import PairedRow


class PairedEncoders(Protocol):
    """A model that puts images and recordings, and perhaps captions, in one space; vectors need no length of one.

    `scales` are the zooms it was trained on; `metadata_fields` the fields it uses (of METADATA_FIELDS, in that order;
    empty without metadata).
    """

    @property
    def name(self) -> str:
        """What the checkpoint calls itself."""
        ...

    @property
    def scales(self) -> tuple[int, ...]:
        """The zooms it was trained on."""
        ...

    @property
    def metadata_fields(self) -> tuple[str, ...]:
        """The metadata it uses, in the order of METADATA_FIELDS."""
        ...

    def embed_images(self, rows: Sequence[PairedRow], scale: int, fields: Collection[str]) -> Tensor:
        """Images at `scale` -> (n, dim); only metadata in `fields` is told, and none to a model without metadata."""
        ...

    def embed_audio(self, rows: Sequence[PairedRow]) -> Tensor:
        """The first clip of each recording -> (n, dim)."""
        ...

    def embed_audio_captions(self, rows: Sequence[PairedRow]) -> Tensor | None:
        """Captions of the recordings -> (n, dim), or None from a model that reads no text."""
        ...

    def embed_image_captions(self, rows: Sequence[PairedRow], scale: int) -> Tensor | None:
        """Captions of the images at `scale`, which every row has -> (n, dim), or None from one that reads no text."""
        ...
