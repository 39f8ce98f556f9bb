"""When, how far off and how widely each of Foley's sources is heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Spread = Literal["point", "line", "field"]
"""What a source is seen from the listener: one thing, a road or a shore, or all around."""

DAILY: Mapping[str, tuple[float, ...]] = {
    "always": (1.0,) * 24,
    # The dawn chorus: song peaks in the hour around sunrise, ebbs at noon and has a smaller peak before dusk.
    "dawn": (
        0, 0, 0.02, 0.3, 0.9, 1, 1, 0.9, 0.7, 0.6, 0.5, 0.45, 0.4, 0.4, 0.4, 0.45, 0.5, 0.6, 0.7, 0.7, 0.3, 0.05, 0, 0,
    ),
    "day": (0.05, 0.03, 0.03, 0.05, 0.15, 0.4, 0.8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.8, 0.5, 0.25, 0.12, 0.07),
    # Ectotherms stridulate while the ground is warm and the birds asleep.
    "night": (
        1, 1, 1, 0.9, 0.6, 0.25, 0.1, 0.06, 0.05, 0.05, 0.05, 0.05,
        0.05, 0.05, 0.05, 0.06, 0.1, 0.2, 0.4, 0.7, 1, 1, 1, 1,
    ),
    "heat": (0, 0, 0, 0, 0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 1, 0.9, 0.7, 0.5, 0.2, 0.05, 0, 0, 0),
    # Traffic counts of towns: a morning and an evening peak, a tenth of them at night.
    "traffic": (
        0.2, 0.12, 0.1, 0.12, 0.2, 0.45, 0.75, 1, 1, 0.85, 0.8, 0.8,
        0.85, 0.85, 0.85, 0.9, 1, 1, 0.9, 0.75, 0.6, 0.5, 0.4, 0.3,
    ),
    "work": (0, 0, 0, 0, 0.02, 0.1, 0.4, 0.9, 1, 1, 1, 1, 0.7, 0.9, 1, 1, 1, 0.8, 0.4, 0.15, 0.05, 0.02, 0, 0),
    "people": (
        0.15, 0.1, 0.05, 0.03, 0.03, 0.08, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.9, 0.8, 0.6, 0.4, 0.25,
    ),
}  # fmt: skip
"""How active a kind of source is at each local hour, 0 to 1."""

YEARLY: Mapping[str, tuple[float, ...]] = {
    "always": (1.0,) * 12,
    "spring": (0.2, 0.35, 0.7, 1, 1, 1, 0.7, 0.35, 0.3, 0.25, 0.2, 0.2),
    "summer": (0, 0, 0.05, 0.2, 0.6, 0.9, 1, 1, 0.8, 0.3, 0.05, 0),
    "pond": (0, 0.1, 0.7, 1, 1, 1, 0.6, 0.3, 0.2, 0.1, 0, 0),
    "outdoors": (0.3, 0.35, 0.5, 0.7, 0.9, 1, 1, 1, 0.9, 0.7, 0.4, 0.3),
    "storms": (0.1, 0.1, 0.2, 0.5, 0.8, 1, 1, 1, 0.7, 0.4, 0.2, 0.1),
}
"""How active it is in each month of the northern half of the world, 0 to 1."""


@dataclass(frozen=True)
class Habit:
    """How a source is met.

    `metres` is the distance its model stands for; `spread` what it is seen from there; `passes` whether its model
    moves by itself; `calls` whether it comes in events, which can be few or many.
    """

    metres: float = 30.0
    spread: Spread = "point"
    daily: str = "always"
    yearly: str = "always"
    passes: bool = False
    calls: bool = True

    def activity(self, hour: int | None, month: int | None) -> float:
        """How active it is at an hour (0 to 23) and in a month (1 to 12, northern), 0 to 1; None is any."""
        daily = 1.0 if hour is None else DAILY[self.daily][hour]
        return daily * (1.0 if month is None else YEARLY[self.yearly][month - 1])


def _texture(spread: Spread, metres: float = 40.0, daily: str = "always", yearly: str = "always") -> Habit:
    return Habit(metres, spread, daily, yearly, calls=False)


HABITS: Mapping[str, Habit] = {
    "surf": _texture("line"),
    "swell": _texture("field"),
    "stream": _texture("line", 8),
    "river": _texture("line", 25),
    "lake": _texture("line", 10),
    "fountain": _texture("point", 15),
    "splashing": Habit(15, daily="people", yearly="outdoors"),
    "rain": _texture("field"),
    "thunder": Habit(1500, "field", yearly="storms"),
    "wind_in_trees": _texture("field", 25),
    "wind_in_the_open": _texture("field"),
    "calm": _texture("field"),
    "songbirds": Habit(25, "field", "dawn", "spring"),
    "gulls": Habit(30, "field", "day"),
    "crows": Habit(40, daily="day"),
    "owl": Habit(60, daily="night"),
    "ducks": Habit(25, daily="day"),
    "woodpecker": Habit(60, daily="dawn", yearly="spring"),
    "pigeons": Habit(20, daily="dawn", yearly="spring"),
    "crickets": Habit(10, "field", "night", "summer", calls=False),
    "insects": Habit(5, "field", "heat", "summer", calls=False),
    "shrimp": _texture("field"),
    "frogs": Habit(20, "field", "night", "pond"),
    "cattle": Habit(40, daily="day"),
    "sheep": Habit(40, daily="day"),
    "dogs": Habit(30),
    "rooster": Habit(40, daily="dawn"),
    "horses": Habit(10, daily="day"),
    "motorway": Habit(100, "line", "traffic", passes=True, calls=False),
    "street_traffic": Habit(10, "line", "traffic", passes=True),
    "car_horns": Habit(25, daily="traffic"),
    "siren": Habit(30, passes=True, calls=False),
    "engine": Habit(10, daily="traffic", calls=False),
    "motorcycle": Habit(15, daily="traffic", passes=True),
    "tractor": Habit(40, daily="work", yearly="outdoors", calls=False),
    "train": Habit(30, "line", "traffic", passes=True, calls=False),
    "tram": Habit(12, daily="traffic", passes=True, calls=False),
    "jet": Habit(250, daily="traffic", passes=True, calls=False),
    "propeller": Habit(180, daily="day", passes=True, calls=False),
    "helicopter": Habit(100, passes=True, calls=False),
    "crowd": Habit(12, "field", "people"),
    "children": Habit(20, "field", "people", "outdoors"),
    "footsteps": Habit(4, daily="people"),
    "cheering": Habit(40, "field", "people"),
    "church_bells": Habit(120, daily="people"),
    "machinery": Habit(25, daily="work", calls=False),
    "ventilation": Habit(10, calls=False),
    "hammering": Habit(40, daily="work"),
    "jackhammer": Habit(25, daily="work", calls=False),
    "reversing": Habit(35, daily="work"),
    "chainsaw": Habit(60, daily="work", calls=False),
    "lawn_mower": Habit(30, daily="work", yearly="outdoors", calls=False),
    "sprinkler": Habit(12, yearly="outdoors", calls=False),
    "ship_horn": Habit(300),
    "rigging": Habit(25, "field"),
    "boat": Habit(30, calls=False),
    "outboard": Habit(50, daily="day", yearly="outdoors", calls=False),
    "tennis": Habit(20, daily="people", yearly="outdoors"),
    "ball_game": Habit(40, daily="people", yearly="outdoors"),
    "golf_swing": Habit(15, daily="people", yearly="outdoors"),
}
"""The habit of every source."""
