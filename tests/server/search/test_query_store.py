"""Queries outlive the server for a day, and no longer; a folder never grows without bound."""

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
    QueryStore(tmp_path, "c0ffee").keep(query())
    found = QueryStore(tmp_path, "c0ffee").get(ID)
    np.testing.assert_array_equal(found.vector, query().vector)
    assert (found.id, found.text.rstrip("\x00"), found.recording) == (ID, "wind é", True)


@pytest.mark.parametrize("id", [ID[::-1], "../../etc/passwd"])
def test_what_is_not_kept_is_refused_by_name(tmp_path, id):
    with pytest.raises(InvalidInput, match=r"query: .*send it again"):
        QueryStore(tmp_path, "c0ffee").get(id)


def test_after_a_day_a_query_is_gone(tmp_path):
    store = QueryStore(tmp_path, "c0ffee")
    store.keep(query())
    yesterday = time.time() - MAX_AGE - 1
    os.utime(tmp_path / f"{ID}.npz", (yesterday, yesterday))
    with pytest.raises(InvalidInput, match="query"):
        store.get(ID)
    store.keep(query("f" * 32))
    assert [path.stem for path in tmp_path.iterdir()] == ["f" * 32]


def test_keeping_a_query_again_gives_it_another_day(tmp_path):
    store = QueryStore(tmp_path, "c0ffee")
    store.keep(query())
    yesterday = time.time() - MAX_AGE - 1
    os.utime(tmp_path / f"{ID}.npz", (yesterday, yesterday))
    store.keep(query())
    assert store.get(ID).recording


def test_a_vector_of_another_checkpoint_is_no_query_here(tmp_path):
    QueryStore(tmp_path, "c0ffee").keep(query())
    with pytest.raises(InvalidInput, match="another checkpoint"):
        QueryStore(tmp_path, "decaf").get(ID)


def test_the_oldest_make_room(tmp_path, monkeypatch):
    monkeypatch.setattr("server.search.query_store.MAX_KEPT", 3)
    store = QueryStore(tmp_path, "c0ffee")
    for number in range(5):
        id = f"{number:032x}"
        store.keep(query(id))
        os.utime(tmp_path / f"{id}.npz", (time.time() - 100 + number,) * 2)
    assert sorted(int(path.stem, 16) for path in tmp_path.iterdir()) == [2, 3, 4]
