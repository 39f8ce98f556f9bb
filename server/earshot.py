"""Earshot itself: a point in, its soundscape out. The routes and the command line both ask here."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.gallery import GalleryShelf
from model.sat2sound import Metadata, Sat2Sound, image_tensor, open_checkpoint, set_precision
from server.concurrency.library_threads import share_cores
from server.errors import InvalidInput, StartError
from server.http.parameters import PlaceQuery, PointQuery, SoundOptions
from server.http.wire import Point
from server.imagery.fitting import fit_shelf
from server.imagery.shelf import ImageryShelf
from server.regions.shelf import RegionShelf
from server.search.query_store import QueryStore
from server.search.scoring import Searches
from server.settings import Settings, installed_version
from server.sound.cache import Sounds
from server.sound.engines import FALLBACK, RECORDING, Engines
from server.sound.orders import STORED, SoundOrder, caption_order
from server.soundscape.captioner import GENERATED, Captions
from server.soundscape.matches import Matches
from server.soundscape.notes import notes_on
from server.soundscape.schemas import CaptionMatch, ChipReference, Concept, ModelReference, Sound, Soundscape
from tiles.chip import Chip
from tiles.imagery import ImagerySource

CONCEPTS_TOLD = 8


def open_model(settings: Settings) -> tuple[Sat2Sound, GalleryShelf]:
    """The checkpoint, computing as the settings say, and the galleries that were made with it.

    Raises:
        StartError: The galleries have no captions, or none at one of the checkpoint's scales.
        ModelError: One of them is missing or corrupt, or they do not belong together.
    """
    model = open_checkpoint(settings.checkpoint, data_dir=settings.data_dir)
    set_precision(model, settings.precision)
    gallery = GalleryShelf.open(settings.gallery)
    gallery.check_checkpoint(model.checkpoint_hash)
    for scale in model.config.scales:
        if gallery.count("caption", scale) == 0:
            at = f" at scale {scale}" if gallery.count("caption") else ""
            raise StartError(
                f"gallery: {', '.join(settings.gallery)} holds no captions{at}, and a place is told in captions"
            )
    return model, gallery


@dataclass(frozen=True)
class Footprint:
    """The square of ground a query listens to: `pixels` of `gsd` metres each, read from `source`."""

    source: ImagerySource
    lat: float
    lon: float
    gsd: float
    pixels: int


@dataclass(frozen=True, eq=False)
class Seen:
    """A chip ready for the model: image (3, S, S) float32, and what the model is told about it."""

    chip: Chip
    image: Tensor
    query: PlaceQuery


@dataclass(frozen=True, eq=False)
class Heard:
    """What the model made of a chip: vector (dim,) and weights (codebook_size,) float32."""

    vector: NDArray[np.float32]
    weights: NDArray[np.float32]


class Earshot:
    """A model, its galleries, imagery and engines. Its methods block; `LiveEarshot` keeps them off the event loop."""

    def __init__(
        self, settings: Settings, model: Sat2Sound, gallery: GalleryShelf, imagery: ImageryShelf, engines: Engines
    ) -> None:
        self.settings = settings
        self.model = model
        self.gallery = gallery
        self.imagery = imagery
        self.engines = engines
        self.captions = Captions(settings.data_dir)
        self.sounds = Sounds(settings.folder("sounds"), settings.audio_cache_bytes, engines, gallery)
        self.regions = RegionShelf(settings.folder("regions"), model.checkpoint_hash)
        queries = QueryStore(settings.folder("queries"), model.checkpoint_hash)
        self.searches = Searches(model, queries, settings.score_cache_bytes)
        self._matches = Matches(gallery, model.caption_scale, settings.gallery_exact, self.url)

    @classmethod
    def open(cls, settings: Settings, *, warm: bool = False) -> Self:
        """Load everything the settings name; `warm` also runs every part once, so that no first request is slow.

        Raises:
            StartError: A folder cannot be written, no imagery is left, or it is not the kind the checkpoint knows.
            ModelError: The checkpoint or the gallery is missing or corrupt, or they do not belong together.
            TilesError: An imagery source is unknown or unreadable.
        """
        share_cores(settings.torch_threads)
        imagery = ImageryShelf.open(
            settings.imagery,
            cache_dir=settings.folder("tiles"),
            cache_bytes=settings.tile_cache_bytes,
            online=settings.online,
        )
        with ThreadPoolExecutor(1, thread_name_prefix="warming") as pool:
            drawn = pool.submit(imagery.warm) if warm else None
            engines = Engines.installed(settings.data_dir)
            engines.open(FALLBACK)
            model, gallery = open_model(settings)
            fit_shelf(model.config, imagery, named="imagery" in settings.model_fields_set)
            earshot = cls(settings, model, gallery, imagery, engines)
            if drawn is not None:
                earshot.warm()
                drawn.result()
        return earshot

    def listen(self, query: PointQuery) -> Soundscape:
        """The soundscape of a point.

        Raises:
            InvalidInput: A scale the checkpoint lacks, or imagery that is not offered.
            TilesError: There is no imagery, or it cannot be reached.
            EngineAbsent: A caption is to be written, and the captioner is not installed.
        """
        if query.caption == "generate":
            self.captions.check()
        seen = self.see(self.frame(query), query)
        (heard,) = self.hear([seen])
        if query.caption == "retrieve":
            return self.describe(query, seen, heard)
        return self.describe(query, seen, heard, self.generated(heard, self.captions.write(seen.chip.pixels)))

    def frame(self, query: PlaceQuery) -> Footprint:
        """Decide which ground a query listens to: `tile_pixels` of the source's GSD times the scale."""
        config = self.model.config
        if query.scale not in config.scales:
            offered = ", ".join(str(scale) for scale in config.scales)
            raise InvalidInput("scale", f"checkpoint {config.name} listens at scales {offered}, not {query.scale}")
        source = self.imagery.pick(query.lat, query.lon, query.imagery)
        gsd = round(source.gsd * query.scale, 9)  # three times 0.6 is told as 1.8
        return Footprint(source, query.lat, query.lon, gsd, config.tile_pixels)

    def see(self, footprint: Footprint, query: PlaceQuery) -> Seen:
        """Read the footprint's chip and make the model's input of it."""
        chip = footprint.source.read(footprint.lat, footprint.lon, footprint.gsd, footprint.pixels)
        return Seen(chip, image_tensor(chip.pixels, self.model.config.image_size), query)

    @torch.inference_mode()
    def hear(self, batch: Sequence[Seen]) -> list[Heard]:
        """Run the model once on many chips."""
        embedding = self.model.embed_images(*self.inputs(batch))
        vectors, weights = embedding.vector.cpu().numpy(), embedding.weights.cpu().numpy()
        return [Heard(vector, weight) for vector, weight in zip(vectors, weights, strict=True)]

    def inputs(self, batch: Sequence[Seen]) -> tuple[Tensor, list[float], Metadata | None]:
        """Images (B, 3, S, S), metres per pixel, and what a model with metadata is told of each place."""
        metadata = None
        if self.model.config.uses_metadata:
            metadata = Metadata.of_places(
                latitude=[seen.query.lat for seen in batch],
                longitude=[seen.query.lon for seen in batch],
                month=[seen.query.month for seen in batch],
                hour=[seen.query.hour for seen in batch],
            )
        return torch.stack([seen.image for seen in batch]), [seen.chip.gsd for seen in batch], metadata

    @torch.inference_mode()
    def generated(self, heard: Heard, caption: str) -> CaptionMatch:
        """A caption that was written for a chip, with how near it is to what the model heard."""
        vector = self.model.embed_texts([caption]).vector[0].cpu().numpy()
        norms = float(np.linalg.norm(vector) * np.linalg.norm(heard.vector))
        return CaptionMatch(id=GENERATED, text=caption, score=float(vector @ heard.vector) / max(norms, 1e-12))

    def describe(
        self, query: PointQuery, seen: Seen, heard: Heard, generated: CaptionMatch | None = None
    ) -> Soundscape:
        """Put what was heard into words: captions (or the one `generated`), recordings, concepts, and its sound."""
        captions, confidence = (
            self._matches.captions(heard.vector, query.k, query.scale) if generated is None else ([generated], None)
        )
        chip = seen.chip
        order = self._place_order(captions[0], query, SoundOptions())
        return Soundscape(
            point=Point(lat=query.lat, lon=query.lon),
            scale=query.scale,
            gsd=chip.gsd,
            route="retrieval" if generated is None else "generation",
            imagery=self.chip_reference(chip),
            captions=captions,
            recordings=self._matches.recordings(heard.vector, query.k),
            concepts=self.concepts(heard.weights),
            confidence=confidence,
            sound=self._sound(query, chip, order),
            model=self.model_reference(),
            notes=notes_on(self.model.config, query, chip, order),
        )

    def concepts(self, weights: NDArray[np.float32]) -> list[Concept]:
        """The heaviest concepts, without those that weigh nothing."""
        heaviest = np.argsort(-weights)[:CONCEPTS_TOLD]
        names = self.model.concept_names
        return [
            Concept(id=int(id), name=names.get(int(id)), weight=float(weights[id]))
            for id in heaviest
            if weights[id] > 0
        ]

    def chip_reference(self, chip: Chip) -> ChipReference:
        """Which imagery was looked at, and where to see it."""
        return ChipReference(
            source=chip.source, attribution=chip.attribution, url=self._chip_url(chip), bounds=chip.bounds
        )

    def model_reference(self) -> ModelReference:
        """The checkpoint that answers."""
        return ModelReference(checkpoint=self.model.config.name, hash=self.model.checkpoint_hash)

    def url(self, path: str) -> str:
        """A path of this server as its clients reach it."""
        return f"{self.settings.base_url}{path}"

    def sound_order(self, caption: str, options: SoundOptions, query: PointQuery | None = None) -> SoundOrder:
        """The order that renders a caption with the default engine, at the place and time of a query."""
        where = None if query is None else (query.lat, query.lon)
        hour, month = (None, None) if query is None else (query.hour, query.month)
        return caption_order(
            self.engines, caption, seconds=options.seconds, seed=options.seed, hour=hour, month=month, place=where
        )

    def gallery_order(self, id: str, options: SoundOptions) -> SoundOrder:
        """The order that sounds a gallery entry: what the gallery holds as it is, a caption without that rendered.

        Raises:
            UnknownEntry: No entry has this id.
        """
        entry = self.gallery.entry(id)
        if entry.kind == "caption" and not entry.synthesised:
            return self.sound_order(entry.text, options)
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

    def told_order(self, answer: Soundscape, query: PointQuery, options: SoundOptions | None = None) -> SoundOrder:
        """The order of the sound that a query's soundscape names: its first caption's, kept or rendered."""
        return self._place_order(answer.captions[0], query, options or SoundOptions())

    def _place_order(self, caption: CaptionMatch, query: PointQuery, options: SoundOptions) -> SoundOrder:
        if caption.id != GENERATED and self.gallery.entry(caption.id).synthesised:
            return self.gallery_order(caption.id, options)
        return self.sound_order(caption.text, options, query)

    def warm(self) -> None:
        """Run the model and the gallery once."""
        side = self.model.config.image_size
        with torch.inference_mode():
            vector = self.model.embed_images(torch.zeros(1, 3, side, side), self.model.config.gsd_range[0]).vector
        for scale in self.model.config.scales:
            self._matches.captions(vector[0].numpy(), 1, scale)
        self._matches.recordings(vector[0].numpy(), 1)

    def _sound(self, query: PointQuery, chip: Chip, order: SoundOrder) -> Sound:
        asked = {**query.model_dump(exclude={"k"}, exclude_none=True), "imagery": chip.source}
        if query.caption == "retrieve":  # as it is when nothing is said
            del asked["caption"]
        return Sound(
            url=self.url(f"/soundscape/audio?{urlencode(asked)}"),
            engine=order.engine,
            state="ready" if self.sounds.ready(order) else "on-request",
            job=order.key,
        )

    def _chip_url(self, chip: Chip) -> str:
        asked = {"source": chip.source, "lat": chip.lat, "lon": chip.lon, "gsd": chip.gsd, "pixels": len(chip.pixels)}
        return self.url(f"/imagery/chip?{urlencode(asked)}")
