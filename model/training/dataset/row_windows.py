"""Which rows of paired data make the batch of a step: a function of (seed, step), so that a run can resume anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from model.baselines.pairs import PairedRow
from model.errors import TrainingError
from model.training.dataset.paired_data import PairedData


class RowWindows:
    """The windows of `batch` consecutive rows in each epoch's order.

    Rows that cannot be used are replaced by the first usable ones behind the window, which appear once more in the
    next. Process `rank` of `processes` gets its part of every window, and its replacements from its own part of the
    next one, so that no row is twice in a batch. `problem` says why a row cannot be used, or None.
    """

    def __init__(
        self,
        data: PairedData,
        batch: int,
        seed: int,
        rows: int | None = None,
        rank: int = 0,
        processes: int = 1,
        problem: Callable[[PairedRow], str | None] = lambda row: None,
    ) -> None:
        """Cut windows; `rows` is how many a streamed set has.

        Raises:
            TrainingError: fewer rows than a batch, a streamed set without `rows`, or a batch that cannot be shared.
        """
        if batch % processes:
            raise TrainingError(f"batch: {batch} rows cannot be shared equally by {processes} processes")
        self.data, self.batch, self.seed, self.problem = data, batch, seed, problem
        self.each, self.offset = batch // processes, rank * (batch // processes)
        self.is_streamed, count = _length(data, rows)
        self.steps_per_epoch = count // batch
        if not self.steps_per_epoch:
            raise TrainingError(f"batch: {batch} rows asked for, the split has {count}")
        self._lost: dict[str, str] = {}
        self._stream: _Stream | None = None

    @property
    def left_out(self) -> list[str]:
        """One line for every row that could not be used so far."""
        return [*self.data.skipped, *(f"row {name}: {reason}" for name, reason in self._lost.items())]

    def take(self, step: int) -> Iterator[PairedRow]:
        """Rows of a step for this process, as many as its part of a batch, as they are read.

        Raises:
            TrainingError: too few usable rows.
        """
        epoch, window = divmod(step, self.steps_per_epoch)
        start = window * self.batch
        taken: set[int] = set()
        own, following = start + self.offset, start + self.batch + self.offset
        for row in chain(
            self._usable(epoch, own, following, own + self.each),
            self._usable(epoch, following, following),
            self._usable(epoch, self.offset, self.offset),  # behind the end comes the beginning
        ):
            if row.position in taken:
                continue
            taken.add(row.position)
            yield row
            if len(taken) == self.each:
                return
        reasons = "; ".join(self.left_out[:3]) or "no reason known"
        raise TrainingError(f"batch: {self.each} usable rows needed, {len(taken)} found ({reasons})")

    def _usable(self, epoch: int, start: int, floor: int, end: int | None = None) -> Iterator[PairedRow]:
        for row in self._rows(epoch, start, floor):
            if end is not None and row.position >= end:
                return
            problem = self.problem(row)
            if problem is None:
                yield row
            else:
                self._lost.setdefault(row.id, problem)

    def _rows(self, epoch: int, start: int, floor: int) -> Iterator[PairedRow]:
        if not self.is_streamed:
            return self.data.shuffled(self.seed, epoch, start)
        if self._stream is None or not self._stream.reaches(epoch, start):
            self._stream = _Stream(self.data.shuffled(self.seed, epoch, start), epoch, start)
        return self._stream.rows(start, floor)


class _Stream:
    """One pass over streamed rows that goes on where it stopped, holding the rows that will be asked for again."""

    def __init__(self, source: Iterator[PairedRow], epoch: int, start: int) -> None:
        self._source, self._epoch, self._floor = source, epoch, start
        self._held: list[PairedRow] = []

    def reaches(self, epoch: int, start: int) -> bool:
        """Whether no row from `start` on has been let go."""
        return epoch == self._epoch and start >= self._floor

    def rows(self, start: int, floor: int) -> Iterator[PairedRow]:
        """Rows from `start` on; those from `floor` on can be had again."""
        self._floor = floor
        earlier = [row for row in self._held if row.position >= start]
        self._held = [row for row in self._held if row.position >= floor]
        yield from earlier
        for row in self._source:
            if row.position >= floor:
                self._held.append(row)
            if row.position >= start:
                yield row


def _length(data: PairedData, rows: int | None) -> tuple[bool, int]:
    try:
        return False, len(data)
    except TypeError as error:
        if rows is None:
            raise TrainingError("rows: a streamed set does not know how many it has; give their number") from error
        return True, rows
