"""The `metadata.csv` that describes a folder of images or recordings, one row a file; and other tables of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from model.errors import TrainingError
from model.spreadsheet import TableError, read_spreadsheet


def read_table(path: Path, columns: Collection[str]) -> list[dict[str, str]]:
    """The rows of a table that has at least `columns`.

    Raises:
        TrainingError: naming the file, and all columns it lacks or why it cannot be read.
    """
    found, rows = read_records(path, columns)
    missing = set(columns) - set(found)
    if missing:
        raise TrainingError(f"{path}: no column {', '.join(sorted(missing))}{it_has(found)}")
    return [{name: value or "" for name, value in row.items() if name is not None} for row in rows]


def read_records(
    path: Path, known: Collection[str], aliases: Mapping[str, str] | None = None
) -> tuple[tuple[str, ...], list[dict[Any, Any]]]:
    """A table's columns and its rows, values by column; those that are known under the names they are known by.

    Raises:
        TrainingError: naming the file, and why it cannot be read.
    """
    try:
        table = read_spreadsheet(path, known, aliases, keep_unknown=True)
    except TableError as error:
        raise TrainingError(str(error)) from error
    return table.columns, [row for _, row in table.rows]


def it_has(columns: Collection[str]) -> str:
    """What a refusal says of the columns that are there."""
    return f"; it has {', '.join(columns)}" if columns else "; it has none"
