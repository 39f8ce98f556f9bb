"""The places that the page offers for a first click are what they are named for; no browser is needed to know."""

import re
from pathlib import Path

import pytest

from tiles.imagery.null_island import land_cover

SOURCE = Path(__file__).parents[2] / "frontend/web/src/page/examples.ts"
PLACE = re.compile(r'\{ name: "([^"]+)", lat: ([-\d.]+), lon: ([-\d.]+) \}')
LANDS = ("beach", "harbour", "city", "forest", "farmland", "reef", "airport")


def offered() -> dict[str, tuple[float, float]]:
    """The example places of Null Island by name."""
    island = SOURCE.read_text().split("const NULL_ISLAND", 1)[1].split("];", 1)[0]
    return {name: (float(lat), float(lon)) for name, lat, lon in PLACE.findall(island)}


def test_there_is_one_for_each_kind_of_land() -> None:
    assert sorted(name.rsplit(" ", 1)[1] for name in offered()) == sorted(LANDS)


@pytest.mark.parametrize("land", LANDS)
def test_an_example_place_is_the_land_it_is_named_for(land: str) -> None:
    (place,) = (place for name, place in offered().items() if name.endswith(land))
    assert land_cover(*place).item() == land
