"""Cross-modal retrieval of a model on paired data, as Sat2Sound's tables report it (specification §9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from model.baselines.paired_encoders import PairedEncoders
from model.baselines.pairs import Imagery, PairedRow
from model.errors import TrainingError
from model.sat2sound.codebook import normalise
from model.training.dataset.paired_data import PairedData
from model.training.evaluation.retrieval import RetrievalScores, retrieval_scores, vector_ranks

BATCH = 32
MOST_TOLD = 50
"""Rows left out that a refusal names."""
FEW = 10
"""Rows of which none can rank below a tenth."""
CUMULATIVE = ("audio_source", "time", "latlong", "month", "caption_source")
"""Order in which table 7 tells metadata."""


@dataclass(frozen=True)
class AudioRetrieval:
    """Images against recordings at one scale, with one composition and the metadata told.

    `composed` is where the audio caption is added: "none", to the recording ("audio"), or to whichever is the query
    ("query").
    """

    scale: int
    composed: str
    metadata: tuple[str, ...]
    i2a: RetrievalScores
    a2i: RetrievalScores


@dataclass(frozen=True)
class TextRetrieval:
    """Images against captions ("image" or "audio") at one scale, on the rows that have such a caption."""

    scale: int
    caption: str
    metadata: tuple[str, ...]
    i2t: RetrievalScores
    t2i: RetrievalScores


@dataclass(frozen=True)
class Evaluation:
    """Everything measured: `rows` were used, `skipped` says which were not and why.

    `notes` say in plain words what the reader should know of the figures: rows that were left out at a scale, since
    their images do not reach that far, and recalls of too few rows.
    `ablation` tells a model with metadata less than all of it, at the first scale and with nothing composed: each
    field alone (table 6), then one more at a time behind the audio source (table 7).
    """

    name: str
    imagery: str
    rows: int
    skipped: tuple[str, ...]
    audio: tuple[AudioRetrieval, ...]
    text: tuple[TextRetrieval, ...]
    ablation: tuple[AudioRetrieval, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The whole tree as plain dicts and lists, for JSON."""
        return asdict(self)


def evaluate(
    encoders: PairedEncoders,
    data: PairedData,
    scales: Sequence[int] | None = None,
    ablate_metadata: bool = False,
    limit: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Embed every modality once and rank each against each; `scales` are by default all that model and data share.

    Each row is read once; `limit` ends after so many usable rows; `progress` is told how many were embedded.

    Raises:
        TrainingError: a scale the imagery does not have, no metadata to ablate, or fewer than two usable rows.
    """
    scales = _scales(encoders, data, scales)
    subsets = _subsets(encoders.metadata_fields) if ablate_metadata else []
    if ablate_metadata and not subsets:
        raise TrainingError(f"{encoders.name}: was trained without metadata; there is none to ablate")
    vectors = _Vectors(encoders, data.imagery, scales, subsets)
    for rows in _batches(islice(data, limit)):
        vectors.add(rows)
        if progress:
            progress(vectors.rows)
    if vectors.rows < 2:
        raise TrainingError(f"{vectors.rows} usable rows: retrieval needs two at least{_told(data.skipped)}")
    full, asked = tuple(encoders.metadata_fields), scales
    scales = vectors.filled()
    if not scales:
        raise TrainingError("; ".join(vectors.notes(asked)))
    return Evaluation(
        name=encoders.name,
        imagery=data.imagery.name,
        rows=vectors.rows,
        skipped=tuple(data.skipped),
        audio=tuple(line for scale in scales for line in vectors.audio_lines(scale, full)),
        text=tuple(line for scale in scales for line in vectors.text_lines(scale, full)),
        ablation=tuple(next(vectors.audio_lines(scales[0], subset)) for subset in subsets if scales[0] == asked[0]),
        notes=tuple(vectors.notes(asked)),
    )


class _Vectors:
    """What was embedded so far, by modality, scale and metadata, each of length one."""

    def __init__(
        self, encoders: PairedEncoders, imagery: Imagery, scales: Sequence[int], subsets: Sequence[tuple[str, ...]]
    ) -> None:
        self.encoders, self.imagery, self.scales, self.rows = encoders, imagery, scales, 0
        full = tuple(encoders.metadata_fields)
        self.settings = [(scale, full) for scale in scales]
        self.settings += [(scales[0], subset) for subset in subsets if subset != full]
        self._parts: dict[tuple[Any, ...], list[Tensor]] = defaultdict(list)
        self._captioned: dict[int, list[int]] = defaultdict(list)
        self._filled: dict[int, list[int]] = {scale: [] for scale in scales}

    def filled(self) -> tuple[int, ...]:
        """The scales that two images at least reach."""
        return tuple(scale for scale in self.scales if len(self._filled[scale]) > 1)

    def notes(self, scales: Sequence[int]) -> Iterator[str]:
        """What to know of the figures at `scales`."""
        for scale in scales:
            rows, side = len(self._filled[scale]), self.imagery.tile_pixels * scale
            if rows < self.rows:
                left = "all rows were left out" if rows < 2 else f"{self.rows - rows} of {self.rows} rows were left out"
                yield f"scale {scale}: {left}: their images fill less than half of {side} x {side} pixels"
            if 2 <= rows <= FEW:
                yield f"scale {scale}: R@10% of {rows} rows is always 0; it takes {FEW + 1}"

    def add(self, rows: Sequence[PairedRow]) -> None:
        """Embed one batch in every setting."""
        filled = {
            scale: [n for n, row in enumerate(rows) if self.imagery.fills(row.image, scale)] for scale in self.scales
        }
        for scale, fields in self.settings:
            if filled[scale]:
                seen = [rows[n] for n in filled[scale]]
                self._keep(("image", scale, fields), self.encoders.embed_images(seen, scale, fields))
        self._keep(("audio",), self.encoders.embed_audio(rows))
        self._keep(("audio caption",), self.encoders.embed_audio_captions(rows))
        for scale in self.scales:
            captioned = [n for n in filled[scale] if scale in rows[n].image_captions]
            if captioned:
                vectors = self.encoders.embed_image_captions([rows[n] for n in captioned], scale)
                self._keep(("image caption", scale), vectors)
                # Rows of the images that were embedded at this scale.
                before = len(self._filled[scale])
                self._captioned[scale] += [before + filled[scale].index(n) for n in captioned]
            self._filled[scale] += [self.rows + n for n in filled[scale]]
        self.rows += len(rows)

    def audio_lines(self, scale: int, fields: tuple[str, ...]) -> Iterator[AudioRetrieval]:
        """Images against recordings in every composition the model can make."""
        image, audio, caption = (
            self._all("image", scale, fields),
            self._of(scale, "audio"),
            self._of(scale, "audio caption"),
        )
        assert image is not None
        assert audio is not None
        yield AudioRetrieval(scale, "none", fields, *_both_ways(image, audio, image, audio))
        if caption is not None:
            spoken, captioned = normalise(audio + caption), normalise(image + caption)
            yield AudioRetrieval(scale, "audio", fields, *_both_ways(image, spoken, image, spoken))
            yield AudioRetrieval(scale, "query", fields, *_both_ways(captioned, audio, image, spoken))

    def text_lines(self, scale: int, fields: tuple[str, ...]) -> Iterator[TextRetrieval]:
        """Images against their own captions, then against those of the recordings."""
        image, heard, seen = (
            self._all("image", scale, fields),
            self._of(scale, "audio caption"),
            self._all("image caption", scale),
        )
        assert image is not None
        if seen is not None:
            captioned = image[self._captioned[scale]]
            yield TextRetrieval(scale, "image", fields, *_both_ways(captioned, seen, captioned, seen))
        if heard is not None:
            yield TextRetrieval(scale, "audio", fields, *_both_ways(image, heard, image, heard))

    def _keep(self, key: tuple[Any, ...], vectors: Tensor | None) -> None:
        if vectors is not None:
            self._parts[key].append(normalise(vectors.float()))

    def _of(self, scale: int, key: str) -> Tensor | None:
        """What was embedded of the rows whose images reach a scale."""
        vectors = self._all(key)
        return None if vectors is None else vectors[self._filled[scale]]

    def _all(self, *key: Any) -> Tensor | None:
        return torch.cat(self._parts[key]) if key in self._parts else None


def _both_ways(
    image_query: Tensor, audio_gallery: Tensor, image_gallery: Tensor, audio_query: Tensor
) -> tuple[RetrievalScores, RetrievalScores]:
    return (
        retrieval_scores(vector_ranks(image_query, audio_gallery)),
        retrieval_scores(vector_ranks(audio_query, image_gallery)),
    )


def _scales(encoders: PairedEncoders, data: PairedData, wanted: Sequence[int] | None) -> tuple[int, ...]:
    """The scales asked for, without repeats, or all that the model and the imagery share."""
    imagery = data.imagery
    shared = tuple(scale for scale in imagery.scales if scale in encoders.scales)
    scales = tuple(dict.fromkeys(shared if wanted is None else wanted))
    unknown = [str(scale) for scale in scales if scale not in imagery.scales]
    if unknown or not scales:
        have = ", ".join(map(str, imagery.scales))
        raise TrainingError(f"scale {', '.join(unknown) or '(none)'}: {imagery.name} images have {have}")
    return scales


def _subsets(fields: Collection[str]) -> list[tuple[str, ...]]:
    """Each field alone, then one more at a time behind the first; in the order of the fields, each set once."""
    ordered = [field for field in CUMULATIVE if field in fields]
    told = [{field} for field in fields] + [set(ordered[:count]) for count in range(1, len(ordered) + 1)]
    return list(dict.fromkeys(tuple(field for field in fields if field in chosen) for chosen in told))


def _told(skipped: Sequence[str]) -> str:
    """What a refusal says of the rows that were left out."""
    more = f"; and {len(skipped) - MOST_TOLD} more" if len(skipped) > MOST_TOLD else ""
    return f"; {len(skipped)} skipped: {'; '.join(skipped[:MOST_TOLD])}{more}" if skipped else ""


def _batches(rows: Iterable[PairedRow]) -> Iterator[list[PairedRow]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
