"""Every error of the room has one base, so that one `except` is enough, and one line that says when it is raised."""

import inspect

import pytest

from model import errors

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_error_is_a_model_error_and_says_in_a_line_what_it_means(kind):
    assert issubclass(kind, errors.ModelError)
    assert kind.__doc__
    assert len(kind.__doc__.splitlines()) == 1


def test_what_no_sound_can_be_rendered_from_is_both_bad_input_and_a_failed_synthesis():
    assert issubclass(errors.InvalidSound, errors.InvalidInput)
    assert issubclass(errors.InvalidSound, errors.SynthesisError)


def test_terms_that_were_not_accepted_are_a_pull_that_failed():
    assert issubclass(errors.LicenceNotAccepted, errors.PullError)


def test_an_entry_that_is_not_there_is_a_gallery_error():
    assert issubclass(errors.UnknownEntry, errors.GalleryError)


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError("no space\nmore"), "no space"), (EOFError(), "EOFError"), (ValueError("\n  odd \n"), "odd")],
)
def test_what_a_library_says_is_told_in_one_line_and_never_empty(error, said):
    assert errors.first_line(error) == said
