"""In which colours scores are drawn: over which range unless another is asked for, and what the legend says of it."""

from types import SimpleNamespace

import numpy as np
import pytest

from server.errors import InvalidInput
from server.search.colour_range import LEGEND_STOPS, legend_of, ramp_of
from tiles.errors import InvalidHeatmap

BACKGROUND = np.linspace(-0.2, 0.6, 101, dtype=np.float32)


def region(background=BACKGROUND):
    return SimpleNamespace(background=background)


def ends(by, difference, background=BACKGROUND):
    ramp = ramp_of(region(background), by, difference, None, None, 0.8)
    return ramp.low, ramp.high


def test_percentiles_glow_above_the_median():
    assert ends("percentile", False) == (50.0, 100.0)


def test_a_difference_of_percentiles_reaches_as_far_to_both_sides():
    assert ends("percentile", True) == (-50.0, 50.0)


def test_cosines_glow_from_the_median_of_the_background_to_its_most():
    assert ends("cosine", False) == pytest.approx((0.2, 0.6), abs=0.002)


def test_a_difference_of_cosines_reaches_as_far_to_both_sides():
    low, high = ends("cosine", True)
    assert low == -high
    assert high == pytest.approx(0.4, abs=0.002)


def test_without_a_background_the_whole_range_is_drawn():
    assert ends("cosine", False, np.empty(0, np.float32)) == (0.0, 1.0)
    assert ends("cosine", True, np.empty(0, np.float32)) == (-1.0, 1.0)


def test_what_is_asked_for_is_drawn():
    ramp = ramp_of(region(), "cosine", False, "viridis", (0.1, 0.3), 0.5)
    assert (ramp.colormap, ramp.low, ramp.high, ramp.opacity) == ("viridis", 0.1, 0.3, 0.5)


@pytest.mark.parametrize(("difference", "usual"), [(False, "magma"), (True, "puor_r")])
def test_a_difference_has_a_ramp_with_two_sides_and_nothing_else_has(difference, usual):
    assert ramp_of(region(), "cosine", difference, None, None, 0.8).colormap == usual
    with pytest.raises(InvalidInput, match="colormap"):
        ramp_of(region(), "cosine", not difference, usual, None, 0.8)


@pytest.mark.parametrize(("colormap", "range"), [("no-such-ramp", None), ("magma", (0.5, 0.5)), ("magma", (1.0, 0.0))])
def test_what_cannot_be_drawn_is_refused(colormap, range):
    with pytest.raises(InvalidHeatmap):
        ramp_of(region(), "cosine", False, colormap, range, 0.8)


def test_a_legend_goes_from_end_to_end_in_the_ramps_own_colours():
    ramp = ramp_of(region(), "percentile", False, None, None, 0.8)
    legend = legend_of(ramp, "percentile")
    assert len(legend.stops) == LEGEND_STOPS
    assert (legend.stops[0].value, legend.stops[-1].value) == legend.rescale == (50.0, 100.0)
    assert (legend.by, legend.colormap, legend.difference) == ("percentile", "magma", False)
    assert legend_of(ramp_of(region(), "cosine", True, None, None, 1.0), "cosine").difference
