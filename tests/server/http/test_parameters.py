"""What may be asked is bounded, whoever asks: the routes or the command line."""

import pytest
from pydantic import ValidationError

from server.errors import InvalidInput
from server.http.parameters import PageQuery, PlaceQuery, PointQuery, SoundOptions, SoundQuery, checked

HERE = {"lat": 0.05, "lon": 0.02}


@pytest.mark.parametrize(("lat", "lon"), [(90, 180), (-90, -180), (0, 0), (-0.0, 179.999999)])
def test_the_edges_of_the_world_may_be_asked_for(lat, lon):
    query = PointQuery(lat=lat, lon=lon)
    assert (query.lat, query.lon) == (lat, lon)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("lat", value) for value in (90.0001, -91, float("nan"), float("inf"), "north")),
        *(("lon", value) for value in (180.0001, -181, float("nan"), float("-inf"))),
        *(("scale", value) for value in (0, 101, 1.5)),
        *(("month", value) for value in (0, 13)),
        *(("hour", value) for value in (-1, 24)),
        *(("k", value) for value in (0, 51)),
        *(("imagery", value) for value in ("", "x" * 501)),
        *(("caption", value) for value in ("", "invent")),
        *(("seed", value) for value in (-1, 2**32)),
        *(("seconds", value) for value in (0.5, 60.5, float("nan"))),
        ("format", "mp3"),
        ("nonsense", 1),
    ],
)
def test_beyond_its_bounds_a_value_is_refused_by_its_field(field, value):
    with pytest.raises(ValidationError) as refused:
        SoundQuery(**{**HERE, field: value})
    assert [part["loc"] for part in refused.value.errors()] == [(field,)]
    with pytest.raises(InvalidInput, match=field):
        checked(SoundQuery, **{**HERE, field: value})


@pytest.mark.parametrize(("field", "value"), [("limit", 0), ("limit", 1001), ("offset", -1), ("offset", 2**31)])
def test_a_list_has_an_end(field, value):
    with pytest.raises(ValidationError):
        PageQuery(**{field: value})


def test_the_place_of_a_query_is_the_same_whatever_else_is_asked_of_it():
    places = [
        query.place("null-island")
        for query in (
            PlaceQuery(**HERE, month=7),
            PointQuery(**HERE, month=7, k=9),
            SoundQuery(**HERE, month=7, seed=3, seconds=20),
        )
    ]
    assert len(set(places)) == 1
    assert type(places[2]) is PlaceQuery
    assert (places[0].imagery, places[0].month) == ("null-island", 7)


def test_a_query_cannot_be_changed_and_so_can_be_a_key():
    query = PointQuery(**HERE)
    with pytest.raises(ValidationError):
        query.lat = 1.0
    assert {query: 1}[PointQuery(**HERE)] == 1


def test_the_first_value_out_of_bounds_is_the_one_that_is_named():
    with pytest.raises(InvalidInput, match=r"lat: .*90"):
        checked(PointQuery, lat=91, lon=0)
    with pytest.raises(InvalidInput, match="seconds"):
        checked(SoundOptions, seconds=float("nan"))
    assert checked(PointQuery, lat=1, lon=2).k == 5
