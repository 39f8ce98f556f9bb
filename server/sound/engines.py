"""The engines that render captions: what each needs, what it may be told, and how long it takes on this machine."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, Self

from model.errors import ModelError, NotPulled
from model.registry import pulled
from model.synthesis import Synthesizer, open_synthesizer
from model.synthesis.device import Placement
from server.errors import EngineAbsent, InvalidInput
from server.settings import installed_version
from server.sound.estimates import Estimates

logger = logging.getLogger("earshot")

Lane = Literal["quick", "heavy"]
"""A device's queue: quick work is done in moments on any core; heavy work has a device to itself for long."""

MEASURED = ("waves break on the shore, wind blows and gulls call", 10.0)
"""What is rendered to learn how long an engine takes."""
TELLING_SECONDS = 5.0


@dataclass(frozen=True)
class EngineCard:
    """What is known of an engine whether or not it is installed; `steps` and `guidance` are None where it has none.

    `wants_gpu`: on a CPU it takes minutes, so no one gets it there without asking for it.
    """

    name: str
    needs: str
    licence: str
    lane: Lane
    notice: str = ""
    steps: int | None = None
    guidance: float | None = None
    wants_gpu: bool = False
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
        wants_gpu=True,
    ),
)
FALLBACK = "foley"
"""The engine that is always there: of requests that name none, unless a better one runs on a GPU."""
RECORDING = "recording"
"""What stands for an engine where a recording is heard as it is."""

Open = Callable[[str], Synthesizer]
Present = Callable[[str], bool]


class Engines:
    """Opens engines by name when they are first used, and knows how long they take here. Safe from any thread."""

    def __init__(
        self,
        cards: tuple[EngineCard, ...] = CARDS,
        opener: Open = open_synthesizer,
        estimates: Estimates | None = None,
        present: Present = lambda name: False,
    ) -> None:
        """`present` says of an engine that is not open whether what it needs is there."""
        self.cards = {card.name: card for card in cards}
        self._present = present
        self._refused: set[str] = set()
        self._opener = opener
        self._opened: dict[str, Synthesizer] = {}
        self._opening = threading.Lock()
        self._estimates = estimates or Estimates()

    @classmethod
    def installed(cls, data_dir: Path) -> Self:
        """The engines whose weights were pulled into `data_dir`, where it is also kept how long they take."""
        opener, present = partial(open_synthesizer, data_dir=data_dir), partial(_is_pulled, data_dir=data_dir)
        return cls(CARDS, opener, Estimates(data_dir / "estimates.json"), present)

    @property
    def default(self) -> str:
        """The engine of requests that name none: one that wants a GPU once it is open on one, else Foley."""
        eager = (name for name, card in self.cards.items() if card.wants_gpu and self.device(name) not in (None, "cpu"))
        return next(eager, FALLBACK)

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
                    self._refused.discard(name)
                except ModelError as error:
                    self._refused.add(name)
                    if not isinstance(error, NotPulled):
                        logger.warning("engine %s cannot be opened: %s", name, error)
                    raise EngineAbsent(f"engine: {name} cannot be used: it needs {card.needs}") from error
            return self._opened[name]

    def available(self, name: str) -> bool:
        """Whether an engine can be used: it is open, or what it needs is there and was not found wanting."""
        return name in self._opened or (name not in self._refused and self._present(name))

    def look(self) -> None:
        """See which engines are installed, by opening them."""
        for name in self.cards:
            with contextlib.suppress(EngineAbsent):
                self.open(name)

    def look_on_gpu(self) -> None:
        """Open what would be the default on a GPU, where there is one."""
        if Placement.choose().device != "cpu":
            self.look()

    def lane(self, lane: Lane) -> tuple[str, ...]:
        """The engines whose jobs wait for one another; recordings take no longer than quick ones."""
        names = tuple(card.name for card in self.cards.values() if card.lane == lane)
        return (RECORDING, *names) if lane == "quick" else names

    def release(self, name: str) -> str:
        """What decides an engine's samples beside the order: the checkpoint of one that has one, and our version."""
        checkpoint = getattr(self.open(name), "checkpoint", "")
        return f"{installed_version()} {checkpoint}".strip()

    def checkpoint(self, name: str) -> str | None:
        """What identifies the weights of an engine that is open; None where it is not, or has none."""
        return getattr(self._opened.get(name), "checkpoint", None)

    def device(self, name: str) -> str | None:
        """Where an engine that is open computes, as torch names it; None where it is not open."""
        return getattr(self._opened[name], "device", "cpu") if name in self._opened else None

    def took(self, name: str, spent: float, seconds: float, steps: int | None = None) -> None:
        """Remember that a sound of `seconds`, made in `steps`, took an engine `spent` seconds.

        Steps cost the same whatever the length; without steps a sound costs what it lasts. A short one tells little.
        """
        card = self.cards[name]
        if card.steps is not None and steps is not None:
            self._remember(name, spent * card.steps / steps)
        elif seconds >= TELLING_SECONDS:
            self._remember(name, spent * 10 / seconds)

    def seconds_per_10s(self, name: str) -> float | None:
        """How long ten seconds of sound take here, by the latest measurement; None when there is none yet."""
        device = self.device(name)
        return None if device is None else self._estimates.get(name, self.release(name), device)

    def measure(self, name: str) -> None:
        """Learn how long ten seconds take: of an engine that can tell by a step, else by rendering them.

        Raises:
            EngineAbsent: It lacks what it needs.
        """
        engine = self.open(name)
        caption, seconds = MEASURED
        if hasattr(engine, "estimate"):
            self._remember(name, engine.estimate(seconds))
            return
        engine.render(caption, 1.0, 0)  # loads what it needs
        began = time.perf_counter()
        engine.render(caption, seconds, 0)
        self.took(name, time.perf_counter() - began, seconds)

    def measure_unknown(self) -> None:
        """Measure every engine that can be used and was never measured here."""
        for name in self.cards:
            if self.available(name) and self.seconds_per_10s(name) is None:
                try:
                    self.measure(name)
                except Exception:  # an estimate is not worth a server
                    logger.exception("engine %s cannot be measured", name)

    def _remember(self, name: str, seconds: float) -> None:
        self._estimates.keep(name, self.release(name), self.device(name) or "cpu", seconds)


def _is_pulled(name: str, data_dir: Path) -> bool:
    try:
        pulled(name, data_dir)
    except ModelError:
        return False
    return True
