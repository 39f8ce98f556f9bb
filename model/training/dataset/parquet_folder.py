"""Paired data in Parquet files, here or on the hub, read as a stream: nothing is copied, nothing decoded unasked."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.baselines.pairs import Imagery
from model.errors import InvalidInput, TrainingError
from model.lazy import part
from model.training.dataset.row import RowReader

SHUFFLE_ROWS = 512
"""Rows held in memory, undecoded, to draw the next from."""
SHUFFLE_GROUPS = 8
"""Row groups read side by side to fill them, so that neighbours of a file are parted."""
READ_ROWS = 16
LISTS = ("list", "large_list", "fixed_size_list")
"""Arrow's kinds of lists."""


class StreamedRecords:
    """Records of a `datasets` stream; `rows` is their number where it is known."""

    def __init__(self, stream: Any, reader: RowReader, where: str, rows: int | None) -> None:
        self.where, self.reader, self._rows = where, reader, rows
        # Images and sounds stay bytes until a row is made of them.
        self._stream = stream.select_columns(list(reader.columns)).decode(False).with_format("arrow")

    def __len__(self) -> int:
        if self._rows is None:
            raise TypeError(f"{self.where}: the number of rows of a streamed set is not known")
        return self._rows

    def ordered(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """(row number, record), in the order of the files."""
        yield from enumerate(self._records(self._stream))

    def shuffled(self, seed: int, epoch: int, skip: int) -> Iterator[tuple[None, Mapping[str, Any]]]:
        """(None, record): row groups in a random order, their rows drawn from a window, from the `skip`-th on."""
        number = int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0])
        stream = self._stream.reshard().shuffle(number, None, SHUFFLE_ROWS, SHUFFLE_GROUPS)
        yield from ((None, record) for record in self._records(stream.skip(skip) if skip else stream))

    def _records(self, stream: Any) -> Iterator[Mapping[str, Any]]:
        tables = iter(stream)
        while (table := _guarded(self.where, lambda: next(tables, None))) is not None:
            yield ArrowRecord(table)


def open_files(files: Sequence[Path], folder: Path, imagery: Imagery) -> StreamedRecords:
    """Local Parquet files as one table; paths in it lead from `folder`.

    Raises:
        TrainingError: the library is missing, or a file is unreadable, empty or without a column it needs.
    """
    datasets = _library()
    read_metadata, read_schema = (part("pyarrow.parquet", name) for name in ("read_metadata", "read_schema"))
    where = str(files[0] if len(files) == 1 else folder)
    counts = [_guarded(str(path), partial(read_metadata, path)).num_rows for path in files]
    if not sum(counts):
        raise TrainingError(f"{where}: no rows")
    reader = RowReader.of(imagery, read_schema(files[0]).names, str(files[0]), folder)
    options = {"split": "train", "streaming": True, "columns": list(reader.columns), "batch_size": READ_ROWS}
    stream = _guarded(
        where, lambda: datasets.load_dataset("parquet", data_files=[str(path) for path in files], **options)
    )
    return StreamedRecords(stream, reader, where, sum(counts))


def open_hub(name: str, splits: Sequence[str], imagery: Imagery) -> StreamedRecords:
    """The first of `splits` that a data set on the hub has, downloaded while it is read.

    Raises:
        TrainingError: the library is missing, the set cannot be reached, or it lacks the split or a column.
    """
    datasets = _library()
    where = f"hub:{name}"
    found = _guarded(where, lambda: datasets.load_dataset(name, streaming=True))
    split = next((split for split in splits if split in found), None)
    if split is None:
        raise TrainingError(f"{where}: no split {splits[0]}; it has {', '.join(found)}")
    reader = RowReader.of(imagery, found[split].column_names or (), f"{where} {split}", None)
    options = {"split": split, "streaming": True, "columns": list(reader.columns)}
    try:
        stream = datasets.load_dataset(name, **options)
    except (TypeError, ValueError):
        # Only Parquet can leave columns out while it reads; of other formats they are dropped afterwards.
        stream = found[split]
    return StreamedRecords(stream, reader, f"{where} {split}", None)


def _library() -> Any:
    """The `datasets` library, which is not installed with Earshot."""
    try:
        return importlib.import_module("datasets")
    except ModuleNotFoundError as error:
        raise TrainingError("Parquet files and hub: need the datasets library: pip install 'earshot[data]'") from error


def _guarded(where: str, step: Callable[[], Any]) -> Any:
    try:
        return step()
    # Whatever the library, Arrow, the disk and the network raise; they share no base class.
    except Exception as error:
        raise TrainingError(f"{where}: cannot be read: {type(error).__name__}: {error}") from error


class ArrowRecord(Mapping[str, Any]):
    """One row of an Arrow table; a column is turned into a value when it is asked for."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __getitem__(self, column: str) -> Any:
        """The value of a column.

        Raises:
            InvalidInput: lists of unequal lengths.
        """
        if column not in self._table.column_names:
            raise KeyError(column)
        return _value(self._table.column(column).combine_chunks())

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.column_names)

    def __len__(self) -> int:
        return len(self._table.column_names)


def _value(array: Any) -> Any:
    """The single value of an Arrow array: lists of numbers as NumPy, structs as dicts, all else as Python has it."""
    if isinstance(array, part("pyarrow", "ChunkedArray")):
        array = array.chunk(0)
    if isinstance(array.type, part("pyarrow", "ExtensionType")):
        array = array.storage
    if array.null_count:
        return None
    if _is_list(array.type):
        return _numbers(array)
    if part("pyarrow.types", "is_struct")(array.type):
        return {field.name: _value(array.field(field.name)) for field in array.type}
    return array[0].as_py()


def _is_list(kind: Any) -> bool:
    return any(part("pyarrow.types", f"is_{list_type}")(kind) for list_type in LISTS)


def _numbers(array: Any) -> NDArray[Any]:
    """Lists of lists of numbers as an array of their shape, without a Python object for each."""
    measure, extremes = (part("pyarrow.compute", name) for name in ("list_value_length", "min_max"))
    shape = []
    while _is_list(array.type):
        shortest, longest = extremes(measure(array)).as_py().values()
        if array.null_count or shortest != longest:
            raise InvalidInput("lists of unequal lengths")
        shape.append(longest or 0)
        array = array.flatten()
    return np.asarray(array.to_numpy(zero_copy_only=False)).reshape(shape)
