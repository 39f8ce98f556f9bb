"""Percentiles stand on one background: general queries against a sample of cells, the same whatever was built when."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiles.region.maker import QUERIES, make, truth
from tiles.errors import RegionUnreadable
from tiles.region import Condition
from tiles.region.percentile import QUANTILES, percentile_of, quantiles_of
from tiles.region.store import VALID, RegionStore


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """A region for July afternoons and for any time."""
    path = tmp_path_factory.mktemp("region") / "ground.zarr"
    return make(path, conditions=(Condition(7, 14), Condition()))


@pytest.fixture
def store(region):
    return RegionStore.open(region.path)


def everything(region):
    """All cosines between the general queries and the cells, of all conditions."""
    return np.concatenate([truth(region, query, when) for query in QUERIES for when in region.conditions])


def test_quantiles_rise_from_the_least_alike_to_the_most(region, store):
    quantiles = quantiles_of(store, region.valid)
    assert quantiles.shape == (QUANTILES,)
    assert quantiles.dtype == np.float32
    assert (np.diff(quantiles) >= 0).all()
    scores = everything(region)
    assert quantiles[0] == pytest.approx(scores.min(), abs=1e-3)
    assert quantiles[-1] == pytest.approx(scores.max(), abs=1e-3)


def test_every_condition_counts(region, store):
    median = quantiles_of(store, region.valid)[QUANTILES // 2]
    assert median == pytest.approx(np.median(everything(region)), abs=2e-3)


def test_the_same_cells_give_the_same_bytes(region, store):
    np.testing.assert_array_equal(quantiles_of(store, region.valid), quantiles_of(store, region.valid))


def test_a_build_stores_what_its_cells_give(region, store):
    np.testing.assert_array_equal(region.background, quantiles_of(store, region.valid))


def test_vectors_in_memory_give_what_those_on_disk_do(region, store):
    held = [region.vectors(0, 36, when) for when in region.conditions]
    gathered = quantiles_of(store, region.valid, lambda slice_, cells: held[slice_][cells])
    np.testing.assert_array_equal(gathered, quantiles_of(store, region.valid))


def test_a_sample_is_of_so_many_cells_in_rising_order(region, store):
    asked = []

    def gather(slice_, cells):
        asked.append((slice_, cells.tolist()))
        return region.vectors(0, 36, region.conditions[slice_])[cells]

    quantiles_of(store, region.valid, gather, sample=5)
    (first, cells), (second, again) = asked
    assert (first, second) == (0, 1)
    assert cells == again == sorted(set(cells))
    assert len(cells) == 5


def test_only_valid_cells_are_asked_for(region, store):
    valid = np.zeros(36, bool)
    valid[[3, 20, 35]] = True
    asked = []
    quantiles_of(store, valid, lambda slice_, cells: asked.extend(cells) or region.vectors(0, 36)[cells])
    assert set(asked) == {3, 20, 35}


def test_no_valid_cell_has_no_background(store):
    assert quantiles_of(store, np.zeros(36, bool)).shape == (0,)


def test_cells_whose_vectors_are_lost_are_told(region, tmp_path):
    path = tmp_path / "ground.zarr"
    make(path)
    (path / "vectors/c/0/2/0").unlink()
    store = RegionStore.open(path)
    with pytest.raises(RegionUnreadable, match="lost"):
        quantiles_of(store, store.state() == VALID)


def test_a_percentile_is_the_share_of_the_background_below():
    quantiles = np.linspace(0, 1, 101, dtype=np.float32)
    told = percentile_of(np.array([-1, 0, 0.25, 0.5, 1, 2], np.float32), quantiles)
    np.testing.assert_allclose(told, [0, 0, 25, 50, 100, 100], atol=1e-4)


def test_nothing_stays_nothing():
    told = percentile_of(np.array([np.nan, 0.5], np.float32), np.linspace(0, 1, 11, dtype=np.float32))
    assert np.isnan(told[0])
    assert told[1] == pytest.approx(50)


def test_without_a_background_no_score_has_a_percentile():
    assert np.isnan(percentile_of(np.zeros((2, 3), np.float32), np.empty(0, np.float32))).all()


@settings(max_examples=40, deadline=None)
@given(
    background=st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=30),
    scores=st.lists(st.floats(-2, 2, width=32), min_size=2, max_size=10),
)
def test_whoever_scores_higher_stands_no_lower(background, scores):
    told = percentile_of(np.sort(np.float32(scores)), np.sort(np.float32(background)))
    assert (np.diff(told) >= 0).all()
    assert told.min() >= 0
    assert told.max() <= 100
