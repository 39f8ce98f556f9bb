"""The engines that render captions: what each needs, what it may be told, and how long it takes on this machine."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from model.errors import ModelError
from model.synthesis import Synthesizer, open_synthesizer
from server.errors import EngineAbsent, InvalidInput
from server.version import installed_version

Lane = Literal["quick", "heavy"]
"""A device's queue: quick work is done in moments on any core; heavy work has a device to itself for long."""

MEASURED = ("waves break on the shore, wind blows and gulls call", 10.0)
"""What is rendered to learn how long an engine takes."""
TELLING_SECONDS = 5.0


@dataclass(frozen=True)
class EngineCard:
    """What is known of an engine whether or not it is installed; `steps` and `guidance` are None where it has none."""

    name: str
    needs: str
    licence: str
    lane: Lane
    notice: str = ""
    steps: int | None = None
    guidance: float | None = None
    max_seconds: float = 30.0
    knows_time: bool = False
    """Whether it can be told the hour and the month, and to close a loop."""


CARDS = (
    EngineCard("foley", "nothing beyond this installation", "CC0-1.0", "quick", max_seconds=60.0, knows_time=True),
    EngineCard(
        "tangoflux",
        "its weights: run `earshot pull tangoflux`",
        "Stability AI Community License, and non-commercial research only",
        "heavy",
        notice="Powered by Stability AI",
        steps=50,
        guidance=4.5,
    ),
)
DEFAULT = "foley"
"""The engine of requests that name none."""
RECORDING = "recording"
"""What stands for an engine where a recording is heard as it is."""

Open = Callable[[str], Synthesizer]


class Engines:
    """Opens engines by name when they are first used, and remembers how long they took. Safe from any thread."""

    def __init__(self, cards: tuple[EngineCard, ...] = CARDS, opener: Open = open_synthesizer) -> None:
        self.cards = {card.name: card for card in cards}
        self._opener = opener
        self._opened: dict[str, Synthesizer] = {}
        self._opening = threading.Lock()
        self._seconds_per_10s: dict[str, float] = {}

    def card(self, name: str) -> EngineCard:
        """What is known of an engine.

        Raises:
            InvalidInput: No engine has this name.
        """
        if name not in self.cards:
            raise InvalidInput("engine", f"{name!r} is unknown: known are {', '.join(self.cards)}")
        return self.cards[name]

    def open(self, name: str) -> Synthesizer:
        """The engine itself, opened once.

        Raises:
            InvalidInput: No engine has this name.
            EngineAbsent: It lacks what it needs.
        """
        if name in self._opened:  # without waiting for another that is being opened
            return self._opened[name]
        card = self.card(name)
        with self._opening:
            if name not in self._opened:
                try:
                    self._opened[name] = self._opener(name)
                except ModelError as error:
                    raise EngineAbsent(f"engine: {name} cannot be used: it needs {card.needs}") from error
            return self._opened[name]

    def available(self, name: str) -> bool:
        """Whether an engine has been opened; `look` opens all that can be."""
        return name in self._opened

    def look(self) -> None:
        """See which engines are installed, by opening them."""
        for name in self.cards:
            with contextlib.suppress(EngineAbsent):
                self.open(name)

    def lane(self, lane: Lane) -> tuple[str, ...]:
        """The engines whose jobs wait for one another; recordings take no longer than quick ones."""
        names = tuple(card.name for card in self.cards.values() if card.lane == lane)
        return (RECORDING, *names) if lane == "quick" else names

    def release(self, name: str) -> str:
        """What decides an engine's samples beside the order: the checkpoint of one that has one, and our version."""
        checkpoint = getattr(self.open(name), "checkpoint", "")
        return f"{installed_version()} {checkpoint}".strip()

    def took(self, name: str, spent: float, seconds: float, steps: int | None = None) -> None:
        """Remember that a sound of `seconds`, made in `steps`, took an engine `spent` seconds.

        Steps cost the same whatever the length; without steps a sound costs what it lasts. A short one tells little.
        """
        card = self.cards[name]
        if card.steps is not None and steps is not None:
            self._seconds_per_10s[name] = spent * card.steps / steps
        elif seconds >= TELLING_SECONDS:
            self._seconds_per_10s[name] = spent * 10 / seconds

    def seconds_per_10s(self, name: str) -> float | None:
        """How long ten seconds of sound take here, by the latest render; None when nothing was rendered yet."""
        return self._seconds_per_10s.get(name)

    def measure(self, name: str) -> None:
        """Render twice: once to load what the engine needs, once to learn how long it takes."""
        engine = self.open(name)
        caption, seconds = MEASURED
        engine.render(caption, 1.0, 0)
        began = time.perf_counter()
        engine.render(caption, seconds, 0)
        self.took(name, time.perf_counter() - began, seconds)
