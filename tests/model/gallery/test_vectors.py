"""Vectors lie in one file, mapped rather than read; a file that holds anything else is refused."""

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import GalleryError
from model.gallery import vectors as module
from model.gallery.vectors import ALIGNMENT, create_vectors, open_vectors
from tests.model.gallery.conftest import unit


def write(path, counts, dim=4):
    matrices = create_vectors(path, counts, dim)
    for n, name in enumerate(counts):
        matrices[name][:] = unit(counts[name], dim, seed=n)
        if counts[name]:
            matrices[name].flush()
    return {name: np.array(matrix) for name, matrix in matrices.items()}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_what_was_filled_is_what_is_mapped(tmp_path_factory, sizes, dim):
    path = tmp_path_factory.mktemp("vectors") / "v"
    counts = {f"group{n}": size for n, size in enumerate(sizes)}
    filled = write(path, counts, dim)
    opened = open_vectors(path, counts, dim)
    for name, matrix in filled.items():
        assert np.array_equal(opened[name], matrix), name


def test_any_other_reader_of_safetensors_reads_the_same(tmp_path):
    filled = write(tmp_path / "v", {"caption": 3, "recording@3": 2})
    read = safetensors.numpy.load_file(tmp_path / "v")
    assert read.keys() == filled.keys()
    assert np.array_equal(read["recording@3"], filled["recording@3"])


def test_matrices_begin_at_a_multiple_of_64_bytes(tmp_path):
    write(tmp_path / "v", {"caption": 3})
    with (tmp_path / "v").open("rb") as file:
        assert (8 + int.from_bytes(file.read(8), "little")) % ALIGNMENT == 0


def test_an_opened_matrix_cannot_be_written_to(tmp_path):
    write(tmp_path / "v", {"caption": 3})
    opened = open_vectors(tmp_path / "v", {"caption": 3}, 4)["caption"]
    assert isinstance(opened, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        opened[0, 0] = 1


def test_a_group_of_no_rows_need_not_be_in_the_file(tmp_path):
    write(tmp_path / "v", {"caption": 3})
    opened = open_vectors(tmp_path / "v", {"caption": 3, "recording": 0}, 4)
    assert opened["recording"].shape == (0, 4)


@pytest.mark.parametrize(
    ("counts", "dim"), [({"caption": 4}, 4), ({"caption": 3}, 5), ({"caption": 3, "recording": 1}, 4)]
)
def test_another_shape_than_promised_is_refused(tmp_path, counts, dim):
    write(tmp_path / "v", {"caption": 3})
    with pytest.raises(GalleryError, match="vectors are not"):
        open_vectors(tmp_path / "v", counts, dim)


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.int32])
def test_numbers_of_another_kind_are_refused(tmp_path, dtype):
    safetensors.numpy.save_file({"caption": unit(3, 4).astype(dtype)}, tmp_path / "v")
    with pytest.raises(GalleryError, match="float32"):
        open_vectors(tmp_path / "v", {"caption": 3}, 4)


@pytest.mark.parametrize("value", [0.0, 2.0, np.nan, np.inf])
def test_a_vector_that_is_not_of_length_one_is_refused(tmp_path, value):
    matrix = unit(3, 4)
    matrix[1] = value
    safetensors.numpy.save_file({"caption": matrix}, tmp_path / "v")
    with pytest.raises(GalleryError, match="not of length 1"):
        open_vectors(tmp_path / "v", {"caption": 3}, 4)


def test_only_so_many_rows_are_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROWS_CHECKED", 2)
    matrix = unit(3, 4)
    matrix[2] = 0
    safetensors.numpy.save_file({"caption": matrix}, tmp_path / "v")
    assert open_vectors(tmp_path / "v", {"caption": 3}, 4)


@pytest.mark.parametrize("content", [b"", b"nothing", b"\xff" * 64])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(GalleryError, match="not a safetensors file"):
        open_vectors(tmp_path / "v", {"caption": 3}, 4)


def test_a_file_cut_short_is_refused(tmp_path):
    write(tmp_path / "v", {"caption": 3})
    content = (tmp_path / "v").read_bytes()
    (tmp_path / "v").write_bytes(content[:-4])
    with pytest.raises(GalleryError, match="not a safetensors file"):
        open_vectors(tmp_path / "v", {"caption": 3}, 4)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(GalleryError, match="v"):
        open_vectors(tmp_path / "v", {"caption": 3}, 4)
