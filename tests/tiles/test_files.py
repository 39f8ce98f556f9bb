"""A file is there whole or not at all, whatever stops the writing; one that is durable has reached the disk."""

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tiles.files import PARTIAL, replacing, write_whole

ROOT = Path(__file__).parents[2]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("content", [b"bytes", memoryview(b"bytes"), "bytes", b"", ""])
def test_what_is_written_is_read_and_nothing_lies_beside_it(tmp_path, content):
    write_whole(tmp_path / "a.bin", content)
    assert (tmp_path / "a.bin").read_bytes() == (content.encode() if isinstance(content, str) else bytes(content))
    assert names(tmp_path) == ["a.bin"]


def test_text_is_utf_8_with_its_line_ends_as_they_are(tmp_path):
    write_whole(tmp_path / "a.txt", "Zürich\r\n東京\n")
    assert (tmp_path / "a.txt").read_bytes() == "Zürich\r\n東京\n".encode()


def test_what_was_there_is_replaced(tmp_path):
    (tmp_path / "a").write_bytes(b"old and longer")
    write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_until_the_end_the_old_file_is_read(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with replacing(path) as partial:
        partial.write_bytes(b"new")
        assert path.read_bytes() == b"old"
        assert partial.parent == tmp_path, "a rename never crosses file systems"
        assert partial.name.endswith(PARTIAL)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError("bad"), KeyboardInterrupt(), SystemExit(1)])
def test_an_error_half_way_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def write():
        with replacing(path) as partial:
            partial.write_bytes(b"ne")
            raise error

    with pytest.raises(type(error)):
        write()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_an_error_before_anything_is_written_is_that_error(tmp_path):
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "a"):
        raise ZeroDivisionError
    assert names(tmp_path) == []


def test_a_place_that_cannot_be_written_over_keeps_no_leftovers(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"content")
    assert names(tmp_path) == ["folder"]


def test_a_missing_folder_is_an_error_and_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "a", b"content")
    assert not (tmp_path / "none").exists()


def test_a_name_as_long_as_the_file_system_takes_can_be_written(tmp_path):
    write_whole(tmp_path / ("n" * 255), b"content")
    assert names(tmp_path) == ["n" * 255]


@pytest.fixture
def order(monkeypatch):
    """What is synced and renamed, in order."""
    happened, sync, replace = [], os.fsync, Path.replace

    def fsync(handle):
        happened.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    def renamed(self, target):
        happened.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", renamed)
    return happened


def test_a_durable_file_is_on_the_disk_before_it_is_renamed_and_its_name_after(tmp_path, order):
    write_whole(tmp_path / "a", b"content", durable=True)
    assert order == ["file", "rename", "folder"]


def test_what_need_not_last_waits_for_no_disk(tmp_path, order):
    write_whole(tmp_path / "a", b"content")
    assert order == ["rename"]


def test_a_disk_that_fails_to_sync_leaves_the_old_file(tmp_path, monkeypatch):
    def failing(handle):
        raise OSError("the disk is gone")

    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="disk is gone"):
        write_whole(tmp_path / "a", b"new", durable=True)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_threads_that_write_one_file_leave_one_of_theirs_whole(tmp_path):
    contents = [bytes([seed]) * 50_000 for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_whole(tmp_path / "a", content), contents * 5))
    assert (tmp_path / "a").read_bytes() in contents
    assert names(tmp_path) == ["a"]


KILLED = """
import os, signal, sys
from pathlib import Path
from tiles.files import replacing
with replacing(Path(sys.argv[1])) as partial:
    partial.write_bytes(b"half of it")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_half_way_leaves_the_old_file_and_a_partial_that_its_name_gives_away(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "a"], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "a").read_bytes() == b"old"
    (left,) = [name for name in names(tmp_path) if name != "a"]
    assert left.endswith(PARTIAL)
