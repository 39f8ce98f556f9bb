"""Shared SQLite files: who opens one while another writes waits; who waits in vain is told so."""

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tiles.database import open_shared

ROOT = Path(__file__).parents[2]
OPENER = """
import sys
from pathlib import Path
from tiles.database import open_shared
print("ready", flush=True)
sys.stdin.readline()
with open_shared(Path(sys.argv[1]), synchronous="NORMAL", wait=20) as shared:
    shared.executescript("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS a (b); INSERT INTO a VALUES (1); COMMIT;")
"""


@pytest.fixture
def written(tmp_path):
    """A file, not yet in write-ahead mode, that another connection is writing to."""
    path = tmp_path / "shared.sqlite"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE a (b)")
        other.execute("BEGIN IMMEDIATE")
        yield path, other


def test_opening_waits_while_another_writes(written):
    path, other = written
    end = threading.Timer(0.3, other.execute, ("COMMIT",))
    end.start()
    with contextlib.closing(open_shared(path, synchronous="NORMAL", wait=20)) as shared:
        assert shared.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    end.join()


def test_who_waits_in_vain_is_told_so(written):
    path, _ = written
    start = time.monotonic()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        open_shared(path, synchronous="NORMAL", wait=0.2)
    assert time.monotonic() - start >= 0.2


def test_processes_that_open_a_new_file_at_the_same_moment_all_get_it(tmp_path):
    path = tmp_path / "shared.sqlite"
    command = [sys.executable, "-c", OPENER, str(path)]
    openers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert all(opener.stdout.readline() == "ready\n" for opener in openers)
    for opener in openers:
        opener.stdin.write("\n")
        opener.stdin.flush()
    assert [opener.communicate(timeout=60) and opener.returncode for opener in openers] == [0, 0, 0, 0]
    with contextlib.closing(sqlite3.connect(path)) as table:
        assert table.execute("SELECT count(*) FROM a").fetchone() == (4,)


@pytest.mark.parametrize(("synchronous", "level"), [("NORMAL", 1), ("FULL", 2)])
def test_how_long_a_commit_lives_is_as_asked(tmp_path, synchronous, level):
    with contextlib.closing(open_shared(tmp_path / "shared.sqlite", synchronous=synchronous, wait=1)) as shared:
        assert shared.execute("PRAGMA synchronous").fetchone() == (level,)


def test_a_file_that_is_no_database_is_an_error_at_once(tmp_path):
    path = tmp_path / "shared.sqlite"
    path.write_bytes(b"<html>a page</html>" * 300)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        open_shared(path, synchronous="NORMAL", wait=20)
