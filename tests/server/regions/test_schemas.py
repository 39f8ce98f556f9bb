"""Regions as JSON: the example is a region, and what is not known yet is null and not zero."""

import pytest
from pydantic import ValidationError

from server.regions.schemas import RegionList, RegionReference

(EXAMPLE,) = RegionList.model_config["json_schema_extra"]["examples"]


def test_the_example_is_an_answer_and_leaves_nothing_out():
    assert RegionList(**EXAMPLE).model_dump(mode="json") == EXAMPLE


def test_a_region_that_is_not_being_built_has_no_pace():
    (built,) = EXAMPLE["regions"]
    built = {name: value for name, value in built.items() if name not in ("cells_per_second", "seconds_left")}
    region = RegionReference(**built)
    assert (region.cells_per_second, region.seconds_left) == (None, None)


@pytest.mark.parametrize("changed", [{"state": "broken"}, {"bounds": [0, 0, 1]}, {"pace": 3}])
def test_other_states_boxes_and_fields_are_refused(changed):
    with pytest.raises(ValidationError, match=next(iter(changed))):
        RegionReference(**{**EXAMPLE["regions"][0], **changed})
