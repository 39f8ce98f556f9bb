"""Answers on the wire: entity tags, parts of bodies and what a client accepts."""

import pytest
from starlette.requests import Request

from server.http.responses import matches, prefers_picture, ranged, sound_format


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


BODY = bytes(range(100))


def part_of(**headers):
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": named})
    return ranged(request, BODY, "image/tiff", {"ETag": '"a"'})


@pytest.mark.parametrize(
    ("range", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=90-", 90, 99), ("bytes=-5", 95, 99), ("bytes=0-999", 0, 99)],
)
def test_a_part_of_a_body_is_answered_when_asked_for(range, first, last):
    answer = part_of(range=range)
    assert answer.status_code == 206
    assert answer.body == BODY[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/100"
    assert answer.headers["content-length"] == str(last + 1 - first)


@pytest.mark.parametrize("range", ["", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b"])
def test_what_is_no_one_part_is_the_whole(range):
    answer = part_of(range=range)
    assert answer.status_code == 200
    assert answer.body == BODY
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("range", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_part_beyond_the_end_is_not_satisfiable(range):
    answer = part_of(range=range)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */100"


def test_a_part_of_another_version_is_the_whole():
    assert part_of(range="bytes=0-1", if_range='"b"').status_code == 200
    assert part_of(range="bytes=0-1", if_range='"a"').status_code == 206


@pytest.mark.parametrize(
    ("accept", "picture"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("image/png", True),
        ("image/avif,image/webp,image/*,*/*;q=0.8", True),
        ("application/json, image/png;q=0.5", False),
        ("application/json;q=0.5, image/png", True),
    ],
)
def test_a_picture_is_answered_to_those_who_ask_for_pictures(accept, picture):
    assert prefers_picture(accept) is picture
