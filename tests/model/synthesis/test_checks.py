"""What no sound can be rendered from is refused by the name of its field, by every synthesizer alike."""

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import InvalidSound
from model.synthesis.checks import MAX_CAPTION, check_caption, check_number, check_seed, check_whole


@pytest.mark.parametrize("caption", ["a", "rain on a roof", "雨", "x" * MAX_CAPTION, "  spaced  "])
def test_a_caption_is_any_text_that_is_neither_empty_nor_a_book(caption):
    check_caption(caption)


@pytest.mark.parametrize("caption", ["", "   ", "\n", "x" * (MAX_CAPTION + 1), None, 3, b"rain", ["rain"]])
def test_what_is_no_caption_is_refused(caption):
    with pytest.raises(InvalidSound, match="caption: must be a text of 1 to 2000"):
        check_caption(caption)


def test_spaces_around_a_caption_do_not_count():
    check_caption(" " * MAX_CAPTION + "rain")


@given(st.floats(1, 60))
def test_numbers_within_their_limits_are_taken_the_ends_included(value):
    check_number("seconds", value, (1.0, 60.0))


@pytest.mark.parametrize("value", [0.999, 60.001, math.nan, math.inf, -math.inf, "10", None, [1], 1j])
def test_other_numbers_are_refused_with_their_field_and_limits(value):
    with pytest.raises(InvalidSound, match="seconds: must be within 1 to 60"):
        check_number("seconds", value, (1.0, 60.0))


@pytest.mark.parametrize("value", [1, np.int64(7), np.uint8(3), 200])
def test_whole_numbers_of_any_make_are_taken(value):
    check_whole("steps", value, (1, 200))


@pytest.mark.parametrize("value", [0, 201, 1.0, np.float64(3), True, False, "3", None])
def test_what_is_not_whole_is_refused_and_so_are_truth_values(value):
    with pytest.raises(InvalidSound, match="steps: must be a whole number within 1 to 200"):
        check_whole("steps", value, (1, 200))


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1, np.int64(5)])
def test_a_seed_fits_63_bits(seed):
    check_seed(seed)


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, True, "1", None])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(InvalidSound, match="seed"):
        check_seed(seed)


ANY = st.integers() | st.floats() | st.text() | st.none() | st.booleans()


@given(ANY)
def test_nothing_but_a_refusal_comes_of_any_value(value):
    for check in (check_caption, check_seed):
        with contextlib.suppress(InvalidSound):
            check(value)
    for bounded in (check_number, check_whole):
        with contextlib.suppress(InvalidSound):
            bounded("x", value, (0, 1))
            assert 0 <= value <= 1
