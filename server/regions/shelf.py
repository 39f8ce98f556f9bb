"""The regions on this machine's shelf: a folder of stores, opened when first asked for."""

import contextlib
import re
import threading
import time
from pathlib import Path

from server.errors import InvalidInput
from tiles.errors import TilesError, UnknownRegion
from tiles.region import Region

DEFAULT_REGION = "null-island"
SUFFIX = ".zarr"
REFRESH_SECONDS = 1.0
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class RegionShelf:
    """The regions in a folder, opened when first asked for; safe to ask from several threads.

    With a `checkpoint_hash` a region that another checkpoint made is refused.
    """

    def __init__(self, folder: Path, checkpoint_hash: str | None) -> None:
        self.folder, self.checkpoint_hash = folder, checkpoint_hash
        self._open: dict[str, tuple[Region, float]] = {}  # and when each was last looked at
        self._first = ("", 0.0)
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Every region there is, Null Island first."""
        found = {path.stem for path in self.folder.glob(f"*{SUFFIX}") if NAME.fullmatch(path.stem)}
        return sorted(found, key=lambda name: (name != DEFAULT_REGION, name))

    def get(self, name: str | None = None) -> Region:
        """The region of that name, or the first; one that is being built is as new as `REFRESH_SECONDS`.

        Raises:
            UnknownRegion: There is none.
            RegionMismatch: Another checkpoint made it; the message names both.
            RegionUnreadable: It cannot be read, or its build has only begun.
        """
        names = self.names()
        if name is None and names:
            name, self._first = names[0], (names[0], time.monotonic())
        if name not in names:
            here = ", ".join(names) or "none"
            raise UnknownRegion(f"region: {(name or DEFAULT_REGION)[:80]!r} is not here; there are {here}")
        with self._lock:
            region, seen = self._open.get(name) or (None, 0.0)
            if region is None:
                region = Region.open(self.path(name), self.checkpoint_hash)
            elif time.monotonic() - seen <= REFRESH_SECONDS:
                return region
            elif not region.complete:
                region.refresh()
            self._open[name] = region, time.monotonic()
        return region

    def at_hand(self, name: str | None = None) -> Region | None:
        """What `get` gives, when that was looked up within `REFRESH_SECONDS`; touches no file."""
        now = time.monotonic()
        if name is None:
            name, found = self._first
            if now - found > REFRESH_SECONDS:
                return None
        region, seen = self._open.get(name) or (None, 0.0)
        return region if now - seen <= REFRESH_SECONDS else None

    def regions(self) -> list[Region]:
        """All that this checkpoint made and that can be read."""
        found = []
        for name in self.names():
            with contextlib.suppress(TilesError):
                found.append(self.get(name))
        return found

    def path(self, name: str) -> Path:
        """Where a region of that name lies or would lie.

        Raises:
            InvalidInput: The name is not made of small letters, digits and hyphens.
        """
        if not NAME.fullmatch(name):
            raise InvalidInput("name", "must be 1 to 64 small letters, digits and hyphens")
        return self.folder / f"{name}{SUFFIX}"
