"""Whole-or-nothing writes: a reader sees the old file or the new one, never half of either."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from server.concurrency.files import PART, write_whole

ROOT = Path(__file__).parents[3]


def full(descriptor):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def synced(monkeypatch):
    """What was synced, in order: files and folders."""
    order = []
    monkeypatch.setattr(
        os, "fsync", lambda fd: order.append("folder" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file")
    )
    return order


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_written_and_replaces_what_stood_there(tmp_path, durable):
    path = tmp_path / "kept.bin"
    for content in (b"first", b"second", b""):
        write_whole(path, content, durable=durable)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_is_handed_the_open_file(tmp_path):
    path = tmp_path / "kept.npz"
    write_whole(path, lambda file: np.savez(file, numbers=np.arange(3)), durable=False)
    with np.load(path, allow_pickle=False) as kept:
        assert kept["numbers"].tolist() == [0, 1, 2]


def test_a_durable_file_is_synced_before_its_name_and_its_folder_after(tmp_path, synced):
    write_whole(tmp_path / "promise", b"kept", durable=True)
    assert synced == ["file", "folder"]


def test_what_is_not_promised_waits_for_no_disk(tmp_path, synced):
    write_whole(tmp_path / "cache", b"kept", durable=False)
    assert synced == []


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        write_whole(path, b"new", durable=True)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "kept"
    path.write_bytes(b"old")

    def broken(file):
        file.write(b"half")
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write_whole(path, broken, durable=False)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_synced_costs_nothing_that_is_written(tmp_path, monkeypatch):
    real = os.fsync

    def files_only(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", files_only)
    write_whole(tmp_path / "kept", b"new", durable=True)
    assert (tmp_path / "kept").read_bytes() == b"new"


def test_a_missing_folder_is_an_error_and_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "kept", b"new", durable=False)
    assert list(tmp_path.iterdir()) == []


def test_writers_of_one_name_do_not_disturb_each_other_and_readers_see_a_whole_file(tmp_path):
    path, contents = tmp_path / "kept", [bytes([letter]) * 50_000 for letter in range(4)]
    write_whole(path, contents[0], durable=False)
    seen, done = set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add(path.read_bytes())

    def write(content):
        for _ in range(20):
            write_whole(path, content, durable=False)

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert seen
    assert seen <= set(contents)
    assert list(tmp_path.iterdir()) == [path]


def test_a_process_killed_while_it_writes_leaves_the_old_file(tmp_path):
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    script = (
        "import sys, time; from pathlib import Path; from server.concurrency.files import write_whole\n"
        "def slow(file):\n    file.write(b'half'); file.flush(); print('half', flush=True); time.sleep(600)\n"
        "write_whole(Path(sys.argv[1]), slow, durable=True)\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
    assert path.read_bytes() == b"old"
    (left,) = (other for other in tmp_path.iterdir() if other != path)
    assert left.suffix == PART
