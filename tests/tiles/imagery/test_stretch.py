"""Bytes that are a picture stay as they are; anything else is brought onto the byte scale by one rule for the file."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tiles.imagery.stretch import DARK, Stretch, measure_stretch

RANDOM = np.random.default_rng(2)


def values(low, high, count=5000):
    return RANDOM.uniform(low, high, (count, 3)).astype(np.float32)


def test_bytes_that_fill_their_range_stay_as_they_are():
    assert measure_stretch(values(0, 255), is_byte=True) is None


def test_dark_bytes_are_raw_counts_and_are_stretched():
    stretch = measure_stretch(values(0, DARK * 0.9), is_byte=True)
    assert stretch is not None
    assert stretch.apply(values(0, DARK * 0.9)).mean() == pytest.approx(127.5, abs=5)


@pytest.mark.parametrize(("low", "high"), [(0, 255), (200, 9000), (-0.3, 0.9), (1e6, 2e6)])
def test_values_that_are_no_bytes_are_stretched_from_their_2nd_to_their_98th_percentile(low, high):
    given_values = values(low, high)
    stretch = measure_stretch(given_values, is_byte=False)
    np.testing.assert_allclose(stretch.apply(stretch.low), 0, atol=1e-3)
    np.testing.assert_allclose(stretch.apply(stretch.high), 255, atol=1e-3)
    shown = stretch.apply(given_values)
    assert ((shown < 0).mean(), (shown > 255).mean()) == pytest.approx((0.02, 0.02), abs=0.005)


def test_each_band_has_a_range_of_its_own():
    stretch = measure_stretch(np.stack([values(0, 1)[:, 0], values(5, 9)[:, 0], values(-4, 0)[:, 0]], 1), is_byte=False)
    np.testing.assert_allclose(stretch.low, [0.02, 5.08, -3.92], atol=0.05)
    np.testing.assert_allclose(stretch.high, [0.98, 8.92, -0.08], atol=0.05)


def test_a_band_of_one_value_is_shown_in_the_middle_of_its_range():
    flat = np.full((100, 3), 7, np.float32)
    np.testing.assert_allclose(measure_stretch(flat, is_byte=False).apply(flat), 127.5)


def test_a_few_wild_values_do_not_set_the_range():
    wild = values(0, 1)
    wild[:20] = 1e6
    assert measure_stretch(wild, is_byte=False).high.max() < 1.1


def test_a_single_value_can_be_measured():
    assert np.isfinite(measure_stretch(np.float32([[5, 6, 7]]), is_byte=False).apply(np.float32([5, 6, 7]))).all()


def test_a_stretch_is_linear_and_keeps_the_shape():
    stretch = Stretch(np.float32([0, 10, -1]), np.float32([1, 20, 1]))
    shown = stretch.apply(np.broadcast_to(np.float32([0.5, 15, 0]), (4, 6, 3)))
    assert shown.shape == (4, 6, 3)
    np.testing.assert_allclose(shown, 127.5)
    assert shown.dtype == np.float32


@settings(max_examples=30, deadline=None)
@given(low=st.floats(-1e4, 1e4, width=32), spread=st.floats(0, 1e4, width=32))
@example(low=0.0, spread=1.1754943508222875e-38)
def test_the_order_of_values_is_kept_and_none_becomes_nothing(low, spread):
    rising = np.linspace(low, low + spread, 50, dtype=np.float32)[:, None].repeat(3, 1)
    shown = measure_stretch(rising, is_byte=False).apply(rising)
    assert np.isfinite(shown).all()
    assert (np.diff(shown, axis=0) >= 0).all()
