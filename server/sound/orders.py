"""Sound orders: everything that decides what a sound is, and the content address that follows from it."""

import dataclasses
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from server.errors import InvalidInput
from server.sound.engines import RECORDING, Engines

STORED = "Synthesised by the gallery's publisher; not a recording of a place."
MADE = "Synthesised by Earshot; not a recording of a place."


@dataclass(frozen=True)
class SoundOrder:
    """One sound; equal orders are equal sounds, to the byte.

    `release` is what else decides the samples: the version of the engine, its checkpoint, or the checksum of a
    recording. `recording` is the id of a gallery's recording, empty for a caption that is rendered; `steps` and
    `guidance` are of engines that have them; `hour`, `month` (as the north counts its seasons) and `loop` of engines
    that know time. `place` is said inside the file and changes nothing that is heard.
    """

    engine: str
    caption: str
    seconds: float
    seed: int
    release: str
    steps: int | None = None
    guidance: float | None = None
    hour: int | None = None
    month: int | None = None
    loop: bool = False
    recording: str = ""
    author: str = ""
    licence: str = ""
    notice: str = ""
    place: str = ""

    @property
    def key(self) -> str:
        """The content address of the sound's file."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:32]

    @property
    def samples_key(self) -> str:
        """The content address of what is heard, wherever it is heard."""
        return self.anywhere().key

    def anywhere(self) -> Self:
        """The same sound, of no place."""
        return dataclasses.replace(self, place="")

    def options(self) -> dict[str, Any]:
        """What the engine is told beyond caption, seconds and seed."""
        told = {
            "steps": self.steps,
            "guidance": self.guidance,
            "hour": self.hour,
            "month": self.month,
            "loop": self.loop or None,
        }
        return {name: value for name, value in told.items() if value is not None}

    def tags(self) -> dict[str, str]:
        """What is said inside the file."""
        if self.engine == RECORDING:
            what = "Rendition" if self.notice else "Recording"
            comment = f"{what} {self.recording} of the gallery."
        else:
            settings = {"engine": self.engine, "seed": self.seed, **self.options(), "checkpoint": self.release}
            comment = f"{MADE} {', '.join(f'{name} {value}' for name, value in settings.items())}"
        return {
            "title": self.caption,
            "artist": self.author or self.engine,
            "album": f"Place: {self.place}" if self.place else "",
            "copyright": ". ".join(filter(None, (self.licence, self.notice))),
            "license": self.licence,
            "comment": comment,
        }

    def to_json(self) -> str:
        """The order as text, always the same for equal orders."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The order that `to_json` wrote."""
        return cls(**json.loads(text))


def caption_order(
    engines: Engines,
    caption: str,
    *,
    seconds: float,
    seed: int,
    engine: str | None = None,
    steps: int | None = None,
    guidance: float | None = None,
    hour: int | None = None,
    month: int | None = None,
    loop: bool = False,
    place: tuple[float, float] | None = None,
) -> SoundOrder:
    """The order that renders a caption, of `place` (latitude and longitude); what is None is left to the engine.

    An engine that does not know time is not told the hour and the month. South of the equator the seasons are half a
    year apart from the north's.

    Raises:
        InvalidInput: An unknown engine, or one that has no steps, guidance or loops, or renders nothing so long.
        EngineAbsent: The engine is not installed.
    """
    card = engines.card(engine or engines.default)
    for field, value, usual in (("steps", steps, card.steps), ("guidance", guidance, card.guidance)):
        if value is not None and usual is None:
            raise InvalidInput(field, f"engine {card.name} has none")
    if loop and not card.knows_time:
        raise InvalidInput("loop", f"engine {card.name} closes no loops")
    if seconds > card.max_seconds:
        raise InvalidInput("seconds", f"engine {card.name} renders at most {card.max_seconds:g}")
    if month is not None and place is not None and place[0] < 0:
        month = (month + 5) % 12 + 1
    return SoundOrder(
        engine=card.name,
        caption=caption,
        seconds=seconds,
        seed=seed,
        release=engines.release(card.name),
        steps=card.steps if steps is None else steps,
        guidance=card.guidance if guidance is None else guidance,
        hour=hour if card.knows_time else None,
        month=month if card.knows_time else None,
        loop=loop,
        licence=card.licence,
        notice=card.notice,
        place="" if place is None else f"{place[0]:.5f}, {place[1]:.5f}",
    )
