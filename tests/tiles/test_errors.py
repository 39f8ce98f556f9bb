"""What the tiles room raises on purpose is one family, and each member can be told apart and passed on."""

import inspect
import pickle

import pytest

from tiles import errors
from tiles.errors import ImageryUnavailable, TilesError

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_is_a_tiles_error_and_says_in_one_line_what_it_is(kind):
    assert issubclass(kind, TilesError)
    assert kind.__doc__
    assert "\n" not in kind.__doc__


@pytest.mark.parametrize("kind", ALL)
def test_an_error_comes_through_another_process_as_it_was(kind):
    """Those of a build's worker are told by the process that began it."""
    back = pickle.loads(pickle.dumps(kind("lat: is not on Earth")))
    assert type(back) is kind
    assert str(back) == "lat: is not on Earth"


def test_no_error_is_a_kind_of_another_but_of_the_base():
    assert all(kind.__bases__ == (TilesError,) for kind in ALL if kind is not TilesError)


def test_imagery_that_is_unavailable_says_when_to_try_again():
    assert ImageryUnavailable("down").retry_after == 30
    assert ImageryUnavailable("down", 5).retry_after == 5
    assert pickle.loads(pickle.dumps(ImageryUnavailable("down", 5))).retry_after == 5
