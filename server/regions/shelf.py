"""The regions on this machine's shelf: a folder of stores, opened when first asked for."""

import contextlib
import re
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from server.errors import InvalidInput
from tiles.errors import TilesError, UnknownRegion
from tiles.region import Region

DEFAULT_REGION = "null-island"
SUFFIX = ".zarr"
REFRESH_SECONDS = 1.0
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
KEYED = re.compile(rf"({NAME.pattern})\.([0-9a-z]{{1,16}})")
"""A region of one checkpoint among those of others by the same name: the name, and the beginning of its hash."""
KEY_LENGTH = 16


class RegionShelf:
    """The regions in a folder, opened when first asked for; safe to ask from several threads.

    With a `checkpoint_hash` a region that another checkpoint made is refused, and of several by one name the
    checkpoint's own is meant. Without, all are offered, those after the first of a name by the whole of theirs.
    """

    def __init__(self, folder: Path, checkpoint_hash: str | None) -> None:
        self.folder, self.checkpoint_hash = folder, checkpoint_hash
        self._open: dict[str, tuple[Region, float]] = {}  # and when each was last looked at
        self._first = ("", 0.0)
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Every region there is, Null Island first."""
        return _in_order(self._stores())

    def get(self, name: str | None = None) -> Region:
        """The region of that name, or the first; one that is being built is as new as `REFRESH_SECONDS`.

        Raises:
            UnknownRegion: There is none.
            RegionMismatch: Another checkpoint made it; the message names both.
            RegionUnreadable: It cannot be read, or its build has only begun.
        """
        stores = self._stores()
        names = _in_order(stores)
        if name is None and names:
            name, self._first = names[0], (names[0], time.monotonic())
        if name not in names:
            here = ", ".join(names) or "none"
            raise UnknownRegion(f"region: {(name or DEFAULT_REGION)[:80]!r} is not here; there are {here}")
        with self._lock:
            region, seen = self._open.get(name) or (None, 0.0)
            if region is None:
                region = self._open_first(stores[name])
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

    def own_path(self, name: str) -> Path:
        """Where a region lies that stands beside those of other checkpoints by the same name.

        Raises:
            InvalidInput: The name is not made of small letters, digits and hyphens.
        """
        return self.path(name).with_suffix(f".{(self.checkpoint_hash or '')[:KEY_LENGTH]}{SUFFIX}")

    def _stores(self) -> dict[str, list[Path]]:
        """Where a region of each name may lie: by that name alone first, then under its checkpoint's."""
        found: dict[str, list[Path]] = {}
        keyed = []
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            if NAME.fullmatch(path.stem):
                found[path.stem] = [path]
            elif match := KEYED.fullmatch(path.stem):
                keyed.append((match[1], match[2], path))
        for name, key, path in keyed:
            if self.checkpoint_hash is None:
                found[path.stem if name in found else name] = [path]
            elif key == self.checkpoint_hash[:KEY_LENGTH]:
                found.setdefault(name, []).append(path)
        return found

    def _open_first(self, paths: list[Path]) -> Region:
        """The first that can be read and is this checkpoint's; where there is none, the error is that of the first."""
        errors: list[TilesError] = []
        for path in paths:
            try:
                return Region.open(path, self.checkpoint_hash)
            except TilesError as error:
                errors.append(error)
        raise errors[0]


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name != DEFAULT_REGION, name))
