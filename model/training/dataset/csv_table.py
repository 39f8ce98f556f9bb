"""The `metadata.csv` that describes a folder of images or recordings, one row a file."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from model.errors import TrainingError


def read_table(path: Path, columns: Collection[str]) -> list[dict[str, str]]:
    """The rows of a CSV file that has at least `columns`.

    Raises:
        TrainingError: naming the file, and the columns it lacks or why it cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = set(columns) - set(reader.fieldnames or ())
            if missing:
                raise TrainingError(f"{path}: no column {', '.join(sorted(missing))}")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path}: cannot be read: {error}") from error
