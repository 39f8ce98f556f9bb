"""Bytes are a picture and stay as they are; anything else is brought onto their scale, all bands alike."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tiles.imagery.raster.stretch import DARK, SHADOW, Stretch, measure_stretch, stretch_between

RANDOM = np.random.default_rng(2)
PICTURE = RANDOM.integers(30, 230, (5000, 3))
SEA = np.clip(RANDOM.normal((41, 78, 95), 5, (5000, 3)), 0, 255).round()
"""A picture of one kind of land, as bytes."""


def values(low, high, count=5000):
    return RANDOM.uniform(low, high, (count, 3)).astype(np.float32)


def shown(given_values, **kind):
    given_values = np.asarray(given_values, np.float32)
    stretch = measure_stretch(given_values, is_byte=False, **kind)
    return stretch.apply(given_values)


@pytest.mark.parametrize("picture", [PICTURE, SEA, np.full((50, 3), 3)], ids=["full", "one land", "one dark value"])
def test_bytes_in_colour_stay_as_they_are_however_dark(picture):
    assert measure_stretch(picture.astype(np.float32), is_byte=True) is None


def test_a_single_band_of_dark_bytes_is_counts_and_is_stretched():
    assert measure_stretch(values(0, 255), is_byte=True, is_grey=True) is None
    stretch = measure_stretch(values(0, DARK * 0.9), is_byte=True, is_grey=True)
    assert stretch.apply(values(0, DARK * 0.9)).mean() == pytest.approx(127.5, abs=5)


@pytest.mark.parametrize("picture", [PICTURE, SEA], ids=["full", "one land"])
@pytest.mark.parametrize("factor", [257, 256, 16, 4, 1 / 255, 0.35 / 255], ids=str)
def test_a_picture_in_other_numbers_is_the_picture(picture, factor):
    np.testing.assert_allclose(shown(picture * factor), picture, atol=0.6)


@pytest.mark.parametrize(("factor", "moved"), [(12, 300), (12, 0), (40, 1000)])
def test_a_picture_that_was_scaled_and_moved_is_the_picture_but_for_its_darkest_shade(factor, moved):
    off = shown(SEA * factor + moved) - SEA
    assert np.ptp(off) < 0.01
    assert abs(off[0, 0]) == pytest.approx(abs(SHADOW - SEA.min()), abs=0.01)


@pytest.mark.parametrize(("white", "moved"), [(0.35, 0), (3500, 0), (3500, 1000)])
def test_reflectance_is_shown_up_to_what_the_ground_reflects(white, moved):
    reflected = SEA / 255 * white + RANDOM.uniform(0, white / 255, SEA.shape) + moved
    reflected = reflected if white < 1 else np.rint(reflected)
    np.testing.assert_allclose(shown(reflected), SEA + 0.5, atol=1.5)


@pytest.mark.parametrize(("low", "high"), [(0, 5000), (0, 30_000), (0, 65_535), (0, 0.9), (0, 40.5), (0, 2e6)])
def test_bright_values_are_neither_cut_off_nor_left_dark(low, high):
    bright = np.percentile(shown(values(low, high)), 98)
    assert 60 <= bright <= 256


@pytest.mark.parametrize(("low", "high"), [(-0.3, 0.9), (-25, 0), (-500, 500)])
def test_colours_that_go_below_zero_are_stretched_over_their_own_range(low, high):
    given_values = values(low, high)
    result = shown(given_values)
    assert ((result < 0).mean(), (result > 255).mean()) == pytest.approx((0.02, 0.02), abs=0.005)


def test_a_single_band_is_stretched_over_its_own_range():
    assert np.percentile(shown(values(200, 900), is_grey=True), [2, 98]) == pytest.approx((0, 255), abs=0.5)


def test_all_bands_are_moved_and_scaled_alike():
    stretch = measure_stretch(np.stack([values(0, 1)[:, 0], values(5, 9)[:, 0], values(-4, 0)[:, 0]], 1), is_byte=False)
    assert len(set(stretch.low.tolist())) == len(set(stretch.high.tolist())) == 1


def test_a_map_of_few_classes_is_no_picture_in_other_numbers():
    classes = RANDOM.integers(1, 6, (500, 3)) * 1000
    assert measure_stretch(classes.astype(np.float32), is_byte=False).high[0] > 5000


@pytest.mark.parametrize("digit", [0.01, 0.001])
def test_reflectance_that_was_rounded_is_no_picture_in_other_numbers(digit):
    rounded = np.round(values(0.02, 0.3) / digit) * digit
    assert measure_stretch(rounded, is_byte=False).high[0] == pytest.approx(0.35)


def test_where_nothing_lies_between_the_value_is_shown_in_the_middle():
    flat = np.full((100, 3), 7, np.float32)
    np.testing.assert_allclose(shown(flat, is_grey=True), 127.5)
    assert np.isfinite(stretch_between(5, 5).apply(flat)).all()


def test_a_few_wild_values_do_not_set_the_range():
    wild = values(0, 1)
    wild[:20] = 1e6
    assert measure_stretch(wild, is_byte=False).high.max() < 1.2


def test_a_single_value_can_be_measured():
    assert np.isfinite(shown([[5, 6, 7]])).all()


def test_a_stretch_is_linear_and_keeps_the_shape():
    stretch = Stretch(np.float32([0, 10, -1]), np.float32([1, 20, 1]))
    result = stretch.apply(np.broadcast_to(np.float32([0.5, 15, 0]), (4, 6, 3)))
    assert result.shape == (4, 6, 3)
    np.testing.assert_allclose(result, 127.5)
    assert result.dtype == np.float32


@settings(max_examples=30, deadline=None)
@given(low=st.floats(-1e4, 1e4, width=32), spread=st.floats(0, 1e4, width=32))
@example(low=0.0, spread=1.1754943508222875e-38)
def test_the_order_of_values_is_kept_and_none_becomes_nothing(low, spread):
    result = shown(np.linspace(low, low + spread, 50, dtype=np.float32)[:, None].repeat(3, 1))
    assert np.isfinite(result).all()
    assert (np.diff(result, axis=0) >= 0).all()
