"""The imagery a server was started with: which sources there are, which answer now, and which suits a point."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from server.errors import InvalidInput, StartError
from tiles.chip import Bounds
from tiles.errors import NoImagery, TilesError
from tiles.imagery import ImagerySource, open_imagery
from tiles.imagery.xyz import KNOWN, XYZImagery, open_xyz

AUTO = "auto"
WARM_PIXELS = 16


@dataclass(frozen=True)
class Offered:
    """A source and what the server knows about it; `bounds` None: everywhere; `online`: it needs the network."""

    source: ImagerySource
    online: bool
    bounds: Bounds | None

    def covers(self, lat: float, lon: float) -> bool:
        """Whether a point lies within the source's bounds, which may cross the dateline (west > east)."""
        if self.bounds is None:
            return True
        west, south, east, north = self.bounds
        within = west <= lon <= east if west <= east else lon >= west or lon <= east
        return within and south <= lat <= north


class ImageryShelf:
    """The sources in the order they were named, and whether the online ones answer."""

    def __init__(self, offered: Iterable[Offered], online: Literal["auto"] | bool = "auto") -> None:
        self.offered: dict[str, Offered] = {}
        for entry in offered:
            if entry.source.name in self.offered:
                raise StartError(f"imagery: two sources are called {entry.source.name!r}")
            self.offered[entry.source.name] = entry
        self._known = online is True
        self._reachable: dict[str, bool] = {}

    @classmethod
    def open(
        cls,
        names: Iterable[str],
        *,
        cache_dir: Path | None,
        cache_bytes: int = 1 << 29,
        online: Literal["auto"] | bool = "auto",
    ) -> Self:
        """Open every source that may be offered.

        Raises:
            StartError: No source is left, or two share a name.
            TilesError: A source is unknown, or its file is not imagery.
        """
        wanted = [name for name in names if online is not False or not needs_network(name)]
        if not wanted:
            raise StartError("imagery: every source named needs the network, and online is false")
        return cls([_offer(name, cache_dir, cache_bytes) for name in wanted], online)

    def get(self, name: str, field: str = "imagery") -> ImagerySource:
        """The source of that name.

        Raises:
            InvalidInput: No source goes by it; `field` is blamed.
        """
        if name not in self.offered:
            raise InvalidInput(field, f"{name!r} is not offered here; offered are {', '.join(self.offered)}")
        return self.offered[name].source

    @property
    def default(self) -> str:
        """What a map opens on: an online source that answers, else the first local one."""
        answering = [name for name, entry in self.offered.items() if entry.online and self.reachable(name)]
        local = [name for name, entry in self.offered.items() if not entry.online]
        return (answering or local or list(self.offered))[0]

    def pick(self, lat: float, lon: float, name: str = AUTO) -> ImagerySource:
        """The source to listen to at a point: the named one, or the first that covers it and can answer.

        Raises:
            InvalidInput: The name is not offered.
            NoImagery: No source covers the point; the message says what to do.
        """
        if name != AUTO:
            return self.get(name)
        candidates = sorted(self.offered.values(), key=lambda entry: entry.online)
        for entry in candidates:
            if entry.covers(lat, lon) and (not entry.online or self.reachable(entry.source.name)):
                return entry.source
        raise NoImagery(self._what_to_do(lat, lon))

    def reachable(self, name: str) -> bool | None:
        """Whether a source answers: always for local ones, as last seen for online ones, None before the first look."""
        if not self.offered[name].online or self._known:
            return True
        return self._reachable.get(name)

    def probe(self) -> None:
        """Ask every online source whether it answers, and remember; takes about two seconds for each that does not."""
        for name, entry in self.offered.items():
            if isinstance(entry.source, XYZImagery) and not self._known:
                self._reachable[name] = entry.source.probe()

    def probe_for(self, lat: float, lon: float) -> None:
        """Ask the online sources, but only when no local one covers a point."""
        if not any(entry.covers(lat, lon) for entry in self.offered.values() if not entry.online):
            self.probe()

    def warm(self) -> None:
        """Read one small chip of every local source, so that whatever it builds first is built."""
        for entry in self.offered.values():
            if not entry.online and entry.bounds is not None:
                west, south, east, north = entry.bounds
                lon = (west + east) / 2 if west <= east else 180.0
                with contextlib.suppress(TilesError):  # a hole in a raster is no reason not to start
                    entry.source.read((south + north) / 2, lon, entry.source.gsd, WARM_PIXELS)

    def close(self) -> None:
        """Close the connections of the online sources."""
        for entry in self.offered.values():
            if isinstance(entry.source, XYZImagery):
                entry.source.close()

    def _what_to_do(self, lat: float, lon: float) -> str:
        offline = [entry.source.name for entry in self.offered.values() if not entry.online]
        unreachable = [name for name in self.offered if not self.reachable(name)]
        why = f"{' and '.join(unreachable)} cannot be reached, so this" if unreachable else "this"
        return (
            f"No imagery at latitude {lat:g}, longitude {lon:g}: {why} server is offline there and offers only "
            f"{' and '.join(offline) or 'online imagery'}. Choose a point inside it, go online, "
            "or start with --imagery FILE.tif."
        )


def needs_network(name: str) -> bool:
    """Whether an imagery name stands for a tile service."""
    return name in KNOWN or name.startswith("xyz:")


def _offer(name: str, cache_dir: Path | None, cache_bytes: int) -> Offered:
    if needs_network(name):
        return Offered(open_xyz(name, cache_dir, cache_bytes), online=True, bounds=None)
    source = open_imagery(name)
    return Offered(source, online=False, bounds=getattr(source, "bounds", None))
