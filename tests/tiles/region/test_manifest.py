"""A manifest says everything a region's vectors follow from, and comes back from its attributes unchanged."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiles.errors import InvalidRegion
from tiles.region.manifest import ANY, Condition, Manifest

MADE = Manifest(
    name="ground",
    zoom=9,
    west=252,
    north=252,
    columns=6,
    rows=6,
    cells=36,
    shape="abc",
    dim=24,
    checkpoint="tiny",
    checkpoint_hash="c0ffee",
    imagery="ground",
    attribution="nobody",
    scale=1,
    gsd=0.6,
    pixels=8,
    conditions=("any", "7-14"),
    block=8,
    batch=3,
    queries="def",
)
REFUSED = (KeyError, TypeError, ValueError, AttributeError, InvalidRegion)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=1)


def attributes(**changed):
    return {**json.loads(json.dumps(MADE.to_attributes())), **changed}


def test_a_manifest_comes_back_from_json_as_it_was():
    assert Manifest.from_attributes(attributes()) == MADE


def test_more_attributes_do_not_matter():
    assert Manifest.from_attributes(attributes(failures=[], ready=True)) == MADE


def test_a_whole_number_of_metres_is_a_gsd_too():
    assert Manifest.from_attributes(attributes(gsd=10)).gsd == 10


@pytest.mark.parametrize("field", [field.name for field in fields(Manifest)])
def test_every_field_is_needed(field):
    lacking = attributes()
    del lacking[field]
    with pytest.raises(KeyError):
        Manifest.from_attributes(lacking)


@pytest.mark.parametrize(
    ("field", "value"),
    [("zoom", "9"), ("zoom", 9.5), ("dim", None), ("dim", True), ("name", 7), ("gsd", "0.6"), ("conditions", 5)],
)
def test_a_value_of_another_kind_is_refused(field, value):
    with pytest.raises(REFUSED):
        Manifest.from_attributes(attributes(**{field: value}))


@pytest.mark.parametrize("field", ["columns", "rows", "cells", "dim", "scale", "pixels", "block", "batch"])
@pytest.mark.parametrize("value", [0, -1])
def test_a_count_of_nothing_is_refused(field, value):
    with pytest.raises(ValueError, match="no region"):
        Manifest.from_attributes(attributes(**{field: value}))


@settings(max_examples=60, deadline=None)
@given(field=st.sampled_from([field.name for field in fields(Manifest)]), value=JSON)
def test_whatever_stands_in_a_field_it_is_read_or_refused(field, value):
    try:
        read = Manifest.from_attributes(attributes(**{field: value}))
    except REFUSED:
        return
    assert json.loads(json.dumps(read.to_attributes()))[field] == value


def test_a_later_version_is_refused_by_its_number():
    with pytest.raises(ValueError, match="earshot-region 2, not earshot-region 1"):
        Manifest.from_attributes(attributes(version=2))


def test_the_first_difference_is_told_in_words():
    assert MADE.difference(MADE) is None
    assert MADE.difference(replace(MADE, scale=3)) == "scale 1, not 3"
    assert MADE.difference(replace(MADE, gsd=1.8)) == "gsd 0.6, not 1.8"
    assert MADE.difference(replace(MADE, conditions=("7-any",))) == "conditions any,7-14, not 7-any"


@pytest.mark.parametrize("field", [field.name for field in fields(Manifest)])
def test_the_digest_follows_from_every_field(field):
    value = getattr(MADE, field)
    other = (*value, "1-1") if isinstance(value, tuple) else value * 2
    assert replace(MADE, **{field: other}).digest != MADE.digest
    assert replace(MADE).digest == MADE.digest


@pytest.mark.parametrize("text", ["any", "7-14", "7-any", "any-23", "12-0"])
def test_a_condition_is_its_text(text):
    assert str(Condition.parse(text)) == text


@settings(max_examples=40, deadline=None)
@given(month=st.none() | st.integers(1, 12), hour=st.none() | st.integers(0, 23))
def test_every_month_and_hour_there_is_has_a_text_of_its_own(month, hour):
    assert Condition.parse(str(Condition(month, hour))) == Condition(month, hour)


@pytest.mark.parametrize("text", ["", "7", "13-2", "7-24", "0-1", "a-b", "7-14-2", "٧-1", "-1-2", "any-any-any"])
def test_a_bad_condition_is_refused_by_name(text):
    with pytest.raises(InvalidRegion, match=r"^condition: "):
        Condition.parse(text)


@pytest.mark.parametrize(("month", "hour"), [(0, None), (13, None), (None, -1), (None, 24)])
def test_a_month_or_hour_that_there_is_not_is_refused(month, hour):
    with pytest.raises(InvalidRegion, match=r"^condition: (month|hour) must be"):
        Condition(month, hour)


def test_no_condition_is_any():
    assert Condition() == ANY == Condition.parse("any") == Condition.parse("any-any")
