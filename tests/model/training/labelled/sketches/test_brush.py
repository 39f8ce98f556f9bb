"""What sketches are drawn with stays within its bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.training.labelled.sketches.brush import SIDE, axes, blend, fractal, step, stretched, textured, tint, toned


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(st.floats(-5, 5), st.floats(0.01, 3))
@settings(deadline=None)
def test_a_step_is_a_share_and_half_at_zero(x, width):
    assert 0 <= float(step(np.array(x), width)) <= 1
    assert float(step(np.array(0.0), width)) == 0.5


def test_a_step_rises_over_its_width():
    edge = step(np.array([-1.0, -0.25, 0.25, 1.0]), 1.0)
    assert edge.tolist() == [0, 0.25, 0.75, 1]


def test_blending_by_nothing_leaves_what_lies_under_and_by_all_what_lies_over():
    under, over = np.zeros((2, 2, 3)), np.array([0.2, 0.4, 0.6])
    assert np.array_equal(blend(under, over, np.zeros((2, 2))), under)
    assert np.allclose(blend(under, over, np.ones((2, 2))), over)
    assert np.allclose(blend(under, over, np.full((2, 2), 0.5)), over / 2)


@given(st.integers(0, 200))
@settings(max_examples=30, deadline=None)
def test_a_tint_is_a_colour_near_one_of_the_choices(seed):
    colour = tint(rng(seed), (0.0, 0.5, 1.0), (1.0, 0.5, 0.0), spread=0.01)
    assert colour.shape == (3,)
    assert 0 <= colour.min() <= colour.max() <= 1
    assert min(np.abs(colour - choice).max() for choice in ([0, 0.5, 1], [1, 0.5, 0])) < 0.06


def test_texture_of_no_strength_is_one_colour():
    assert (textured(np.array([0.1, 0.2, 0.3]), fractal(rng(), 1.0), 0.0) == [0.1, 0.2, 0.3]).all()


def test_tones_are_the_stops_at_their_places_and_between_them_between():
    stops = np.zeros(3), np.array([1.0, 0.5, 0.0]), np.ones(3)
    colours = toned(np.array([0.0, 0.5, 1.0, 0.25]), *stops)
    assert np.allclose(colours, [[0, 0, 0], [1, 0.5, 0], [1, 1, 1], [0.5, 0.25, 0]])


def test_axes_are_square_to_each_other_whatever_their_direction():
    for seed in range(5):
        along, across = axes(rng(seed))
        assert along.shape == across.shape == (SIDE, SIDE)
        assert float((along * across).mean()) == pytest.approx(0, abs=1e-9)
        np.testing.assert_allclose(along**2 + across**2, axes(rng(99))[0] ** 2 + axes(rng(99))[1] ** 2, atol=1e-9)


@pytest.mark.parametrize("roughness", [0.0, 1.0, 2.5])
def test_fractal_noise_is_even_and_finite(roughness):
    noise = fractal(rng(), roughness)
    assert noise.shape == (SIDE, SIDE)
    assert np.isfinite(noise).all()
    assert float(noise.mean()) == pytest.approx(0, abs=1e-9)


def test_a_stretch_pulls_towards_the_percentiles_and_sometimes_does_not():
    picture = 0.4 + 0.1 * np.random.default_rng(0).random((SIDE, SIDE, 3))
    left = stretched_ones = 0
    for seed in range(20):
        out = stretched(picture, rng(seed))
        left += out is picture
        stretched_ones += float(np.ptp(out)) > 0.5
    assert left > 0
    assert stretched_ones > 0
    assert left + stretched_ones == 20


def test_one_colour_survives_a_stretch():
    assert np.isfinite(stretched(np.full((SIDE, SIDE, 3), 0.5), rng(1))).all()
