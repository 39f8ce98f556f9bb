"""Manifest: what a region is made of, as its store's attributes say it; and Condition, when it is listened to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self, get_origin

from tiles.errors import InvalidRegion
from tiles.mercator import MAX_ZOOM

FORMAT, VERSION = "earshot-region", 1
COUNTS = ("columns", "rows", "cells", "dim", "scale", "pixels", "block", "batch")


@dataclass(frozen=True)
class Condition:
    """A month (1 to 12) and an hour (0 to 23) for checkpoints that are told them; None: not told.

    Its text is "month-hour" with "any" for what is not told, so "7-14", "7-any", or plain "any". Raises InvalidRegion.
    """

    month: int | None = None
    hour: int | None = None

    def __post_init__(self) -> None:
        for field, value, low, high in (("month", self.month, 1, 12), ("hour", self.hour, 0, 23)):
            if value is not None and not low <= value <= high:
                raise InvalidRegion(f"condition: {field} must be {low} to {high}, got {value}")

    def __str__(self) -> str:
        if self.month is None and self.hour is None:
            return "any"
        return "-".join("any" if value is None else str(value) for value in (self.month, self.hour))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The condition a text stands for. Raises InvalidRegion."""
        parts = text.split("-") if text != "any" else ["any", "any"]
        if len(parts) != 2 or not all(part == "any" or (part.isascii() and part.isdigit()) for part in parts):
            raise InvalidRegion(f"condition: {text[:40]!r} is neither month-hour, like 7-14, nor any")
        month, hour = (None if part == "any" else int(part) for part in parts)
        return cls(month, hour)


ANY = Condition()


@dataclass(frozen=True)
class Manifest:
    """Everything a region's vectors follow from; two builds with equal manifests write equal bytes.

    `gsd` metres per pixel of the chips, `scale` how many times the source's own; `block` cells a block, `batch` cells
    an encoder's pass; `cells` how many there are and `shape` a hash of which; `queries` a hash of the background's.
    """

    name: str
    zoom: int
    west: int
    north: int
    columns: int
    rows: int
    cells: int
    shape: str
    dim: int
    checkpoint: str
    checkpoint_hash: str
    imagery: str
    attribution: str
    scale: int
    gsd: float
    pixels: int
    conditions: tuple[str, ...]
    block: int
    batch: int
    queries: str

    def to_attributes(self) -> dict[str, Any]:
        """Plain JSON values, with the format's name and version."""
        return {"format": FORMAT, "version": VERSION, **asdict(self), "conditions": list(self.conditions)}

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any]) -> Self:
        """Read the attributes of a store.

        Raises KeyError, TypeError, ValueError, AttributeError or InvalidRegion for any that are not a region's.
        """
        if attributes["format"] != FORMAT or attributes["version"] != VERSION:
            raise ValueError(f"format {attributes['format']} {attributes['version']}, not {FORMAT} {VERSION}")
        values = {field.name: attributes[field.name] for field in fields(cls)}
        values["conditions"] = tuple(str(Condition.parse(text)) for text in values["conditions"])
        for field in fields(cls):
            kinds = (int, float) if field.type is float else get_origin(field.type) or field.type
            if not isinstance(values[field.name], kinds) or isinstance(values[field.name], bool):  # type: ignore[arg-type]
                raise TypeError(f"{field.name} {str(values[field.name])[:40]!r}")
        if not 0 <= values["zoom"] <= MAX_ZOOM or min(values[name] for name in COUNTS) < 1:
            raise ValueError("it counts in numbers that make no region")
        return cls(**values)

    def difference(self, other: Self) -> str | None:
        """The first field that differs and both its values, in words; None when nothing does."""
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if mine != theirs:
                return f"{field.name} {_told(mine)}, not {_told(theirs)}"
        return None

    @property
    def digest(self) -> bytes:
        """A hash of everything here."""
        return hashlib.sha256(json.dumps(self.to_attributes(), sort_keys=True).encode()).digest()


def _told(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
