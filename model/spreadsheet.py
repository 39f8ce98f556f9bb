"""Tables as spreadsheets, field data bases and scripts write them: commas, semicolons or tabs, with any marks before.

A table is read whole, its columns are called by the names asked for, and nothing in it is guessed at: what cannot be
told for certain is refused in one sentence.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import ModelError

DELIMITERS = ",;\t|"
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
NOT_TOLD = frozenset({"", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "-nan", "null", "none", "nil", "-", "--"})
"""Words for an empty cell, in small letters."""
_NO_NUMBER = re.compile(r"-9{3,}(?:\.0*)?")
"""How field data bases write a number that was not measured: -999, -9999.0."""
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
"""What Excel puts before the header to say what it separates columns by."""


class TableError(ModelError):
    """A table cannot be read; the file is named, and what would work."""


Row = tuple[int, dict[Any, Any]]
"""The last line of a row, counted from 1, and its values by column, as `csv.DictReader` gives them.

A row that is too short has None for values; one that is too long has what is over in a list under None.
"""


@dataclass(frozen=True)
class Spreadsheet:
    """A table's columns, under the names that were asked for; those it has besides; and its rows but for blank ones."""

    columns: tuple[str, ...]
    unused: tuple[str, ...]
    rows: tuple[Row, ...]


def read_spreadsheet(
    path: Path, known: Collection[str], aliases: Mapping[str, str] | None = None, *, keep_unknown: bool = False
) -> Spreadsheet:
    """The table in a file; a column is one of `known` whatever its capitals and blanks, or by one of `aliases`.

    Other columns are left out, or with `keep_unknown` kept under the names they have.

    Raises:
        TableError: unreadable, not UTF-8 or UTF-16, or two columns of one name.
    """
    text, delimiter, skipped = _opened(path, known, aliases or {})
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header = next(reader, [])
        names = _names(path, header, known, aliases or {}, keep_unknown)
        rows = tuple(
            (reader.line_num + skipped, _record(names, cells))
            for cells in reader
            if any(cell.strip() for cell in cells)
        )
    except csv.Error as error:
        raise TableError(f"{path}: cannot be read: {error}") from error
    unused = tuple(cell.strip() for cell, name in zip(header, names, strict=True) if name is None and cell.strip())
    return Spreadsheet(tuple(name for name in names if name is not None), unused, rows)


def told(value: str) -> str:
    """What a cell says, without blanks around it; nothing where it holds one of the words for an empty cell."""
    text = value.strip()
    return "" if text.lower() in NOT_TOLD else text


def told_number(value: str) -> str:
    """As `told`, of a number: with a point for a decimal comma, and nothing for one that was not measured."""
    text = told(value)
    if _NO_NUMBER.fullmatch(text):
        return ""
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


def column_name(text: str) -> str:
    """A column's name as names are compared: in small letters, composed, blanks and dashes as underscores."""
    return re.sub(r"[\s-]+", "_", unicodedata.normalize("NFC", text).strip().casefold())


def _opened(path: Path, known: Collection[str], aliases: Mapping[str, str]) -> tuple[str, str, int]:
    """A table's text from its header on, what separates its columns, and the lines before the header."""
    text = _text(path)
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        return text[separator.end() :], separator[1], 1
    header = text.lstrip("\r\n").partition("\n")[0].partition("\r")[0]
    wanted = {column_name(name) for name in (*known, *aliases)}

    def fits(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return sum(column_name(cell) in wanted for cell in cells), len(cells)

    blank = len(text) - len(text.lstrip("\r\n"))
    return text[blank:], max(DELIMITERS, key=fits), len(text[:blank].splitlines())


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path}: cannot be read: {error.strerror or error}") from error
    encoding = next((name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableError(
            f"{path}: cannot be read: line {line} holds the byte 0x{content[error.start]:02x}, which is not "
            f"{encoding}; save the table as UTF-8 (in a spreadsheet: CSV UTF-8)"
        ) from error
    if "\0" in text.partition("\n")[0]:
        raise TableError(f"{path}: cannot be read: its header holds zero bytes; save the table as UTF-8")
    return text


def _names(
    path: Path, header: Sequence[str], known: Collection[str], aliases: Mapping[str, str], keep_unknown: bool
) -> list[str | None]:
    """What each column is called; None for one that is not used. A column's own name goes before an alias."""
    compared = {column_name(name): name for name in known}
    others = {column_name(alias): name for alias, name in aliases.items()}
    own = [compared.get(column_name(cell)) for cell in header]
    twice = sorted({name for name in own if name is not None and own.count(name) > 1})
    if twice:
        raise TableError(f"{path}: the column {', '.join(twice)} is there twice")
    names: list[str | None] = []
    for cell, name in zip(header, own, strict=True):
        alias = others.get(column_name(cell))
        if name is None and alias is not None and alias not in own and alias not in names:
            name = alias
        names.append(cell.strip() or None if name is None and keep_unknown else name)
    return names


def _record(names: Sequence[str | None], cells: list[str]) -> dict[Any, Any]:
    over = cells[len(names) :]
    values = [*cells, *[None] * (len(names) - len(cells))]
    record: dict[Any, Any] = {name: value for name, value in zip(names, values, strict=False) if name is not None}
    if any(cell.strip() for cell in over):
        record[None] = over
    return record
