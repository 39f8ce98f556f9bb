"""Queries outlive the server for a day, and no longer; a folder never grows without bound."""

import io
import os
import time

import numpy as np
import pytest

from server.errors import InvalidInput
from server.search.query_store import MAX_AGE, KeptQuery, QueryStore

ID = "0123456789abcdef0123456789abcdef"


def query(id=ID, checkpoint="c0ffee"):
    return KeptQuery(id, np.arange(4, dtype=np.float32), "wind é\x00", True, checkpoint)


def test_a_query_comes_back_as_it_was_kept_also_to_another_process(tmp_path):
    QueryStore(tmp_path, "c0ffee", 4).keep(query())
    found = QueryStore(tmp_path, "c0ffee", 4).get(ID)
    np.testing.assert_array_equal(found.vector, query().vector)
    assert (found.id, found.text.rstrip("\x00"), found.recording) == (ID, "wind é", True)


@pytest.mark.parametrize("id", [ID[::-1], "../../etc/passwd"])
def test_what_is_not_kept_is_refused_by_name(tmp_path, id):
    with pytest.raises(InvalidInput, match=r"query: .*send it again"):
        QueryStore(tmp_path, "c0ffee", 4).get(id)


def test_after_a_day_a_query_is_gone(tmp_path):
    store = QueryStore(tmp_path, "c0ffee", 4)
    store.keep(query())
    yesterday = time.time() - MAX_AGE - 1
    os.utime(tmp_path / f"{ID}.npz", (yesterday, yesterday))
    with pytest.raises(InvalidInput, match="query"):
        store.get(ID)
    store.keep(query("f" * 32))
    assert [path.stem for path in tmp_path.iterdir()] == ["f" * 32]


def test_keeping_a_query_again_gives_it_another_day(tmp_path):
    store = QueryStore(tmp_path, "c0ffee", 4)
    store.keep(query())
    yesterday = time.time() - MAX_AGE - 1
    os.utime(tmp_path / f"{ID}.npz", (yesterday, yesterday))
    store.keep(query())
    assert store.get(ID).recording


def test_a_vector_of_another_checkpoint_is_no_query_here(tmp_path):
    QueryStore(tmp_path, "c0ffee", 4).keep(query())
    with pytest.raises(InvalidInput, match="another checkpoint"):
        QueryStore(tmp_path, "decaf", 4).get(ID)


def test_the_oldest_make_room(tmp_path, monkeypatch):
    monkeypatch.setattr("server.search.query_store.MAX_KEPT", 3)
    store = QueryStore(tmp_path, "c0ffee", 4)
    for number in range(5):
        id = f"{number:032x}"
        store.keep(query(id))
        os.utime(tmp_path / f"{id}.npz", (time.time() - 100 + number,) * 2)
    assert sorted(int(path.stem, 16) for path in tmp_path.iterdir()) == [2, 3, 4]


def foreign(path):
    np.savez(path, heights=np.zeros((3, 3)))


def shaped(**changed):
    fields = {"vector": np.arange(4, dtype=np.float32), "text": "wind", "recording": True, "checkpoint_hash": "c0ffee"}

    def write(path):
        np.savez(path, **{name: np.array(value) for name, value in {**fields, **changed}.items()})

    return write


DAMAGES = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "cut after a few bytes": lambda path: path.write_bytes(path.read_bytes()[:7]),
    "empty": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
    "a bit flipped": lambda path: path.write_bytes(path.read_bytes().replace(np.float32(3).tobytes(), b"\xff\0\0\0")),
    "not an archive": lambda path: path.write_text("hello"),
    "an array alone": lambda path: path.write_bytes(lone_array()),
    "foreign": foreign,
    "pickled": lambda path: np.savez(path, vector=np.array([{}], dtype=object), text=np.array("x")),
    "a vector of another length": shaped(vector=np.arange(5, dtype=np.float32)),
    "a matrix": shaped(vector=np.zeros((4, 1), np.float32)),
    "of another type": shaped(vector=np.zeros(4, np.float64)),
    "not finite": shaped(vector=np.array([1, np.nan, 0, 0], np.float32)),
    "many texts": shaped(text=["a", "b"]),
    "words for yes or no": shaped(recording="maybe"),
}


def lone_array():
    buffer = io.BytesIO()
    np.save(buffer, np.arange(4, dtype=np.float32))
    return buffer.getvalue()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_query_is_one_that_is_not_kept(tmp_path, damage):
    store = QueryStore(tmp_path, "c0ffee", 4)
    store.keep(query())
    DAMAGES[damage](tmp_path / f"{ID}.npz")
    with pytest.raises(InvalidInput, match="not kept here"):
        store.get(ID)
    store.keep(query())
    assert store.get(ID).recording


def test_a_folder_in_the_place_of_a_query_is_no_query(tmp_path):
    (tmp_path / f"{ID}.npz").mkdir()
    with pytest.raises(InvalidInput, match="not kept here"):
        QueryStore(tmp_path, "c0ffee", 4).get(ID)


def test_a_kept_query_is_on_the_disk_before_its_id_is_told(tmp_path, monkeypatch):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size) or fsync(descriptor)
    )
    QueryStore(tmp_path, "c0ffee", 4).keep(query())
    assert (tmp_path / f"{ID}.npz").stat().st_size in synced


def test_a_disk_that_refuses_leaves_the_query_that_was_kept(tmp_path, monkeypatch):
    store = QueryStore(tmp_path, "c0ffee", 4)
    store.keep(query())
    monkeypatch.setattr(
        np.lib.format, "write_array", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space"):
        store.keep(query())
    monkeypatch.undo()
    assert store.get(ID).recording
    assert [path.name for path in tmp_path.iterdir()] == [f"{ID}.npz"]
