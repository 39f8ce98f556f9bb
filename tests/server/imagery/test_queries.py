"""What may be asked of imagery is bounded."""

import pytest
from pydantic import ValidationError

from server.imagery.queries import ChipQuery

CHIP = {"source": "null-island", "lat": 0.05, "lon": 0.02}


@pytest.mark.parametrize(
    ("field", "value"),
    [("gsd", 0.04), ("gsd", 1001), ("gsd", float("nan")), ("pixels", 15), ("pixels", 4097), ("source", ""), ("z", 1)],
)
def test_beyond_its_bounds_a_value_is_refused_by_its_field(field, value):
    with pytest.raises(ValidationError) as refused:
        ChipQuery(**{**CHIP, field: value})
    assert [part["loc"] for part in refused.value.errors()] == [(field,)]


def test_the_edges_are_within():
    assert ChipQuery(**CHIP, gsd=0.05, pixels=16).pixels == 16
    assert ChipQuery(**CHIP, gsd=1000, pixels=4096).gsd == 1000
