"""What patches are normalised by: the same for a checkpoint everywhere, kept whole, measured anew when damaged."""

from collections import Counter

import numpy as np
import pytest

from model.explain import METHODS
from model.sat2sound import ModelConfig
from server.explain.patch_normalisation import CHIPS_EACH, MIDDLE, MOST, Background, background_places
from tiles.imagery.null_island import CLASSES, land_cover

DIM = 6


def background(seed=0, patches=200):
    numbers = np.random.default_rng(seed)
    return Background({method: numbers.normal(size=(patches, DIM)).astype(np.float32) for method in METHODS})


@pytest.mark.parametrize("method", METHODS)
def test_the_middle_of_the_background_is_zero_and_its_most_is_one(method):
    measured, vector = background(), np.linspace(-1, 1, DIM, dtype=np.float32)
    values = measured.normalise(measured.queries[method] @ vector, vector, method)
    assert np.quantile(values, [MIDDLE, MOST]) == pytest.approx([0, 1], abs=1e-4)
    assert values.dtype == np.float32


def test_what_every_patch_is_alike_in_does_not_divide_by_nothing():
    measured = Background({method: np.ones((50, DIM), np.float32) for method in METHODS})
    low, high = measured.range(np.ones(DIM, np.float32), "aggregate")
    assert high > low
    assert np.isfinite(measured.normalise(np.full(4, 6, np.float32), np.ones(DIM, np.float32), "aggregate")).all()


def test_it_is_read_as_it_was_written(tmp_path):
    measured = background()
    measured.write(tmp_path / "a.npz")
    found = Background.read(tmp_path / "a.npz", DIM)
    assert found.queries.keys() == measured.queries.keys()
    for method in METHODS:
        np.testing.assert_array_equal(found.queries[method], measured.queries[method])
    assert Background.read(tmp_path / "b.npz", DIM) is None


def write(path, **changed):
    np.savez(path, **{**background().queries, **changed})


DAMAGES = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-50]),
    "empty": lambda path: path.write_bytes(b""),
    "foreign": lambda path: np.savez(path, heights=np.zeros(3)),
    "of another checkpoint's size": lambda path: write(path, aggregate=np.zeros((9, DIM + 1), np.float32)),
    "of no patches": lambda path: write(path, reference=np.zeros((0, DIM), np.float32)),
    "flat": lambda path: write(path, reference=np.zeros(DIM, np.float32)),
    "of another type": lambda path: write(path, aggregate=np.zeros((9, DIM), np.int64)),
    "not finite": lambda path: write(path, aggregate=np.full((9, DIM), np.nan, np.float32)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_measured_anew(tmp_path, damage):
    path = tmp_path / "a.npz"
    background().write(path)
    DAMAGES[damage](path)
    assert Background.read(path, DIM) is None


def test_the_chips_looked_at_are_some_of_every_land_cover_and_always_the_same():
    config = ModelConfig.tiny()
    places = background_places(config)
    again = background_places(config)
    assert [(ground.lat, ground.lon, ground.gsd) for ground, _ in places] == [
        (ground.lat, ground.lon, ground.gsd) for ground, _ in again
    ]
    lats, lons = (np.array([getattr(ground, name) for ground, _ in places]) for name in ("lat", "lon"))
    found = Counter(land_cover(lats, lons).tolist())
    assert found.keys() == set(CLASSES)
    assert set(found.values()) <= set(range(1, CHIPS_EACH + 1))
    assert {query.scale for _, query in places} == set(config.scales)
    assert all(ground.pixels == config.tile_pixels for ground, _ in places)
