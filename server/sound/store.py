"""The table of jobs: every sound that was promised, on disk before anyone is told, read back after whatever happens."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, get_args

from server.errors import Overloaded, StartError, Unavailable, UnreadableOrder
from server.sound.orders import UNREADABLE, SoundOrder
from tiles.database import open_shared

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: tuple[JobState, ...] = ("done", "failed", "cancelled")
IS_RENDERED = "coalesce(CASE WHEN json_valid(request) THEN json_extract(request, '$.recording') = '' END, 1)"
"""What a person can hear at once goes before what has to be made: recordings first, then by number.

What cannot be read takes its turn with what has to be made: it must not end the question for all the others."""
MAX_ENDED = 20_000
"""Jobs remembered once they have ended; the earliest are forgotten first."""
BUSY_SECONDS = 10.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    engine TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    percent INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    accepted REAL NOT NULL,
    ended REAL
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_turn ON jobs (state, number);
"""


@dataclass(frozen=True)
class Job:
    """One job as it is now; `position` is its turn among those queued in its lane, from 1."""

    id: str
    order: SoundOrder
    state: JobState
    percent: int
    reason: str
    position: int | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED


@dataclass(frozen=True)
class Claim:
    """A job that a worker has taken: its id, and its order as it was written down."""

    id: str
    request: str


class JobStore:
    """Jobs in SQLite, in a file that several processes may share. Safe from any thread.

    Writes go through one connection and reads through another, which does not wait for the disk.
    """

    def __init__(self, path: Path, max_queued: int, lanes: Sequence[Sequence[str]]) -> None:
        """Open the table, made if need be; the jobs of one of `lanes`, each the names of engines, wait for another.

        Raises:
            StartError: The file cannot be written, or is no such table.
        """
        self.max_queued = max_queued
        self.lanes = lanes
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()
        try:
            self._writer, self._reader = self._connect(path), self._connect(path)
            self._writer.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise StartError(f"data_dir: the jobs in {path} cannot be used: {error}") from error

    def close(self) -> None:
        """Close the file."""
        with self._write_lock, self._read_lock:
            self._writer.close()
            self._reader.close()

    def accept(self, order: SoundOrder, ready: bool) -> None:
        """Promise a sound: queued unless it is on its way already, done at once when it is `ready`.

        A job that ended without a sound, or whose sound is not kept any more, is queued anew.

        Raises:
            Overloaded: Too many jobs are queued.
            Unavailable: The disk does not take the promise.
        """
        state: JobState = "done" if ready else "queued"
        known = [engine for lane in self.lanes for engine in lane]  # what no lane takes waits for another version
        with self._writing() as table:
            row = table.execute("SELECT state FROM jobs WHERE id = ?", (order.key,)).fetchone()
            if row is not None and (row[0] in ("queued", "running") or (row[0] == "done" and ready)):
                return
            (queued,) = table.execute(
                f"SELECT count(*) FROM jobs WHERE state = 'queued' AND engine IN {_marks(known)}", known
            ).fetchone()
            if not ready and queued >= self.max_queued:
                raise Overloaded(f"{queued} sounds wait to be rendered already.", retry_after=5)
            (number,) = table.execute("SELECT coalesce(max(number), 0) + 1 FROM jobs").fetchone()
            now = time.time()
            table.execute(
                "INSERT OR REPLACE INTO jobs (id, number, engine, request, state, percent, accepted, ended) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (order.key, number, order.engine, order.to_json(), state, 100 * ready, now, now if ready else None),
            )
            self._forget(table)

    def job(self, id: str) -> Job | None:
        """A job as it is now; None when there is no such job. One that cannot be read here counts as failed."""
        with self._reading() as table:
            row = table.execute(
                "SELECT request, state, percent, reason, engine, number FROM jobs WHERE id = ?", (id,)
            ).fetchone()
            if row is None:
                return None
            request, state, percent, reason, engine, number = row
            lane = next((lane for lane in self.lanes if engine in lane), None)
            order, position = _order_of(request, state), None
            if order is None or (lane is None and state in ("queued", "running")):
                return _unreadable(id, engine, request, state, percent)
            if lane is not None and state == "queued":
                position = _position(table, lane, order, number)
        return Job(id, order, state, percent, reason, position)

    def state(self, id: str) -> JobState | None:
        """The state of a job; None when there is no such job."""
        with self._reading() as table:
            row = table.execute("SELECT state FROM jobs WHERE id = ?", (id,)).fetchone()
        return None if row is None else row[0]

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        with self._reading() as table:
            found = dict(table.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall())
        return {state: found.get(state, 0) for state in get_args(JobState)}

    def claim(self, engines: Sequence[str], but: Sequence[str] = ()) -> Claim | None:
        """Take the job of `engines` whose turn it is; it is running from now on. None when nothing waits.

        The jobs `but` are passed over.
        """
        with self._writing() as table:
            row = table.execute(
                f"SELECT id, request FROM jobs WHERE state = 'queued' AND engine IN {_marks(engines)} "
                f"AND id NOT IN {_marks(but)} ORDER BY {IS_RENDERED}, number LIMIT 1",
                (*engines, *but),
            ).fetchone()
            if row is None:
                return None
            table.execute("UPDATE jobs SET state = 'running', percent = 0 WHERE id = ?", (row[0],))
        return Claim(*row)

    def waits(self, engines: Sequence[str]) -> bool:
        """Whether a job of `engines` is queued."""
        with self._reading() as table:
            return (
                table.execute(
                    f"SELECT 1 FROM jobs WHERE state = 'queued' AND engine IN {_marks(engines)} LIMIT 1",
                    tuple(engines),
                ).fetchone()
                is not None
            )

    def progress(self, id: str, percent: int) -> None:
        """Say how far a running job has come."""
        with self._writing() as table:
            table.execute("UPDATE jobs SET percent = ? WHERE id = ? AND state = 'running'", (percent, id))

    def end(self, id: str, state: JobState, reason: str = "") -> None:
        """Let a running job end; one that was cancelled meanwhile stays so."""
        with self._writing() as table:
            table.execute(
                "UPDATE jobs SET state = ?, reason = ?, percent = CASE ? WHEN 'done' THEN 100 ELSE percent END, "
                "ended = ? WHERE id = ? AND state = 'running'",
                (state, reason, state, time.time(), id),
            )

    def cancel(self, id: str) -> None:
        """Call off a job that is queued or running; what has ended stays as it is."""
        with self._writing() as table:
            table.execute(
                "UPDATE jobs SET state = 'cancelled', ended = ? WHERE id = ? AND state IN ('queued', 'running')",
                (time.time(), id),
            )

    def resume(self, engines: Sequence[str]) -> int:
        """Queue the jobs of `engines` again that were running when their worker died; they keep their turn."""
        with self._writing() as table:
            return table.execute(
                f"UPDATE jobs SET state = 'queued' WHERE state = 'running' AND engine IN {_marks(engines)}",
                tuple(engines),
            ).rowcount

    def requeue(self, id: str) -> None:
        """Let a running job wait for its turn once more, which it keeps; one that was cancelled meanwhile stays so."""
        with self._writing() as table:
            table.execute("UPDATE jobs SET state = 'queued' WHERE id = ? AND state = 'running'", (id,))

    def _forget(self, table: sqlite3.Connection) -> None:
        table.execute(
            "DELETE FROM jobs WHERE state IN ('done', 'failed', 'cancelled') AND number <= "
            "(SELECT max(number) FROM jobs) - ?",
            (MAX_ENDED,),
        )

    def _connect(self, path: Path) -> sqlite3.Connection:
        connection = open_shared(path, synchronous="FULL", wait=BUSY_SECONDS)  # a promise outlives the power, too
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")  # damaged text is still a row
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; on disk when it ends."""
        with self._write_lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
            except sqlite3.Error as error:
                raise Unavailable(f"Jobs cannot be written down now: {error}.", retry_after=30) from error
            finally:
                self._abandon()

    def _abandon(self) -> None:
        """Undo what was not committed."""
        with contextlib.suppress(sqlite3.Error):
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._read_lock:
            try:
                yield self._reader
            except sqlite3.Error as error:
                raise Unavailable(f"Jobs cannot be read now: {error}.", retry_after=30) from error


def _position(table: sqlite3.Connection, lane: Sequence[str], order: SoundOrder, number: int) -> int:
    """The turn of a queued job in its lane, from 1."""
    (position,) = table.execute(
        f"SELECT count(*) FROM jobs WHERE state = 'queued' AND engine IN {_marks(lane)} "
        f"AND ({IS_RENDERED}, number) <= (?, ?)",
        (*lane, not order.recording, number),
    ).fetchone()
    return int(position)


def _order_of(request: str, state: str) -> SoundOrder | None:
    """The order of a row; None when this version cannot make sense of it."""
    with contextlib.suppress(UnreadableOrder):
        return SoundOrder.from_json(request) if state in get_args(JobState) else None
    return None


def _unreadable(id: str, engine: str, request: str, state: str, percent: int) -> Job:
    """What is told of a job without an order."""
    told: JobState = "cancelled" if state == "cancelled" else "failed"
    return Job(id, SoundOrder.unreadable(engine, request), told, percent, UNREADABLE if told == "failed" else "")


def _marks(values: Sequence[str]) -> str:
    return f"({', '.join('?' * len(values))})"
