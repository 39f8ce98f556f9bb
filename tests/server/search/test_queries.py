"""What may be searched for: words are trimmed, numbers are counted, and what is refused names its field."""

import pytest
from pydantic import ValidationError

from server.errors import InvalidInput
from server.search.queries import MAX_PLACES, MAX_QUERY, HeatmapQuery, RegionQuery, SearchQuery, numbers_of
from tiles.errors import InvalidRegion
from tiles.region import Condition


def test_words_are_trimmed_so_that_one_query_has_one_name():
    assert RegionQuery(q="  waves ", minus="\tcars\n") == RegionQuery(q="waves", minus="cars")


@pytest.mark.parametrize(
    "asked",
    [
        *({"q": ""}, {"q": "  "}, {"q": "x" * (MAX_QUERY + 1)}, {"minus": " "}, {"region": ""}, {"region": "x" * 101}),
        *({"query": "0" * 31}, {"query": "../" + "0" * 29}, {"query": "G" * 32}, {"concept": -1}, {"concept": 2**31}),
        *({"condition": "x" * 21}, {"colour": "red"}),
    ],
)
def test_what_no_query_holds_is_refused_by_its_name(asked):
    with pytest.raises(ValidationError) as refusal:
        RegionQuery(**asked)
    assert [error["loc"] for error in refusal.value.errors()] == [tuple(asked)]


def test_a_condition_is_a_month_and_an_hour_and_without_one_the_regions_first_is_meant():
    assert RegionQuery(q="waves").when is None
    assert RegionQuery(q="waves", condition="7-14").when == Condition(7, 14)
    with pytest.raises(InvalidRegion, match="condition"):
        _ = RegionQuery(q="waves", condition="july").when


@pytest.mark.parametrize(
    "asked",
    [
        *({"limit": 0}, {"limit": MAX_PLACES + 1}, {"min_percentile": -1}, {"min_percentile": 101}),
        *({"min_percentile": float("nan")}, {"bbox": ""}, {"bbox": "1" * 201}),
    ],
)
def test_what_lists_no_places_is_refused_by_its_name(asked):
    with pytest.raises(ValidationError) as refusal:
        SearchQuery(**asked)
    assert [error["loc"] for error in refusal.value.errors()] == [tuple(asked)]


def test_a_box_and_a_range_are_read_as_they_stand():
    assert SearchQuery().box is None
    assert SearchQuery(bbox="170, -80,-170,80.5").box == (170.0, -80.0, -170.0, 80.5)
    assert HeatmapQuery().range is None
    assert HeatmapQuery(rescale="-0.5,1e2").range == (-0.5, 100.0)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "1,x", "1,", "nan,1", "0,inf", "1;2"])
def test_other_than_so_many_finite_numbers_is_refused_by_name(text):
    with pytest.raises(InvalidInput, match="must be 2 numbers") as refusal:
        numbers_of("rescale", text, 2)
    assert refusal.value.field == "rescale"


def test_a_refusal_repeats_no_more_of_the_text_than_a_line():
    with pytest.raises(InvalidInput) as refusal:
        numbers_of("bbox", "9" * 150, 4)
    assert len(refusal.value.detail) < 120


@pytest.mark.parametrize(
    "asked", [{"by": "fame"}, {"pool": "median"}, {"opacity": 1.1}, {"opacity": float("nan")}, {"v": "x" * 65}]
)
def test_what_draws_no_map_is_refused_by_its_name(asked):
    with pytest.raises(ValidationError) as refusal:
        HeatmapQuery(**asked)
    assert [error["loc"] for error in refusal.value.errors()] == [tuple(asked)]
