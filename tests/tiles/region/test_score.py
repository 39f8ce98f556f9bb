"""A score follows from its own cell and query alone, however cells, queries and threads are cut; few grids are kept."""

import threading

import numpy as np
import pytest

from tiles.region import score
from tiles.region.score import ArrayShard, ScoreCache, cosines, key_of, score_shards, unit

RNG = np.random.default_rng(3)
CELLS, DIM = 1003, 40


def made_up(count, dim=DIM):
    return unit(RNG.standard_normal((count, dim)), dim)


@pytest.fixture(scope="module")
def vectors():
    return made_up(CELLS).astype(np.float16)


@pytest.fixture(scope="module")
def queries():
    return made_up(7).astype(np.float16)


@pytest.fixture(scope="module")
def one_by_one(vectors, queries):
    """Every cell and query for itself."""
    return np.array([[cosines(vectors[i : i + 1], query[None])[0, 0] for i in range(CELLS)] for query in queries])


def test_scores_are_brute_force_in_float32(vectors, queries):
    truth = queries.astype(np.float64) @ vectors.astype(np.float64).T
    np.testing.assert_allclose(cosines(vectors, queries), truth, atol=1e-6)


@pytest.mark.parametrize("slice_bytes", [1, 2 * DIM, 9 * 2 * DIM, 1 << 20])
@pytest.mark.parametrize("tile_bytes", [1, 2 * DIM, 5 * 2 * DIM, 1 << 20])
def test_no_way_to_cut_the_cells_changes_a_bit(monkeypatch, vectors, queries, one_by_one, slice_bytes, tile_bytes):
    monkeypatch.setattr(score, "SLICE_BYTES", slice_bytes)
    monkeypatch.setattr(score, "TILE_BYTES", tile_bytes)
    np.testing.assert_array_equal(cosines(vectors, queries), one_by_one)
    np.testing.assert_array_equal(cosines(vectors, queries[2:3]), one_by_one[2:3])


@pytest.mark.parametrize("dim", [1, 3, 31, 32, 33, 511, 1024])
def test_every_dimension_is_summed_to_its_end(dim):
    vectors, query = made_up(20, dim).astype(np.float16), made_up(1, dim).astype(np.float16)
    truth = vectors.astype(np.float64) @ query[0].astype(np.float64)
    np.testing.assert_allclose(cosines(vectors, query)[0], truth, atol=1e-6)


def test_no_cells_have_no_scores(queries):
    assert cosines(np.empty((0, DIM), np.float16), queries).shape == (7, 0)


def test_queries_asked_from_many_threads_at_once_do_not_mix(monkeypatch, vectors, queries, one_by_one):
    monkeypatch.setattr(score, "SLICE_BYTES", 50 * 2 * DIM)
    got = {}

    def ask(number):
        got[number] = cosines(vectors, queries[number : number + 1])[0]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(queries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, scores in got.items():
        np.testing.assert_array_equal(scores, one_by_one[number])


def test_shards_are_put_together_in_the_order_of_cells_whoever_answers_first(vectors, queries, one_by_one):
    first_may_answer = threading.Event()

    class Late(ArrayShard):
        def score(self, queries):
            assert first_may_answer.wait(30)
            return super().score(queries)

    class Early(ArrayShard):
        def score(self, queries):
            first_may_answer.set()
            return super().score(queries)

    shards = [Late(0, vectors[:400]), Early(400, vectors[400:])]
    np.testing.assert_array_equal(score_shards(shards, queries), one_by_one)


def test_grids_leave_in_the_order_they_were_last_asked_for():
    cache, grids = ScoreCache(3 * 40), [np.full(10, n, np.float32) for n in range(4)]
    for name, grid in zip("abc", grids, strict=False):
        cache.put(name, grid)
    assert cache.get("a") is grids[0]
    cache.put("d", grids[3])
    assert [name for name in "abcd" if cache.get(name) is not None] == ["a", "c", "d"]


def test_a_grid_put_twice_weighs_once():
    cache, grid = ScoreCache(2 * 40), np.zeros(10, np.float32)
    cache.put("a", grid)
    cache.put("a", grid.copy())
    cache.put("b", np.ones(10, np.float32))
    assert cache.get("a") is grid
    assert cache.get("b") is not None


def test_a_grid_larger_than_the_budget_is_not_kept():
    cache = ScoreCache(39)
    cache.put("a", np.zeros(10, np.float32))
    assert cache.get("a") is None


def test_a_key_tells_queries_regions_and_conditions_apart(queries):
    keys = {key_of(query, hash_, slice_) for query in queries for hash_ in ("a", "b") for slice_ in ("0", "1")}
    assert len(keys) == 4 * len(queries)
    assert key_of(queries[0], "a", "0") == key_of(queries[0].copy(), "a", "0")
