"""GalleryEntry: one caption or recording of a gallery, and the tables (CSV) that hold them."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Collection, Iterable, Mapping
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
MAX_START = 1e6
"""Seconds into a file at which a part may begin: eleven days."""
Vectors = TypeVar("Vectors", NDArray[np.float32], Tensor)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """One caption, or one recording: a file beside the table (`path`) or a Foley recipe (`foley`, `seed`, `seconds`).

    `text` says what is heard; `lat` and `lon` (degrees) where and `date` (as it was written) when, if known; `seconds`
    is a recording's length; `start` and `end` (seconds) are the part of its file that it is, until a gallery holds it;
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
    date: str = ""
    start: float | None = None
    end: float | None = None

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
    faults: list[str] = []

    def number(column: str, low: float, high: float, whole: bool = False) -> float | None:
        try:
            return _number(column, text[column], low, high, whole) if text[column] else None
        except ValueError as error:
            faults.append(str(error))
            return None

    faults += [f"{column} is longer than {MAX_TEXT} characters" for column in COLUMNS if len(text[column]) > MAX_TEXT]
    id = text["id"] or default_id
    said = text["text"] or text["foley"] or text["title"] or Path(text["path"]).stem
    faults += [] if _ID.fullmatch(id) else ["id must be 1 to 100 letters, digits, dots, dashes or underscores"]
    faults += [f"{column} is missing" for column, value in (("text", said), ("licence", text["licence"])) if not value]
    faults += ["path and foley exclude each other"] if text["path"] and text["foley"] else []
    lat, lon = number("lat", -90, 90), number("lon", -180, 180)
    start, end = number("start", 0, MAX_START), number("end", 0, MAX_START)
    faults += ["start and end belong to a path"] if (text["start"] or text["end"]) and not text["path"] else []
    faults += [f"end must be behind start, by {MIN_SECONDS} s at least"] if _too_short(start, end) else []
    faults += ["lat and lon belong together"] if bool(text["lat"]) != bool(text["lon"]) else []
    entry = GalleryEntry(
        id=id,
        text=said,
        licence=text["licence"],
        title=text["title"],
        author=text["author"],
        scene=text["scene"],
        path=text["path"],
        foley=text["foley"],
        seed=int(number("seed", 0, 2**32 - 1, whole=True) or 0),
        seconds=number("seconds", MIN_SECONDS, MAX_SECONDS) or (FOLEY_SECONDS if text["foley"] else None),
        lat=lat,
        lon=lon,
        sha256=text["sha256"],
        scale=_whole(number("scale", 1, MAX_SCALE, whole=True)),
        synthesised=text["synthesised"],
        date=text["date"],
        start=start,
        end=end,
    )
    if faults:
        raise ValueError("; ".join(faults))
    return entry


def _too_short(start: float | None, end: float | None) -> bool:
    return end is not None and end - (start or 0) < MIN_SECONDS


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


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
    columns = tuple(columns)
    missing = [column for column in required if column not in columns]
    if missing:
        raise GalleryError(f"{path}: the column {', '.join(map(repr, missing))} is missing{_it_has(columns)}")
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise GalleryError(f"{path}: unknown column {', '.join(map(repr, unknown))}: known are {', '.join(COLUMNS)}")


def _it_has(columns: Collection[str]) -> str:
    return f"; it has {', '.join(columns)}" if columns else "; it has none"


def _number(column: str, text: str, low: float, high: float, whole: bool = False) -> float:
    """The number in `text`, within its bounds; `whole` refuses fractions."""
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        around = f" (perhaps {value - 360:g})" if column == "lon" and 180 < value <= 360 else ""
        raise ValueError(f"{column} must be {kind} from {low:g} to {high:g}, not {text[:40]!r}{around}")
    return value
