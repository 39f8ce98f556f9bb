"""A file is the old one or the new one, whatever happens while it is written."""

import os
import stat
from pathlib import Path

import pytest

from model.files import replacing, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_is_written_as_utf_8_and_nothing_is_left_beside_it(tmp_path):
    write_whole(tmp_path / "a.json", "Gewässer\n")
    assert (tmp_path / "a.json").read_bytes() == "Gewässer\n".encode()
    assert names(tmp_path) == ["a.json"]


def test_what_was_there_is_replaced(tmp_path):
    write_whole(tmp_path / "a", "old")
    write_whole(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"


def test_until_the_block_ends_readers_meet_the_old_file(tmp_path):
    target = tmp_path / "a"
    target.write_text("old")
    with replacing(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"


def test_the_new_file_grows_in_the_same_folder_so_that_it_can_be_renamed(tmp_path):
    with replacing(tmp_path / "a") as temporary:
        assert temporary.parent == tmp_path
        temporary.write_text("new")


FAILURES = [OSError(28, "No space left on device"), ValueError("no such tensor"), KeyboardInterrupt]


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, failure):
    target = tmp_path / "a"
    target.write_text("old")

    def write() -> None:
        with replacing(target) as temporary:
            temporary.write_text("half")
            raise failure

    with pytest.raises(failure if isinstance(failure, type) else type(failure)):
        write()
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_rename_that_fails_leaves_no_part_behind(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "inside").write_text("a folder with something in it cannot be replaced")
    with pytest.raises(OSError, match="a"):
        write_whole(tmp_path / "a", "new")
    assert names(tmp_path) == ["a"]


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "a"):
        pass
    assert names(tmp_path) == []


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="missing"):
        write_whole(tmp_path / "missing" / "a", "new")


def test_two_writers_of_one_file_do_not_share_a_part(tmp_path):
    with replacing(tmp_path / "a") as first, replacing(tmp_path / "a") as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "first"  # which ended last


def test_bytes_are_on_the_disk_before_the_name_is_and_the_name_before_the_call_returns(tmp_path, monkeypatch):
    done: list[str] = []
    flush, replace = os.fsync, Path.replace

    def flushed(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        flush(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        done.append("name")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    write_whole(tmp_path / "a", "new")
    assert done == ["file", "name", "folder"]


def test_a_file_has_the_permissions_any_new_file_has(tmp_path):
    (tmp_path / "plain").write_text("x")
    write_whole(tmp_path / "whole", "x")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode
