"""GalleryEntry: one caption or recording of a gallery, and the tables (CSV) that hold them."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from model.errors import GalleryError

Kind = Literal["caption", "recording"]
KINDS: tuple[Kind, ...] = ("caption", "recording")

MAX_TEXT = 1000
MIN_SECONDS, MAX_SECONDS = 0.1, 60.0
"""A recording is at least this long; it is heard, and a Foley recipe rendered, no longer than this."""
FOLEY_SECONDS = 10.0
MAX_SCALE = 100
Vectors = TypeVar("Vectors", NDArray[np.float32], Tensor)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """One caption, or one recording: a file beside the table (`path`) or a Foley recipe (`foley`, `seed`, `seconds`).

    `text` says what is heard; `lat` and `lon` (degrees) where, if known; `seconds` is a recording's length;
    `sha256` is that of the file once it lies in a gallery. A caption may belong to one `scale` at which a place is
    looked at, and have a sound that was rendered for it (`synthesised`); both paths may lead into a gallery's
    container: `container#DATASET/ROW`.
    """

    id: str
    text: str
    licence: str
    title: str = ""
    author: str = ""
    scene: str = ""
    path: str = ""
    foley: str = ""
    seed: int = 0
    seconds: float | None = None
    lat: float | None = None
    lon: float | None = None
    sha256: str = ""
    scale: int | None = None
    synthesised: str = ""

    @property
    def kind(self) -> Kind:
        """`recording` where there is something to hear, else `caption`."""
        return "recording" if self.path or self.foley else "caption"


def rendered(sound: Vectors, words: Vectors) -> Vectors:
    """Where a recording lies that was rendered from words (`foley`), by vectors or weights of its sound and its words.

    Halfway between both, as the paper's L_i,a+c pairs them with images.
    """
    return (sound + words) / 2  # type: ignore[return-value]  # NumPy's stubs take float32 / int for float64


COLUMNS = tuple(field.name for field in fields(GalleryEntry))


def entry_from_row(row: Mapping[Any, Any], default_id: str = "") -> GalleryEntry:
    """A table's row as an entry; absent columns are empty. `default_id` is for rows without an id.

    Raises:
        ValueError: saying which column is wrong and what it must be.
    """
    if None in row or None in row.values():  # how csv.DictReader marks a row that does not fit its header
        raise ValueError(f"the row does not have {len(row) - (None in row)} values")
    text = {column: row.get(column, "").strip() for column in COLUMNS}
    too_long = [column for column in COLUMNS if len(text[column]) > MAX_TEXT]
    if too_long:
        raise ValueError(f"{too_long[0]} is longer than {MAX_TEXT} characters")
    if text["path"] and text["foley"]:
        raise ValueError("path and foley exclude each other")
    lat, lon = _degrees("lat", text["lat"], 90), _degrees("lon", text["lon"], 180)
    if (lat is None) != (lon is None):
        raise ValueError("lat and lon belong together")
    default_seconds = FOLEY_SECONDS if text["foley"] else None
    return GalleryEntry(
        id=_identifier(text["id"] or default_id),
        text=_present("text", text["text"] or text["foley"] or text["title"] or Path(text["path"]).stem),
        licence=_present("licence", text["licence"]),
        title=text["title"],
        author=text["author"],
        scene=text["scene"],
        path=text["path"],
        foley=text["foley"],
        seed=int(_number("seed", text["seed"] or "0", 0, 2**32 - 1, whole=True)),
        seconds=_number("seconds", text["seconds"], MIN_SECONDS, MAX_SECONDS) if text["seconds"] else default_seconds,
        lat=lat,
        lon=lon,
        sha256=text["sha256"],
        scale=int(_number("scale", text["scale"], 1, MAX_SCALE, whole=True)) if text["scale"] else None,
        synthesised=text["synthesised"],
    )


def read_rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    """Each row of a CSV as (line number, column -> text), with columns of `GalleryEntry` only.

    A row with too few or too many values is given as it is: `entry_from_row` refuses it.

    Raises:
        GalleryError: the file cannot be read, or its columns are wrong.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            check_columns(path, reader.fieldnames or (), required)
            for row in reader:
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GalleryError(f"{path}: cannot be read: {error}") from error


def write_entries(path: Path, entries: Iterable[GalleryEntry]) -> None:
    """Write a gallery's own table, which `read_entries` gives back unchanged."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(entry) for entry in entries)


def check_columns(path: Path, columns: Iterable[str], required: tuple[str, ...]) -> None:
    """Refuse a table whose columns are not those of `GalleryEntry`.

    Raises:
        GalleryError: naming the column.
    """
    missing = [column for column in required if column not in columns]
    if missing:
        raise GalleryError(f"{path}: the column {missing[0]!r} is missing")
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise GalleryError(f"{path}: unknown column {unknown[0]!r}: known are {', '.join(COLUMNS)}")


def _identifier(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError("id must be 1 to 100 letters, digits, dots, dashes or underscores")
    return text


def _present(column: str, text: str) -> str:
    if not text:
        raise ValueError(f"{column} is missing")
    return text


def _number(column: str, text: str, low: float, high: float, whole: bool = False) -> float:
    """The number in `text`, within its bounds; `whole` refuses fractions."""
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{column} must be {kind} from {low:g} to {high:g}")
    return value


def _degrees(column: str, text: str, limit: float) -> float | None:
    return _number(column, text, -limit, limit) if text else None
