"""Arrays kept in a file: read back as they were, or, whatever happened to the file, as nothing at all."""

import io
import os
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.concurrency.array_files import read_arrays, write_arrays

ARRAYS = {
    "numbers": np.arange(300, dtype=np.float32).reshape(3, 100),
    "words": np.array("wind é"),
    "yes": np.array(True),
}


@pytest.fixture
def path(tmp_path):
    write_arrays(tmp_path / "kept.npz", ARRAYS, durable=False)
    return tmp_path / "kept.npz"


def test_arrays_come_back_as_they_were_kept(path):
    found = read_arrays(path)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_the_file_is_one_that_numpy_reads(path):
    with np.load(path, allow_pickle=False) as found:
        np.testing.assert_array_equal(found["numbers"], ARRAYS["numbers"])


def test_where_nothing_was_kept_there_is_nothing_and_no_word_about_it(tmp_path, caplog):
    assert read_arrays(tmp_path / "kept.npz") is None
    assert caplog.records == []


def lone():
    buffer = io.BytesIO()
    np.save(buffer, np.arange(3))
    return buffer.getvalue()


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:
        for name, content in members.items():
            parts.writestr(f"{name}.npy", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 900,
        b"PK",
        b"hello",
        lone(),
        zipped(numbers=b"hello"),
        zipped(numbers=b"\x93NUMPY\x01\x00\xff\xff{"),
    ],
    ids=["empty", "zeros", "two bytes", "a letter", "an array alone", "another zip", "a header cut off"],
)
def test_what_is_no_such_file_is_nothing_and_said_to_be_so(path, content, caplog):
    path.write_bytes(content)
    assert read_arrays(path) is None
    assert path.name in caplog.text


def test_a_folder_in_its_place_is_nothing(tmp_path):
    assert read_arrays(tmp_path) is None


def test_what_would_be_unpickled_is_nothing(path):
    np.savez(path, numbers=np.array([{}], dtype=object))
    assert read_arrays(path) is None


@settings(max_examples=60, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), change=st.none() | st.integers(1, 255))
def test_a_file_cut_anywhere_or_with_a_byte_changed_gives_no_wrong_number(tmp_path_factory, where, change):
    path = tmp_path_factory.mktemp("cut") / "kept.npz"
    write_arrays(path, {"numbers": ARRAYS["numbers"]}, durable=False)
    whole = bytearray(path.read_bytes())
    at = int(where * len(whole))
    if change is not None:
        whole[at] ^= change
    path.write_bytes(whole[:at] if change is None else whole)
    found = read_arrays(path)
    if found is not None and "numbers" in found:
        np.testing.assert_array_equal(found["numbers"].ravel(), ARRAYS["numbers"].ravel())


def test_what_is_promised_is_synced(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    write_arrays(tmp_path / "a.npz", ARRAYS, durable=False)
    assert synced == []
    write_arrays(tmp_path / "b.npz", ARRAYS, durable=True)
    assert synced
