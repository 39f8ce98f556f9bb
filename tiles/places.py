"""Named places to build a region over: rough boxes around continents and countries, and Null Island.

The boxes are rounded outward by eye and say nothing about borders; the United States are the contiguous ones.
"""

import csv
import difflib
from functools import cache
from pathlib import Path

from tiles.errors import UnknownRegion
from tiles.footprint import Bounds

NULL_ISLAND = "null-island"
TABLE = Path(__file__).with_name("places.csv")


@cache
def place_boxes() -> dict[str, Bounds]:
    """West, south, east, north of every place by name; west > east across the dateline."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return {
            row["name"]: (float(row["west"]), float(row["south"]), float(row["east"]), float(row["north"]))
            for row in csv.DictReader(file)
        }


def find_place(name: str) -> Bounds:
    """The box of a place, however its name is spelt: "New Zealand" is new-zealand. Raises UnknownRegion."""
    slug = "-".join(name.lower().replace("_", " ").replace("-", " ").split())
    boxes = place_boxes()
    if slug not in boxes:
        near = difflib.get_close_matches(slug, boxes, 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; use a bounding box or a polygon"
        raise UnknownRegion(f"place: {name[:60]!r} is not known{hint}")
    return boxes[slug]
