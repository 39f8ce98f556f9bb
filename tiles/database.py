"""SQLite files that several threads and processes share: opened so that whoever comes at the same moment waits."""

import sqlite3
import time
from pathlib import Path
from typing import Literal

PAUSE = 0.01


def open_shared(path: Path, *, synchronous: Literal["NORMAL", "FULL"], wait: float) -> sqlite3.Connection:
    """Open a SQLite file in write-ahead mode, without implicit transactions, for use by any thread.

    `wait`: seconds that opening, and each statement later, waits for others who write. `synchronous`: whether a
    commit survives the power's end too (FULL) or only the process's (NORMAL). Raises sqlite3.Error.
    """
    connection = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(connection, until=time.monotonic() + wait)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection, until: float) -> None:
    """Change to write-ahead mode, for which SQLite itself does not wait while another connection writes."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(PAUSE)
