import numpy as np
import pytest

from model.errors import GalleryError
from model.gallery import Gallery
from model.gallery.nearest import NearestRows, write_codes

COUNT, DIM = 6000, 32


@pytest.fixture(scope="module")
def clustered():
    """Unit vectors around 60 centres, and queries beside some of them."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((60, DIM))
    vectors = centres[rng.integers(0, 60, COUNT)] + 0.4 * rng.standard_normal((COUNT, DIM))
    queries = centres[rng.integers(0, 60, 40)] + 0.6 * rng.standard_normal((40, DIM))
    return tuple((x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32) for x in (vectors, queries))


@pytest.fixture
def shallow(monkeypatch):
    """Only 300 of the rows are compared exactly."""
    monkeypatch.setattr("model.gallery.nearest.DEPTH", 300)


@pytest.fixture(scope="module")
def codes(clustered, tmp_path_factory):
    path = tmp_path_factory.mktemp("codes") / "caption.faiss"
    write_codes(clustered[0], path)
    return path


def test_codes_find_nearly_all_that_brute_force_finds(clustered, codes, shallow):
    vectors, queries = clustered
    _, best = NearestRows(vectors).nearest(queries, 10)
    _, found = NearestRows(vectors, codes).nearest(queries, 10)
    assert (best == np.argsort(-(queries @ vectors.T), axis=1)[:, :10]).all()
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(best, found, strict=True)])
    assert recall >= 0.99


def test_scores_behind_codes_are_exact(clustered, codes, shallow):
    vectors, queries = clustered
    scores, rows = NearestRows(vectors, codes).nearest(queries, 5)
    np.testing.assert_allclose(scores, np.take_along_axis(queries @ vectors.T, rows, axis=1), atol=1e-6)
    assert (np.diff(scores, axis=1) <= 0).all()


def test_a_device_that_scans_every_vector_finds_what_brute_force_finds(clustered, codes):
    vectors, queries = clustered
    scores, rows = NearestRows(vectors, codes, "cpu").nearest(queries, 10)
    best_scores, best = NearestRows(vectors).nearest(queries, 10)
    np.testing.assert_array_equal(rows, best)
    np.testing.assert_allclose(scores, best_scores, atol=1e-6)


def test_exact_asks_every_row(clustered, codes, shallow):
    vectors, queries = clustered
    every = NearestRows(vectors).nearest(queries, 50)
    exact = NearestRows(vectors, codes).nearest(queries, 50, exact=True)
    np.testing.assert_array_equal(exact[1], every[1])


def test_codes_of_another_matrix_or_no_codes_are_refused(clustered, codes, tmp_path):
    with pytest.raises(GalleryError, match="codes 6000 vectors of 32 numbers, not 5999 of 32"):
        NearestRows(clustered[0][1:], codes)
    (tmp_path / "bad.faiss").write_bytes(codes.read_bytes()[:100])
    with pytest.raises(GalleryError, match=r"bad\.faiss: holds no codes"):
        NearestRows(clustered[0], tmp_path / "bad.faiss")


def test_a_gallery_large_enough_is_coded_and_answers_as_an_exact_one(written, monkeypatch):
    monkeypatch.setattr("model.gallery.write.CODED_FROM", 500)
    path = written(600, 5)
    assert (path / "caption.faiss").is_file()
    assert not (path / "recording.faiss").exists()
    monkeypatch.setattr("model.gallery.nearest.DEPTH", 100)
    gallery, queries = Gallery.open(path), np.random.default_rng(5).normal(size=(20, 8))
    quick, exact = gallery.nearest(queries, 3), gallery.nearest(queries, 3, exact=True)
    assert (quick[1] == exact[1]).mean() > 0.95
    np.testing.assert_array_equal(Gallery.open(path, device="cpu").nearest(queries, 3)[1], exact[1])
    content = bytearray((path / "caption.faiss").read_bytes())
    content[-1] ^= 1
    (path / "caption.faiss").write_bytes(content)
    with pytest.raises(GalleryError, match=r"caption\.faiss: the checksum differs"):
        Gallery.open(path)


@pytest.mark.parametrize("equals", [(1, 2, 3), tuple(range(40)), tuple(range(0, 300, 2)), tuple(range(300))])
@pytest.mark.parametrize("dim", [7, 512])
def test_equals_come_in_the_order_of_their_rows_however_many_are_asked_for(equals, dim):
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((300, dim)).astype(np.float32)
    vectors[list(equals)] = vectors[equals[0]]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = np.stack([vectors[equals[0]], -vectors[equals[0]], np.zeros(dim, np.float32)])
    matrix = NearestRows(vectors)
    _, every = matrix.nearest(queries, 300)
    assert every[0, : len(equals)].tolist() == list(equals)
    assert every[2].tolist() == list(range(300))
    for k in (1, 2, 3, 10, 75, 150, 299):
        scores, rows = matrix.nearest(queries, k)
        np.testing.assert_array_equal(rows, every[:, :k])
        assert (np.diff(scores, axis=1) <= 0).all()


def test_equals_behind_codes_come_in_the_order_of_their_rows(clustered, tmp_path, shallow):
    vectors = np.concatenate([clustered[0], clustered[0][[3, 3, 3]]])
    write_codes(vectors, tmp_path / "caption.faiss")
    for matrix in (NearestRows(vectors, tmp_path / "caption.faiss"), NearestRows(vectors, tmp_path, "cpu")):
        for k in (1, 2, 4, 9):
            assert matrix.nearest(vectors[[3]], k)[1][0, :4].tolist() == [3, COUNT, COUNT + 1, COUNT + 2][:k]


def test_a_gallery_of_one_vector_only_begins_with_its_first():
    same = np.tile(np.float32([0.6, 0.8]), (5000, 1))
    scores, rows = NearestRows(same).nearest(same[:2], 1)
    assert rows.tolist() == [[0], [0]]
    assert scores == pytest.approx(1)
