"""What the server room raises on purpose is one family, and carries what an answer has to say."""

import inspect

import pytest

from server import errors
from server.errors import InvalidInput, ServerError, Unavailable

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_error_is_a_server_error_and_says_in_a_line_what_it_means(kind):
    assert issubclass(kind, ServerError)
    assert kind.__doc__
    assert len(kind.__doc__.splitlines()) == 1


def test_a_refused_field_is_named_before_what_is_wrong_with_it():
    refusal = InvalidInput("lat", "is not on Earth")
    assert (refusal.field, refusal.detail, str(refusal)) == ("lat", "is not on Earth", "lat: is not on Earth")


@pytest.mark.parametrize(
    "kind", [kind for kind in ALL if issubclass(kind, Unavailable)], ids=lambda kind: kind.__name__
)
def test_what_will_be_answered_later_says_when_to_ask_again(kind):
    assert kind("Busy.").retry_after == 1
    assert kind("Busy.", 30.0).retry_after == 30
    assert str(kind("Busy.", 30.0)) == "Busy."


def test_a_queue_that_is_full_a_sound_that_failed_and_a_start_that_is_not_over_are_asked_again():
    assert {kind.__name__ for kind in ALL if issubclass(kind, Unavailable)} == {
        *("Unavailable", "Overloaded", "SoundFailed", "NotReady")
    }
