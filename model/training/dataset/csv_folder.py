"""Paired data as a CSV file whose images and sounds are files beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from model.baselines.pairs import Imagery
from model.errors import TrainingError
from model.training.dataset.csv_table import read_records
from model.training.dataset.row import ALIASES, RowReader, known_columns


class CsvRecords:
    """Every record of a CSV file, held as text; media are read when a row is."""

    def __init__(self, path: Path, imagery: Imagery) -> None:
        """Read the table.

        Raises:
            TrainingError: unreadable, empty, or without a column it needs.
        """
        self.where = str(path)
        found, self._records = read_records(path, known_columns(imagery), ALIASES)
        if not self._records:
            raise TrainingError(f"{path}: no rows")
        self.reader = RowReader.of(imagery, found, self.where, path.parent)

    def __len__(self) -> int:
        return len(self._records)

    def ordered(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """(row number, record), in the order of the file."""
        yield from enumerate(self._records)

    def shuffled(self, seed: int, epoch: int, skip: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The same, in a random order of all rows, from the `skip`-th on."""
        order = np.random.default_rng([seed, epoch]).permutation(len(self._records))
        for row in order[skip:].tolist():
            yield row, self._records[row]
