"""Sound orders: everything that decides what a sound is, the content address that follows, and the way to one."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from model.errors import GalleryError
from model.gallery import GalleryShelf
from server.errors import InvalidInput, UnreadableOrder
from server.http.parameters import PlaceQuery, SoundOptions
from server.settings import installed_version
from server.sound.engines import FALLBACK, RECORDING, EngineCard, Engines
from server.sound.queries import SynthesisOptions
from server.sound.seasons import northern_month

STORED = "Synthesised by the gallery's publisher; not a recording of a place."
MADE = "Synthesised by Earshot; not a recording of a place."
GENERATED = "generated"
"""The id of a caption that was written for its place, and is in no gallery."""


UNREADABLE = (
    "The order of this sound cannot be read: it is damaged, or was written by another version of Earshot. "
    "Ask for the sound again."
)


class _Words(BaseModel):
    """What of an order may be readable when the rest is not."""

    caption: str = ""


@dataclass(frozen=True)
class SoundOrder:
    """One sound; equal orders are equal sounds, to the byte.

    `release` is what else decides the samples: the version of the engine, its checkpoint, or the checksum of a
    recording. `recording` is the id of a gallery's recording, empty for a caption that is rendered; `steps` and
    `guidance` are of engines that have them; `hour`, `month` (as the north counts its seasons) and `loop` of engines
    that know time. `place` is said inside the file and changes nothing that is heard.
    """

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid", strict=True)

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

    @cached_property
    def key(self) -> str:
        """The content address of the sound's file."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:32]

    @cached_property
    def samples_key(self) -> str:
        """The content address of what is heard, wherever it is heard."""
        return self.anywhere().key

    def anywhere(self) -> Self:
        """The same sound, of no place."""
        return dataclasses.replace(self, place="") if self.place else self

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
        told = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # all flat: no copies
        return json.dumps(told, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The order that `to_json` wrote.

        Raises:
            UnreadableOrder: It did not, or that of another version did.
        """
        try:
            return TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            raise UnreadableOrder(UNREADABLE) from error

    @classmethod
    def unreadable(cls, engine: str, text: str) -> Self:
        """What can be told of an order that `from_json` refuses: its engine, and its words where they are there."""
        try:
            caption = _Words.model_validate_json(text).caption
        except ValidationError:
            caption = ""
        return cls(engine, caption, seconds=0.0, seed=0, release="")


class MatchedCaption(Protocol):
    """A caption that was found, or written, for a place."""

    @property
    def id(self) -> str:
        """Its id in the gallery, or GENERATED."""
        ...

    @property
    def text(self) -> str:
        """Its words."""
        ...


class Orders:
    """The one way to an order: of words, of an entry of the gallery, or of the caption matched to a place."""

    def __init__(self, engines: Engines, gallery: GalleryShelf | None = None) -> None:
        self.engines = engines
        self.gallery = gallery

    def of_caption(
        self, caption: str, options: SynthesisOptions, place: tuple[float, float] | None = None
    ) -> SoundOrder:
        """The order that renders a caption, of `place` (latitude and longitude); what is None is left to the engine.

        An engine that does not know time is not told the hour and the month. South of the equator the seasons are
        half a year apart from the north's.

        Raises:
            InvalidInput: An unknown engine, or one that has no steps, guidance or loops, or renders nothing so long.
            EngineAbsent: The engine is not installed.
        """
        card = self.engines.card(options.engine or self.engines.default)
        _check_able(card, options)
        month = options.month
        if month is not None and place is not None:
            month = northern_month(month, place[0])
        return SoundOrder(
            engine=card.name,
            caption=caption,
            seconds=options.seconds,
            seed=options.seed,
            release=self.engines.release(card.name),
            steps=card.steps if options.steps is None else options.steps,
            guidance=card.guidance if options.guidance is None else options.guidance,
            hour=options.hour if card.knows_time else None,
            month=month if card.knows_time else None,
            loop=options.loop,
            licence=card.licence,
            notice=card.notice,
            place="" if place is None else f"{place[0]:.5f}, {place[1]:.5f}",
        )

    def of_entry(self, id: str, options: SoundOptions) -> SoundOrder:
        """The order that sounds a gallery entry: what the gallery holds as it is, a caption without that rendered.

        Raises:
            UnknownEntry: No entry has this id.
            GalleryError: There is no gallery.
        """
        if self.gallery is None:
            raise GalleryError(f"{id}: there is no gallery to take it from")
        entry = self.gallery.entry(id)
        if entry.kind == "caption" and not entry.synthesised:
            return self.of_caption(entry.text, SynthesisOptions(seconds=options.seconds, seed=options.seed))
        return SoundOrder(
            engine=FALLBACK if entry.foley else RECORDING,
            caption=entry.text,
            seconds=entry.seconds or 0.0,
            seed=entry.seed,
            release=installed_version() if entry.foley else entry.sha256 or self.gallery.fingerprint(id),
            recording=id,
            author=entry.author,
            licence=entry.licence,
            notice=STORED if entry.synthesised else "",
        )

    def of_match(self, caption: MatchedCaption, query: PlaceQuery, options: SoundOptions | None = None) -> SoundOrder:
        """The order of a place's sound: its caption's own where the gallery holds one, else rendered for the place.

        Raises:
            InvalidInput: The default engine renders nothing so long.
        """
        options = options or SoundOptions()
        if caption.id != GENERATED and self.gallery is not None and self.gallery.entry(caption.id).synthesised:
            return self.of_entry(caption.id, options)
        how = SynthesisOptions(seconds=options.seconds, seed=options.seed, hour=query.hour, month=query.month)
        return self.of_caption(caption.text, how, (query.lat, query.lon))


def _check_able(card: EngineCard, options: SynthesisOptions) -> None:
    """Refuse what an engine cannot do, by name."""
    for field, value, usual in (
        ("steps", options.steps, card.steps),
        ("guidance", options.guidance, card.guidance),
    ):
        if value is not None and usual is None:
            raise InvalidInput(field, f"engine {card.name} has none")
    if options.loop and not card.knows_time:
        raise InvalidInput("loop", f"engine {card.name} closes no loops")
    if options.seconds > card.max_seconds:
        raise InvalidInput("seconds", f"engine {card.name} renders at most {card.max_seconds:g}")
