"""Schemas that every answer shares: closed, immutable, and problems as RFC 9457 has them."""

import pytest
from pydantic import ValidationError

from server.http.wire import Point, Problem


def test_an_answer_has_no_field_that_is_not_described_and_cannot_be_changed():
    point = Point(lat=1.0, lon=2.0)
    with pytest.raises(ValidationError):
        Point(lat=1.0, lon=2.0, height=3.0)
    with pytest.raises(ValidationError):
        point.lat = 2.0


def test_the_example_of_a_problem_is_one():
    (example,) = Problem.model_config["json_schema_extra"]["examples"]
    problem = Problem(**example)
    assert problem.model_dump(exclude_defaults=True) == example
    assert problem.instance is None
