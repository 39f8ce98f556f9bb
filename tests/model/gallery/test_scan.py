"""A device that looks at every row finds the likely ones, and one that is too small for them says so as a gallery."""

from pathlib import Path

import numpy as np
import pytest
import torch

from model.errors import GalleryError
from model.gallery import nearest as nearest_module
from model.gallery import scan as module
from model.gallery.nearest import NearestRows, write_codes
from model.gallery.scan import Scan, scanning_device
from tests.model.gallery.conftest import unit

PLACE = Path("/galleries/large")


def test_likely_rows_hold_the_nearest():
    matrix, queries = unit(500, 16), unit(7, 16, seed=1)
    likely = Scan(matrix, "cpu", PLACE).likely(queries, 5)
    assert likely.shape == (7, module.DEPTH)
    best = np.argsort(-(queries @ matrix.T), axis=1)[:, :5]
    for row, wanted in zip(likely, best, strict=True):
        assert set(wanted) <= set(row)


def test_four_for_each_one_asked_for_where_that_is_more():
    matrix = unit(2000, 4)
    assert Scan(matrix, "cpu", PLACE).likely(unit(1, 4), 100).shape == (1, 400)


def test_no_more_rows_than_there_are():
    assert Scan(unit(3, 4), "cpu", PLACE).likely(unit(1, 4), 2).shape == (1, 3)


def test_parts_read_from_the_disk_are_one_matrix(monkeypatch):
    matrix, queries = unit(50, 8), unit(3, 8, seed=1)
    whole = Scan(matrix, "cpu", PLACE).likely(queries, 3)
    monkeypatch.setattr(module, "PART", 7)
    assert np.array_equal(Scan(matrix, "cpu", PLACE).likely(queries, 3), whole)


def test_rows_are_kept_as_float16_half_the_size():
    assert Scan(unit(3, 4), "cpu", PLACE)._rows.dtype == torch.float16


def test_a_gallery_too_large_for_the_gpu_says_so_as_a_gallery(monkeypatch):
    def full(*_, **__):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")

    monkeypatch.setattr(torch, "empty", full)
    with pytest.raises(
        GalleryError, match=r"/galleries/large: the GPU has no room for 3 vectors of 4 numbers"
    ) as error:
        Scan(unit(3, 4), "cpu", PLACE)
    assert "CUDA_VISIBLE_DEVICES" in str(error.value)
    assert isinstance(error.value.__cause__, torch.OutOfMemoryError)


def test_a_gpu_that_fills_up_while_rows_are_read_says_so_too(monkeypatch):
    def full(self, *_, **__):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(torch.Tensor, "to", full)
    with pytest.raises(GalleryError, match="no room"):
        Scan(unit(3, 4), "cpu", PLACE)


def test_a_gpu_without_room_for_the_scores_says_so_and_serves_the_next(monkeypatch):
    scan = Scan(unit(9, 4), "cpu", PLACE)

    def full(self, *_, **__):
        raise torch.OutOfMemoryError("CUDA out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(torch.Tensor, "topk", full)
        with pytest.raises(GalleryError, match="the scores of 2 queries"):
            scan.likely(unit(2, 4), 1)
    assert scan.likely(unit(2, 4), 1).shape == (2, 9)


def test_any_other_error_of_torch_stays_what_it_is(monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("CUDA error: device-side assert triggered")

    monkeypatch.setattr(torch, "empty", broken)
    with pytest.raises(RuntimeError, match="assert"):
        Scan(unit(3, 4), "cpu", PLACE)


def test_a_raised_gallery_names_its_own_folder(tmp_path, monkeypatch):
    write_codes(unit(40, 4), tmp_path / "caption.faiss")

    def full(*_, **__):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(torch, "empty", full)
    with pytest.raises(GalleryError, match=str(tmp_path)):
        NearestRows(unit(40, 4), tmp_path / "caption.faiss", "cuda")


def test_a_gallery_without_codes_is_not_scanned(monkeypatch):
    monkeypatch.setattr(nearest_module, "Scan", lambda *_: pytest.fail("scanned"))
    assert not NearestRows(unit(4, 4), None, "cuda").is_coded


def test_the_gpu_scans_where_there_is_one(monkeypatch):
    for there, device in ((True, "cuda"), (False, None)):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert scanning_device() == device
