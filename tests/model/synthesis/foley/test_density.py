"""The same source as a few calls or as many."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.density import FEW, crowded, sparse
from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.noise import band, noise


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_few_sounds_leave_silence_and_keep_the_loudest_moment(rng):
    canvas = 0.01 * noise(rng, 8 * RATE, band(200, 2000))
    canvas[:, 3 * RATE : 3 * RATE + 4000] += 1.0
    few = sparse(canvas.copy(), rng)
    assert 0.2 < float((np.abs(few) > 0).mean()) < 0.9
    assert np.abs(few).max() == pytest.approx(np.abs(canvas).max(), rel=1e-3)


def test_many_sounds_are_more_than_one_layer(rng):
    one = noise(Generator(SFC64(1)), RATE, band(200, 2000))
    assert crowded(lambda: noise(rng, RATE, band(200, 2000))).std() > 1.1 * one.std()


def test_a_crowd_is_rendered_twice_from_other_places():
    drawn = []

    def render():
        drawn.append(np.full((2, 4), len(drawn) + 1.0, np.float32))
        return drawn[-1]

    np.testing.assert_allclose(crowded(render), np.full((2, 4), 1 + 0.8 * 2), rtol=1e-6)
    assert len(drawn) == 2


@pytest.mark.parametrize("share", [0.2, FEW, 0.8])
def test_a_source_now_and_then_sounds_about_its_share_of_the_time(rng, share):
    steady = np.ones((2, 20 * RATE), np.float32)
    open_share = float((sparse(steady, rng, share)[0] > 0.5).mean())
    assert 0.3 * share < open_share < 1.6 * share


def test_the_loudest_moment_is_among_what_is_left(rng):
    samples = 0.01 * noise(rng, 6 * RATE, band(100, 1000))
    samples[:, 3 * RATE : 3 * RATE + 2000] += 1.0
    assert np.abs(sparse(samples, rng)).max() > 0.9


@pytest.mark.parametrize("n", [1, 100, 7000])
def test_a_sound_shorter_than_a_spell_keeps_its_length(rng, n):
    left = sparse(np.ones((2, n), np.float32), rng)
    assert left.shape == (2, n)
    assert left.dtype == np.float32
    assert np.isfinite(left).all()


def test_spells_open_and_close_without_a_click(rng):
    left = sparse(np.ones((2, 10 * RATE), np.float32), rng)
    assert np.abs(np.diff(left[0])).max() < 1e-3
