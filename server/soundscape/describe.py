"""A place in words: what the model made of its image, told as a soundscape."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from model.sat2sound import Sat2Sound
from server.http.parameters import PointQuery
from server.http.wire import Point
from server.sound.cache import SoundState
from server.sound.orders import Orders, SoundOrder
from server.soundscape.embedding import PlaceEmbedding
from server.soundscape.matches import Matches
from server.soundscape.notes import notes_on
from server.soundscape.references import chip_reference, heaviest_concepts, model_reference
from server.soundscape.schemas import CaptionMatch, Sound, Soundscape
from tiles.chip import Chip


@dataclass(frozen=True)
class Describer:
    """Describes places; its methods block, and are safe from any thread. `state` says how far a sound is."""

    model: Sat2Sound
    matches: Matches
    orders: Orders
    state: Callable[[SoundOrder], SoundState]
    base_url: str

    def describe(
        self, query: PointQuery, chip: Chip, embedding: PlaceEmbedding, written: CaptionMatch | None = None
    ) -> Soundscape:
        """Put a place into words: captions (or the one `written` for it), recordings, concepts, and its sound."""
        captions, confidence = (
            self.matches.captions(embedding.vector, query.k, query.scale) if written is None else ([written], None)
        )
        order = self.orders.of_match(captions[0], query)
        return Soundscape(
            point=Point(lat=query.lat, lon=query.lon),
            scale=query.scale,
            gsd=chip.gsd,
            route="retrieval" if written is None else "generation",
            imagery=chip_reference(chip, self.base_url),
            captions=captions,
            recordings=self.matches.recordings(embedding.vector, query.k),
            concepts=heaviest_concepts(self.model, embedding.weights),
            confidence=confidence,
            sound=self._sound(query, chip.source, order),
            model=model_reference(self.model),
            notes=notes_on(self.model.config, query, chip, order),
        )

    def with_sound_now(self, answer: Soundscape, query: PointQuery) -> Soundscape:
        """An answer that was kept, with its sound as it is now, by the engine that is the default now."""
        order = self.orders.of_match(answer.captions[0], query)
        now = {"engine": order.engine, "job": order.key, "state": self.state(order)}
        return answer.model_copy(update={"sound": answer.sound.model_copy(update=now)})

    def _sound(self, query: PointQuery, source: str, order: SoundOrder) -> Sound:
        asked = {**query.model_dump(exclude={"k"}, exclude_none=True), "imagery": source}
        if query.caption == "retrieve":  # as it is when nothing is said
            del asked["caption"]
        return Sound(
            url=f"{self.base_url}/soundscape/audio?{urlencode(asked)}",
            engine=order.engine,
            state=self.state(order),
            job=order.key,
        )
