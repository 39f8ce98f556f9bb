"""Answers on the wire: entity tags and what a client accepts."""

import pytest

from server.answers import matches, sound_format


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("", "ogg"),
        ("*/*", "ogg"),
        ("audio/*", "ogg"),
        ("audio/ogg", "ogg"),
        ("audio/wav", "wav"),
        ("audio/x-wav", "wav"),
        ("AUDIO/WAV", "wav"),
        ("audio/wav, audio/ogg", "ogg"),
        ("audio/wav, audio/ogg;q=0.9", "wav"),
        ("audio/webm,audio/ogg,audio/wav,audio/*;q=0.9,application/ogg;q=0.7,*/*;q=0.5", "ogg"),
        ("audio/wav;q=broken", "wav"),
        ("text/html", "ogg"),
        (";;,q=;", "ogg"),
    ],
)
def test_ogg_is_answered_unless_wav_is_preferred(accept, format):
    assert sound_format(accept) == format


@pytest.mark.parametrize(
    ("held", "tag", "same"),
    [
        ("", '"a"', False),
        ('"a"', '"a"', True),
        ('W/"a"', '"a"', True),
        ('"a"', 'W/"a"', True),
        ('"b", W/"a"', '"a"', True),
        ('"b"', '"a"', False),
        ("*", '"a"', True),
    ],
)
def test_tags_are_compared_weakly(held, tag, same):
    assert matches(held, tag) is same
