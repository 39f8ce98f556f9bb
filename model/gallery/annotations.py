"""Marked parts of recordings: Raven selection tables, Audacity labels and BirdNET results, by what they hold.

Raven Pro's manual, "Selection tables": a selection stands in as many rows as views show it. Audacity's manual,
"Importing and exporting labels": start, end and label, and a second line where frequencies are told.
BirdNET-Analyzer writes either, CSV of its own, and CSV for Kaleidoscope and R.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from model.spreadsheet import TableError, column_name, read_spreadsheet, told, told_number

START = ("begin_time_(s)", "start_(s)", "start", "offset", "start_time", "start_(sec)", "begin_time")
END = ("end_time_(s)", "end_(s)", "end", "end_time", "end_(sec)")
DURATION = ("duration", "duration_(s)", "delta_time_(s)")
IN_FILE = ("file_offset_(s)",)
"""Where a selection begins in its own file, in tables over several files, which otherwise run on from file to file."""
FILES = ("begin_path", "file", "filepath", "in_file", "begin_file", "path", "filename")
LABELS = (
    *("annotation", "annotations", "common_name", "species", "label", "labels", "class", "manual_id", "call_type"),
    *("scientific_name", "species_code", "tag", "name", "notes"),
)
SELECTION = "selection"
COLUMNS = (*START, *END, *DURATION, *IN_FILE, *FILES, *LABELS, SELECTION)
MAX_BYTES = 64 << 20
"""Of a table of parts; a larger text is none."""


@dataclass(frozen=True)
class Part:
    """A part of a recording in seconds: what is heard there, the file as the table names it, and where the row is."""

    start: float
    end: float
    label: str
    file: str
    line: int
    lat: str = ""
    lon: str = ""


@dataclass(frozen=True)
class Annotations:
    """The parts that a file marks, and what kind of file it is."""

    format: str
    parts: tuple[Part, ...]


def read_annotations(folder: Path, path: PurePosixPath) -> Annotations | None:
    """The parts that a file below `folder` marks, each once; None of one that is no table of parts."""
    file = folder / path
    if file.is_symlink() or file.stat().st_size > MAX_BYTES:
        return None
    try:
        table = read_spreadsheet(file, COLUMNS, keep_unknown=True)
    except TableError:
        return None
    names = {column_name(name) for name in table.columns}
    if not names.intersection(START) or not names.intersection((*END, *DURATION)):
        return _labels(file)
    parts: dict[object, Part] = {}
    for line, row in table.rows:
        cells = {column_name(name): value or "" for name, value in row.items() if name is not None}
        part = _part(line, cells)
        selection = told(cells.get(SELECTION, ""))
        key = (selection, part.file) if selection else line
        parts[key] = replace(parts[key], label=parts[key].label or part.label) if key in parts else part
    return Annotations("a Raven selection table" if SELECTION in names else "a table", tuple(parts.values()))


def _part(line: int, cells: Mapping[str, str]) -> Part:
    """A row as a part; a number that cannot be read is none, which whoever takes the part refuses."""
    file = _first(cells, FILES)
    start, end = _number(_first(cells, START)), _number(_first(cells, END))
    if math.isnan(end):
        end = start + _number(_first(cells, DURATION))
    inside = _number(_first(cells, IN_FILE))
    if file and not math.isnan(inside):
        start, end = inside, inside + end - start
    lat, lon = (_first(cells, names) for names in (("lat", "latitude"), ("lon", "longitude")))
    return Part(round(start, 6), round(end, 6), _first(cells, LABELS), file, line, told_number(lat), told_number(lon))


def _labels(file: Path) -> Annotations | None:
    """Audacity's labels: lines of start, end and label, and of a backslash and frequencies behind some of them."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    parts = []
    for number, line in enumerate(lines, 1):
        cells = line.split("\t")
        if not line.strip() or cells[0].strip() == "\\":
            continue
        start, end = (_number(cell) for cell in [*cells, "", ""][:2])
        if math.isnan(start) or math.isnan(end):
            return None
        parts.append(Part(start, end, told(cells[2]) if len(cells) > 2 else "", "", number))
    return Annotations("Audacity labels", tuple(parts)) if parts else None


def _first(cells: Mapping[str, str], names: Sequence[str]) -> str:
    return next((value for value in (told(cells.get(name, "")) for name in names) if value), "")


def _number(text: str) -> float:
    try:
        return float(told_number(text) or "nan")
    except ValueError:
        return math.nan
