"""The first region: built in the background when a server has none, by a process that gives way to everything else."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from server.concurrency.retry import RetryPolicy
from server.concurrency.supervised import Supervised, Supervisor
from server.regions.builder import Builder, earshot_command, environment
from server.regions.schemas import RegionReference
from server.regions.shelf import DEFAULT_REGION, RegionShelf
from server.settings import Settings
from tiles.errors import RegionMismatch, RegionUnreadable, UnknownRegion
from tiles.imagery import open_imagery
from tiles.imagery.null_island.source import BOUNDS
from tiles.region import ANY, Grid, Region

ZOOM = 12
BLOCK = 64
"""Cells written at once: few, so that the page sees the region grow."""

RETRY = RetryPolicy(first=10.0, most=600.0)
"""For ever: where another server of the same checkpoint builds, its build is gone on with should that one end."""


@dataclass
class Pace:
    """How fast a region grows: seen from the first look at its build to the latest."""

    began: float
    done_at_first: int

    def speed(self, done: int, now: float) -> float | None:
        """Cells per second; None while nothing has been seen to grow."""
        grown, took = done - self.done_at_first, now - self.began
        return grown / took if grown > 0 and took > 0 else None


class FirstRegion:
    """Builds Null Island when there is no region yet, or goes on with it.

    A process of its own runs `earshot region build`, so that a click never waits for it: a build survives being
    stopped at any moment, and the next start goes on where it was.
    """

    def __init__(self, shelf: RegionShelf, settings: Settings) -> None:
        self.shelf = shelf
        self.settings = settings
        self.builder = Builder()
        self._task: Supervised | None = None
        self._pace: Pace | None = None

    @property
    def building(self) -> bool:
        """Whether the region is being built now."""
        return self._task is not None and self._task.alive

    @property
    def why_not_yet(self) -> str:
        """What whoever asks for the region is told while there is none of it."""
        trouble = self._task.trouble if self._task is not None else None
        if trouble is None:
            return "The first region is only just being begun; try again in a moment."
        return f"The first region could not be built yet, and is tried again: {trouble.detail}"

    def start(self, supervisor: Supervisor) -> None:
        """Begin if there is something to build; call it inside the running event loop."""
        if self.settings.build_region and DEFAULT_REGION in self.settings.imagery:
            self._task = supervisor.watch("first region", self._build, retry=RETRY)

    async def close(self) -> None:
        """Stop the build where it is."""
        if self._task is not None:
            await self._task.stop()

    @property
    def planned(self) -> RegionReference:
        """What is going to be built, before there is any of it."""
        source, grid = open_imagery(DEFAULT_REGION), Grid.over(BOUNDS, ZOOM)
        return RegionReference(
            name=DEFAULT_REGION,
            title="Null Island",
            bounds=grid.bounds,
            zoom=ZOOM,
            cells=grid.count,
            done=0,
            failed=0,
            state="building",
            imagery=source.name,
            attribution=source.attribution,
            gsd=source.gsd,
            scale=1,
            conditions=[str(ANY)],
            hash="",
            checkpoint="",
        )

    def speed(self, region: Region) -> float | None:
        """Cells per second of a region that is being built here; None when it is not, or not known yet."""
        if not self.building or region.name != DEFAULT_REGION:
            return None
        done = region.progress.done
        if self._pace is None:
            self._pace = Pace(time.monotonic(), done)
        return self._pace.speed(done, time.monotonic())

    async def _build(self) -> None:
        path = await asyncio.to_thread(self._wanted)
        if path is not None:
            how = ("--zoom", str(ZOOM), "--block", str(BLOCK), "--out", str(path))
            command = earshot_command("region", "build", DEFAULT_REGION, *how)
            await self.builder.run(DEFAULT_REGION, command, environment(self.settings, DEFAULT_REGION))

    def _wanted(self) -> Path | None:
        """Where to build: where Null Island was left half-built, or in a place of its own when there is no region."""
        try:
            region = self.shelf.get(DEFAULT_REGION)
        except UnknownRegion:
            return None if self.shelf.regions() else self.shelf.own_path(DEFAULT_REGION)
        except (RegionMismatch, RegionUnreadable):  # another checkpoint's, or its build was stopped as it began
            return self.shelf.own_path(DEFAULT_REGION)
        begun_here = (region.imagery, region.grid.zoom, region.conditions) == (DEFAULT_REGION, ZOOM, (ANY,))
        return Path(region.path) if begun_here and not region.complete else None
