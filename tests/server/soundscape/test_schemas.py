"""A soundscape as JSON: the example is one, and what may be missing is null."""

import pytest
from pydantic import ValidationError

from server.soundscape.schemas import SOUNDSCAPE_EXAMPLE, GalleryEntry, Soundscape


def test_the_example_is_an_answer_and_leaves_nothing_out():
    assert Soundscape(**SOUNDSCAPE_EXAMPLE).model_dump(mode="json") == SOUNDSCAPE_EXAMPLE


def test_a_gallery_without_scenes_gives_no_confidence_and_a_written_caption_is_of_no_gallery():
    caption = {"id": "generated", "text": "waves", "score": 0.4}
    told = Soundscape(**{**SOUNDSCAPE_EXAMPLE, "confidence": None, "captions": [caption]})
    assert (told.confidence, told.captions[0].scene, told.captions[0].gallery) == (None, None, None)


@pytest.mark.parametrize(
    "changed", [{"route": "guess"}, {"confidence": "high"}, {"sound": {**SOUNDSCAPE_EXAMPLE["sound"], "state": "lost"}}]
)
def test_other_routes_and_states_are_refused(changed):
    with pytest.raises(ValidationError, match=next(iter(changed))):
        Soundscape(**{**SOUNDSCAPE_EXAMPLE, **changed})


def test_a_caption_that_fits_every_scale_is_of_none():
    told = GalleryEntry(
        id="c", gallery="g", kind="caption", text="t", author="a", licence="l", audio="/gallery/c/audio"
    )
    assert (told.scale, told.scene) == (None, None)
