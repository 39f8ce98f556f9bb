"""One row of paired data: which columns it has, and how they become a PairedRow (specification §13)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from torch import Tensor

from model.baselines.pairs import Imagery, PairedRow
from model.errors import InvalidInput, ModelError, TrainingError
from model.sat2sound.metadata import AUDIO_SOURCES, CAPTION_SOURCES
from model.training.dataset.dates import month_and_hour
from model.training.dataset.media import read_image, read_log_mel, read_recording

DATE_COLUMNS = ("date", "date_recorded")
OPTIONAL = ("source", "audio_caption_source", "latitude", "longitude", *DATE_COLUMNS)


@dataclass(frozen=True)
class RowReader:
    """Makes PairedRows of records, which map columns to values; `columns` are those it needs of the ones there are.

    Sound is `mel_features` where that column exists, else it is made from `audio`. Paths lead from `folder`, and
    None stands for a set that has no folder.
    """

    imagery: Imagery
    columns: tuple[str, ...]
    folder: Path | None

    @classmethod
    def of(cls, imagery: Imagery, found: Collection[str], where: str, folder: Path | None) -> RowReader:
        """A reader for a table with the columns `found`; `where` names the table in errors.

        Raises:
            TrainingError: naming the columns that are missing.
        """
        sound = "mel_features" if "mel_features" in found else "audio"
        required = ("sample_id", imagery.image_column, sound, "audio_caption")
        missing = [name for name in required if name not in found]
        if missing:
            names = ", ".join("mel_features or audio" if name == sound else name for name in missing)
            raise TrainingError(f"{where}: no column {names}")
        optional = (*OPTIONAL, *(imagery.caption_column(scale) for scale in imagery.scales))
        return cls(imagery, (*required, *(name for name in optional if name in found)), folder)

    def read(self, record: Mapping[str, Any], position: int = 0) -> PairedRow:
        """One record as a row.

        Raises:
            InvalidInput: naming the column that cannot be used.
        """
        latitude, longitude = _number(record, "latitude", 90), _number(record, "longitude", 180)
        is_placed = latitude is not None and longitude is not None
        source = _one_of(record, "source", AUDIO_SOURCES) if "source" in self.columns else self._only_source
        month, hour = month_and_hour(next((t for t in (_text(record, name) for name in DATE_COLUMNS) if t), ""))
        captions = {scale: _text(record, self.imagery.caption_column(scale)) for scale in self.imagery.scales}
        return PairedRow(
            id=_required(record, "sample_id"),
            audio_caption=_required(record, "audio_caption"),
            image_captions={scale: text for scale, text in captions.items() if text},
            latitude=latitude if is_placed else None,
            longitude=longitude if is_placed else None,
            month=month,
            hour=None if source == "freesound" else hour,
            audio_source=source,
            caption_source=_one_of(record, "audio_caption_source", CAPTION_SOURCES),
            image=self._image(record),
            log_mel=self._log_mel(record),
            position=position,
        )

    @property
    def _only_source(self) -> str | None:
        """SoundingEarth names no source: all of it is from Radio Aporee."""
        return "aporee" if self.imagery.name == "googleearth" else None

    def _image(self, record: Mapping[str, Any]) -> Image.Image:
        column = self.imagery.image_column
        try:
            return read_image(record.get(column), self.folder)
        except ModelError as error:
            raise InvalidInput(f"{column}: {error}") from error

    def _log_mel(self, record: Mapping[str, Any]) -> Tensor:
        column = "mel_features" if "mel_features" in self.columns else "audio"
        read = read_log_mel if column == "mel_features" else read_recording
        try:
            return read(record.get(column), self.folder)
        except ModelError as error:
            raise InvalidInput(f"{column}: {error}") from error


def _text(record: Mapping[str, Any], column: str) -> str:
    value = record.get(column)
    return "" if value is None else str(value).strip()


def _required(record: Mapping[str, Any], column: str) -> str:
    text = _text(record, column)
    if not text:
        raise InvalidInput(f"{column}: empty")
    return text


def _one_of(record: Mapping[str, Any], column: str, names: tuple[str, ...]) -> str | None:
    text = _text(record, column)
    if text and text not in names:
        raise InvalidInput(f"{column}: {text!r} is not one of {', '.join(names)}")
    return text or None


def _number(record: Mapping[str, Any], column: str, bound: float) -> float | None:
    text = _text(record, column)
    try:
        number = float(text or "nan")
    except ValueError as error:
        raise InvalidInput(f"{column}: {text!r} is not a number") from error
    if abs(number) > bound:
        raise InvalidInput(f"{column}: {number:g} is not between {-bound:g} and {bound:g}")
    return None if math.isnan(number) else number
