"""Building regions on a Ray cluster: every process of it opens the imagery and the model for itself, once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from model.sat2sound import open_checkpoint
from server.concurrency.library_threads import share_cores
from server.imagery.fitting import fit_source
from server.imagery.shelf import ImageryShelf
from server.regions.encode import RegionEncoder, readers_for
from server.settings import Settings
from tiles.region.local import Engine
from tiles.region.ray import Tools, ray_engine
from tiles.region.store import RegionStore


@dataclass(frozen=True)
class OpenTools:
    """Opens what a build works with as these settings say, on whichever node calls it."""

    settings: Settings
    readers: int

    def __call__(self) -> Tools:
        """The one source, and the encoder on as many threads as everywhere: more or fewer may change a last bit."""
        settings = self.settings
        share_cores(settings.torch_threads)
        shelf = ImageryShelf.open(
            settings.imagery,
            cache_dir=settings.folder("tiles"),
            cache_bytes=settings.tile_cache_bytes,
            online=settings.online,
        )
        source = shelf.offered[next(iter(shelf.offered))].source
        model = open_checkpoint(settings.checkpoint, data_dir=settings.data_dir)
        fit_source(model.config, source)
        return Tools(source, RegionEncoder(model), self.readers)


def cluster_engine(settings: Settings, readers: int | None = None) -> Callable[[RegionStore], Engine]:
    """An engine for `build_region` on the cluster RAY_ADDRESS names, or on one begun on this machine.

    The checkpoint, a raster and the region must be found under the same paths on every node.
    """
    found = {
        "checkpoint": _absolute(settings.checkpoint),
        "imagery": [_absolute(name) for name in settings.imagery],
    }
    tools = OpenTools(settings.model_copy(update=found), readers or readers_for(settings.imagery[0], settings))
    return ray_engine(tools, cores=settings.torch_threads)


def _absolute(name: str) -> str:
    """A file's whole path, as a node's working folder is another; other names as they are."""
    return str(Path(name).absolute()) if Path(name).is_file() else name
