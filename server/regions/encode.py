"""Building regions with a model: chips to vectors, and the captions that give a region its background."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from model.gallery import Gallery, GalleryShelf
from model.sat2sound import Sat2Sound
from server.concurrency.cores import chip_threads
from server.errors import InvalidInput
from server.imagery.embedding import ModelInput, embed_chips
from server.imagery.shelf import needs_network
from server.settings import Settings
from tiles.chip import Chip
from tiles.imagery import ImagerySource
from tiles.region import Condition, Embed, Grid, Progress, Region, build_region
from tiles.region.percentile import MAX_QUERIES

SEED = 20


class RegionEncoder:
    """Chips to vectors, as a click would hear them; counts the seconds it was busy."""

    def __init__(self, model: Sat2Sound) -> None:
        self._model = model
        self.busy = 0.0

    def __call__(self, chips: Sequence[Chip], condition: Condition | None) -> NDArray[np.float32]:
        """Embed chips (n, dim) float32; the condition is told to checkpoints that use metadata."""
        began = time.perf_counter()
        told = condition or Condition()
        inputs = [ModelInput.of(self._model, chip, told.month, told.hour) for chip in chips]
        vectors = embed_chips(self._model, inputs).vector
        self.busy += time.perf_counter() - began
        return np.asarray(vectors.cpu().numpy(), np.float32)


@dataclass(frozen=True)
class RegionPlan:
    """What a region is to be made of: cells, imagery and how far to look."""

    name: str
    grid: Grid
    source: ImagerySource
    scale: int = 1
    conditions: tuple[Condition, ...] = (Condition(),)


def background_queries(model: Sat2Sound, gallery: Gallery | GalleryShelf) -> NDArray[np.float32]:
    """Vectors (n, dim) of up to 256 of the gallery's captions, always the same ones."""
    ids = gallery.ids("caption")
    chosen = sorted(np.random.default_rng(SEED).permutation(len(ids))[:MAX_QUERIES].tolist())
    texts = [gallery.entry(ids[n]).text for n in chosen]
    with torch.inference_mode():
        parts = [model.embed_texts(texts[i : i + 64]).vector for i in range(0, len(texts), 64)]
    return np.asarray(torch.cat(parts).cpu().numpy(), np.float32)


def build_for(
    model: Sat2Sound,
    gallery: Gallery | GalleryShelf,
    plan: RegionPlan,
    path: str | Path,
    *,
    readers: int,
    embed: Embed | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    **options: Any,
) -> Region:
    """Build a region with a model, or go on with one; `options` are those of `build_region`.

    Raises:
        InvalidInput: The checkpoint lacks the scale, or knows neither month nor hour.
        TilesError: See `build_region`.
    """
    config = model.config
    if plan.scale not in config.scales:
        offered = ", ".join(map(str, config.scales))
        raise InvalidInput("scale", f"checkpoint {config.name} listens at scales {offered}, not {plan.scale}")
    if not config.uses_metadata and plan.conditions != (Condition(),):
        raise InvalidInput("condition", f"checkpoint {config.name} was trained without metadata")
    return build_region(
        path,
        plan.grid,
        plan.source,
        embed or RegionEncoder(model),
        name=plan.name,
        dim=config.dim,
        checkpoint=config.name,
        checkpoint_hash=model.checkpoint_hash,
        gsd=plan.source.gsd * plan.scale,
        scale=plan.scale,
        pixels=config.tile_pixels,
        background_queries=background_queries(model, gallery),
        conditions=plan.conditions,
        readers=readers,
        progress=progress,
        stop=stop,
        **options,
    )


def readers_for(imagery: str, settings: Settings) -> int:
    """Chips to read at once: an online source mostly waits, a local one has the cores the model leaves."""
    return 2 * settings.reader_threads if needs_network(imagery) else chip_threads(settings.torch_threads)
