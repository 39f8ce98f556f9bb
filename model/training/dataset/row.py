"""One row of paired data: which columns it has, and how they become a PairedRow (specification §13)."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from torch import Tensor

from model.baselines.pairs import Imagery, PairedRow
from model.errors import InvalidInput, ModelError, TrainingError
from model.sat2sound.metadata import AUDIO_SOURCES, CAPTION_SOURCES
from model.spreadsheet import told, told_number
from model.training.dataset.csv_table import it_has
from model.training.dataset.dates import month_and_hour
from model.training.dataset.media import read_image, read_log_mel, read_recording

DATE_COLUMNS = ("date", "date_recorded")
OPTIONAL = ("source", "audio_caption_source", "latitude", "longitude", *DATE_COLUMNS)
ALIASES = {"lat": "latitude", "lon": "longitude", "lng": "longitude", "long": "longitude"}
"""Other names of columns, where a table lacks theirs."""
T = TypeVar("T")


def known_columns(imagery: Imagery) -> tuple[str, ...]:
    """Every column that is read of tables with this imagery."""
    captions = (imagery.caption_column(scale) for scale in imagery.scales)
    return ("sample_id", imagery.image_column, "mel_features", "audio", "audio_caption", *OPTIONAL, *captions)


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
        required = (imagery.image_column, sound, "audio_caption")
        missing = [name for name in required if name not in found]
        if missing:
            names = ", ".join("mel_features or audio" if name == sound else name for name in missing)
            raise TrainingError(f"{where}: no column {names}{it_has(found)}")
        read = {*required, *known_columns(imagery)} - ({"mel_features", "audio"} - {sound})
        return cls(imagery, tuple(name for name in known_columns(imagery) if name in read.intersection(found)), folder)

    def read(self, record: Mapping[str, Any], position: int = 0, number: int | None = None) -> PairedRow:
        """One record as a row; without a name of its own it is named after its number, or else its position.

        Raises:
            InvalidInput: naming every column that cannot be used.
        """
        fit = _Faults()
        fit.attempt(_check_fits, record)
        latitude, longitude = (
            fit.attempt(_number, record, column, bound) for column, bound in (("latitude", 90), ("longitude", 180))
        )
        is_placed = latitude is not None and longitude is not None
        place = (latitude, longitude) if is_placed else (None, None)
        has_source = "source" in self.columns
        source = fit.attempt(_one_of, record, "source", AUDIO_SOURCES) if has_source else self._only_source
        date = next((text for text in (_text(record, name) for name in DATE_COLUMNS) if text), "")
        month, hour = month_and_hour(date, *place)
        captions = {scale: _text(record, self.imagery.caption_column(scale)) for scale in self.imagery.scales}
        audio_caption = fit.attempt(_required, record, "audio_caption")
        caption_source = fit.attempt(_one_of, record, "audio_caption_source", CAPTION_SOURCES)
        image, log_mel = fit.attempt(self._image, record), fit.attempt(self._log_mel, record)
        if fit.faults or audio_caption is None or image is None or log_mel is None:
            raise InvalidInput("; ".join(fit.faults))
        return PairedRow(
            id=_text(record, "sample_id") or f"row-{position if number is None else number}",
            audio_caption=audio_caption,
            image_captions={scale: text for scale, text in captions.items() if text},
            latitude=place[0],
            longitude=place[1],
            month=month,
            hour=None if source == "freesound" else hour,
            audio_source=source,
            caption_source=caption_source,
            image=image,
            log_mel=log_mel,
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


class _Faults:
    """What is wrong with a record, column by column."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def attempt(self, read: Callable[..., T], *given: Any) -> T | None:
        """What is read; None where that fails, which is noted."""
        try:
            return read(*given)
        except InvalidInput as error:
            self.faults.append(str(error))
            return None


def _check_fits(record: Mapping[Any, Any]) -> None:
    """Refuse a row of a table that has more values than there are columns: which is which cannot be told."""
    over = record.get(None) if isinstance(record, dict) else None
    if over:
        raise InvalidInput(f"{len(over)} more values than columns (first {str(over[0]).strip()[:40]!r}); quote commas")


def _text(record: Mapping[str, Any], column: str) -> str:
    value = record.get(column)
    return "" if value is None else told(str(value))


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
    value = record.get(column)
    text = "" if value is None else told_number(str(value))
    try:
        number = float(text or "nan")
    except ValueError as error:
        raise InvalidInput(f"{column}: {text!r} is not a number") from error
    if abs(number) > bound:
        around = f"; write {number - 360:g}" if bound == 180 and 180 < number <= 360 else ""
        raise InvalidInput(f"{column}: {number:g} is not between {-bound:g} and {bound:g}{around}")
    return None if math.isnan(number) else number
