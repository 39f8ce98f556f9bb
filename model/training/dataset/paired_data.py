"""Paired data: satellite image, recording, captions and metadata of one place in each row (specification §13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from model.baselines.pairs import IMAGERIES, Imagery, PairedRow
from model.errors import ModelError, TrainingError
from model.training.dataset.csv_folder import CsvRecords
from model.training.dataset.parquet_folder import open_files, open_hub
from model.training.dataset.row import RowReader

HUB = "hub:"
HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
SPLIT = re.compile(r"\w[\w-]*")
SPLIT_NAMES = {"validation": ("validation", "val"), "val": ("val", "validation")}


class PairedData(Protocol):
    """The rows of one split; a row that cannot be used is left out and named in `skipped`.

    `skipped` holds one line for each such row ("row 17 (yfcc-123): bingmap_image: ..."), once, however often it is met.
    """

    imagery: Imagery
    skipped: list[str]

    def __iter__(self) -> Iterator[PairedRow]:
        """Every usable row in the order of the files, for evaluation."""
        ...

    def shuffled(self, seed: int, epoch: int, skip: int = 0) -> Iterator[PairedRow]:
        """One epoch in an order that depends on (seed, epoch) alone; the first `skip` rows are not decoded."""
        ...

    def __len__(self) -> int:
        """Rows, usable or not.

        Raises:
            TypeError: a streamed set does not know.
        """
        ...


class Records(Protocol):
    """Where rows come from: records that map columns to values, with their numbers where the order tells them."""

    where: str
    reader: RowReader

    def __len__(self) -> int: ...

    def ordered(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """(row number, record), in the order of the files."""
        ...

    def shuffled(self, seed: int, epoch: int, skip: int) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
        """The same in an order that depends on (seed, epoch) alone, from the `skip`-th on; None: a stream's."""
        ...


def open_paired(where: str, split: str, imagery: str) -> PairedData:
    """Open a split of paired data: a folder with SPLIT.csv, local Parquet, or a data set on the hub.

    The hub's are named `hub:OWNER/NAME`, or OWNER/NAME alone where there is no such folder here.

    Parquet is SPLIT*.parquet or data/SPLIT-*.parquet in a folder, or one file whatever the split. "validation" is
    also found as "val".

    Raises:
        TrainingError: unknown imagery, no such split, a missing column (named with its file), or no rows.
    """
    if imagery not in IMAGERIES:
        raise TrainingError(f"imagery {imagery!r}: is not one of {', '.join(IMAGERIES)}")
    if not SPLIT.fullmatch(split):
        raise TrainingError(f"split {split!r}: not a name")
    return PairedRows(_open(where, SPLIT_NAMES.get(split, (split,)), IMAGERIES[imagery]))


def _open(where: str, splits: Sequence[str], imagery: Imagery) -> Records:
    if where.startswith(HUB):
        name = where.removeprefix(HUB)
        if not HUB_NAME.fullmatch(name):
            raise TrainingError(f"{where}: expected {HUB}OWNER/NAME")
        return open_hub(name, splits, imagery)
    path = Path(where)
    if HUB_NAME.fullmatch(where) and not path.exists() and not path.parent.exists():
        return open_hub(where, splits, imagery)
    if path.is_file():
        return open_files([path], path.parent, imagery)
    for split in splits:
        if (path / f"{split}.csv").is_file():
            return CsvRecords(path / f"{split}.csv", imagery)
        files = sorted(path.glob(f"{split}*.parquet")) or sorted((path / "data").glob(f"{split}-*.parquet"))
        if files:
            return open_files(files, path, imagery)
    name = splits[0]
    raise TrainingError(f"{where}: holds no {name}.csv, {name}*.parquet or data/{name}-*.parquet")


class PairedRows:
    """Rows made of records as they are asked for."""

    def __init__(self, records: Records) -> None:
        self.imagery = records.reader.imagery
        self.skipped: list[str] = []
        self._records = records
        self._seen: set[tuple[str, int | None]] = set()
        self._names: set[str] = set()

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[PairedRow]:
        return self._rows(self._records.ordered(), 0)

    def shuffled(self, seed: int, epoch: int, skip: int = 0) -> Iterator[PairedRow]:
        """One epoch in an order that depends on (seed, epoch) alone; the first `skip` rows are not decoded."""
        return self._rows(self._records.shuffled(seed, epoch, skip), skip)

    def _rows(self, records: Iterable[tuple[int | None, Mapping[str, Any]]], skip: int) -> Iterator[PairedRow]:
        position = skip - 1
        for position, (number, record) in enumerate(records, skip):
            try:
                row = self._records.reader.read(record, position, number)
            except ModelError as error:
                self._skip(number, str(record.get("sample_id") or ""), error)
                continue
            yield row
        if position < 0:
            raise TrainingError(f"{self._records.where}: no rows")

    def _skip(self, number: int | None, row_id: str, reason: ModelError) -> None:
        """Note a row once: by its name and number, or by its name alone where the order tells no numbers."""
        is_known = row_id in self._names if number is None else bool({(row_id, number), (row_id, None)} & self._seen)
        if not (row_id and is_known) and (row_id, number) not in self._seen:
            self._seen.add((row_id, number))
            self._names.add(row_id)
            place = "row" if number is None else f"row {number}"
            self.skipped.append(f"{place} ({row_id or 'no sample_id'}): {' '.join(str(reason).split())}")
