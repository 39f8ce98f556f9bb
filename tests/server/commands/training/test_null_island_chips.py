"""Null Island's chips for the trainer: every land cover, its own places held back, drawn once."""

import numpy as np
import pytest

from model.errors import TrainingError
from server.commands.training.null_island_chips import PIXELS, cached_chips, is_held_back, null_island_chips
from tiles.imagery.null_island import CLASSES


@pytest.fixture(scope="module")
def chips():
    return null_island_chips(30, seed=5, held_back=2)


def test_every_land_cover_is_there_to_learn_from_and_held_back(chips):
    assert len({s.label for s in chips.train}) > 10
    assert {s.label for s in chips.validation} <= set(CLASSES)
    assert all(s.pixels.shape == (PIXELS, PIXELS, 3) and s.scenes for s in chips.train + chips.validation)
    widths = [s.gsd * PIXELS for s in chips.train + chips.validation]
    assert 60 <= min(widths) < 240 < max(widths) <= 6000


def test_one_block_in_five_is_held_back_everywhere():
    rng = np.random.default_rng(0)
    held = is_held_back(*rng.uniform(-2, 2, (2, 20000)))
    assert 0.17 < held.mean() < 0.23


def test_a_resumed_run_finds_the_chips_it_drew(chips, tmp_path):
    path = tmp_path / "run" / "chips.npz"
    drawn = cached_chips(path, 30, 5, held_back=2)
    again = cached_chips(path, 30, 5, held_back=2)
    for one, two, fresh in zip(drawn.train, again.train, chips.train, strict=True):
        np.testing.assert_array_equal(one.pixels, two.pixels)
        np.testing.assert_array_equal(one.pixels, fresh.pixels)
        assert (one.gsd, one.label, one.scenes) == (two.gsd, two.label, two.scenes)
    path.write_bytes(b"half")
    with pytest.raises(TrainingError, match=r"chips\.npz: cannot be read"):
        cached_chips(path, 30, 5, held_back=2)
