"""What may be asked of synthesis: whole points or captions, within bounds, and nothing that no one knows."""

import pytest
from pydantic import ValidationError

from server.errors import InvalidInput
from server.http.parameters import MAX_SECONDS, MAX_SEED
from server.sound.queries import (
    MAX_CAPTION,
    MAX_GUIDANCE,
    MAX_POINTS,
    MAX_STEPS,
    AudioQuery,
    PeaksQuery,
    SynthesisOptions,
    SynthesisRequest,
)


def test_a_caption_alone_is_of_no_place():
    assert SynthesisRequest(caption="wind").point() is None


def test_a_place_is_told_with_all_that_decides_its_image_and_its_time():
    request = SynthesisRequest(lat=0.5, lon=0.25, scale=3, month=4, hour=5, imagery="esri", seed=9)
    point = request.point()
    told = (point.lat, point.lon, point.scale, point.month, point.hour, point.imagery)
    assert told == (0.5, 0.25, 3, 4, 5, "esri")


@pytest.mark.parametrize(("half", "missing"), [({"lat": 0.0}, "lon"), ({"lon": 0.0}, "lat"), ({}, "caption")])
def test_half_a_point_or_nothing_is_refused_by_the_name_of_what_is_missing(half, missing):
    with pytest.raises(InvalidInput) as refused:
        SynthesisRequest(**half).point()
    assert refused.value.field == missing
    if half:
        with pytest.raises(InvalidInput):
            SynthesisRequest(caption="wind", **half).point()


def test_the_equator_and_the_prime_meridian_are_a_place():
    assert SynthesisRequest(lat=0.0, lon=0.0).point().lat == 0.0


def test_a_caption_is_told_without_the_blanks_around_it():
    assert SynthesisOptions(caption="  wind \n").caption == "wind"


@pytest.mark.parametrize(
    ("field", "least", "most", "below", "above"),
    [
        ("seconds", 1.0, MAX_SECONDS, 0.99, MAX_SECONDS + 0.01),
        ("seed", 0, MAX_SEED, -1, MAX_SEED + 1),
        ("steps", 1, MAX_STEPS, 0, MAX_STEPS + 1),
        ("guidance", 0.0, MAX_GUIDANCE, -0.1, MAX_GUIDANCE + 0.1),
        ("month", 1, 12, 0, 13),
        ("hour", 0, 23, -1, 24),
        ("caption", "x", "x" * MAX_CAPTION, "", "x" * (MAX_CAPTION + 1)),
        ("engine", "f", "f" * 50, "", "f" * 51),
    ],
)
def test_values_are_taken_up_to_their_bounds_and_refused_beyond(field, least, most, below, above):
    for value in (least, most):
        assert getattr(SynthesisOptions(**{field: value}), field) == value
    for value in (below, above):
        with pytest.raises(ValidationError, match=field):
            SynthesisOptions(**{field: value})


@pytest.mark.parametrize("field", ["seconds", "guidance"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(field, value):
    with pytest.raises(ValidationError, match=field):
        SynthesisOptions(**{field: value})


@pytest.mark.parametrize("kind", [SynthesisOptions, SynthesisRequest, AudioQuery, PeaksQuery])
def test_a_field_that_no_one_knows_is_refused_and_what_was_asked_stays_as_it_is(kind):
    with pytest.raises(ValidationError, match="volume"):
        kind(volume=11)
    asked = kind()
    with pytest.raises(ValidationError, match="frozen"):
        setattr(asked, next(iter(kind.model_fields)), None)


def test_a_waveform_is_drawn_in_800_parts_unless_told_and_in_no_more_than_there_is_room_for():
    assert PeaksQuery().points == 800
    assert PeaksQuery(points=MAX_POINTS).points == MAX_POINTS
    for points in (0, MAX_POINTS + 1):
        with pytest.raises(ValidationError):
            PeaksQuery(points=points)


@pytest.mark.parametrize("format", ["ogg", "flac", "wav", None])
def test_formats_are_the_three_that_are_kept(format):
    assert AudioQuery(format=format).format == format
    with pytest.raises(ValidationError):
        AudioQuery(format="mp3")
