"""Earshot itself: a model, its galleries, imagery and engines, opened together; a server and the commands share it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Self

import torch

from model.gallery import GalleryShelf
from model.sat2sound import Sat2Sound, open_checkpoint, set_precision
from server.concurrency.library_threads import share_cores
from server.errors import StartError
from server.imagery.fitting import fit_shelf
from server.imagery.shelf import ImageryShelf
from server.regions.shelf import RegionShelf
from server.settings import Settings
from server.sound.cache import Sounds
from server.sound.engines import FALLBACK, Engines
from server.sound.orders import Orders
from server.soundscape.captioner import CaptionWriter
from server.soundscape.matches import Matches


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


class Earshot:
    """What was opened, and what is kept in the data folder beside it. Nothing here runs by itself."""

    def __init__(
        self, settings: Settings, model: Sat2Sound, gallery: GalleryShelf, imagery: ImageryShelf, engines: Engines
    ) -> None:
        self.settings = settings
        self.model = model
        self.gallery = gallery
        self.imagery = imagery
        self.engines = engines
        self.orders = Orders(engines, gallery)
        self.captions = CaptionWriter(settings.data_dir)
        self.sounds = Sounds(settings.folder("sounds"), settings.audio_cache_bytes, engines, gallery)
        self.regions = RegionShelf(settings.folder("regions"), model.checkpoint_hash)
        self.matches = Matches(gallery, model.caption_scale, settings.gallery_exact, settings.base_url)

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

    def warm(self) -> None:
        """Run the model and the gallery once."""
        side = self.model.config.image_size
        with torch.inference_mode():
            vector = self.model.embed_images(torch.zeros(1, 3, side, side), self.model.config.gsd_range[0]).vector
        for scale in self.model.config.scales:
            self.matches.captions(vector[0].numpy(), 1, scale)
        self.matches.recordings(vector[0].numpy(), 1)

    def url(self, path: str) -> str:
        """A path of this server as its clients reach it."""
        return f"{self.settings.base_url}{path}"
