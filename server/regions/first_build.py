"""The first region: built in the background when a server has none, by a process that gives way to everything else."""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from server.concurrency.retry import RetryPolicy
from server.concurrency.supervised import Supervised, Supervisor
from server.errors import BuildFailed
from server.regions.schemas import RegionReference
from server.regions.shelf import DEFAULT_REGION, RegionShelf
from server.settings import Settings
from tiles.errors import RegionMismatch, RegionUnreadable
from tiles.imagery import open_imagery
from tiles.imagery.null_island.source import BOUNDS
from tiles.region import ANY, Grid, Region

logger = logging.getLogger("earshot")

ZOOM = 12
BLOCK = 64
"""Cells written at once: few, so that the page sees the region grow."""

RETRY = RetryPolicy(first=10.0, attempts=5)
LOWEST_PRIORITY = 19
PATIENCE = 10.0
"""Seconds a builder has to end by itself once it was told to."""


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
        self._process: asyncio.subprocess.Process | None = None
        self._task: Supervised | None = None
        self._pace: Pace | None = None

    @property
    def building(self) -> bool:
        """Whether the region is being built now."""
        return self._task is not None and self._task.alive

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
        if not await asyncio.to_thread(self._is_wanted):
            return
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "server.cli", "region", "build", DEFAULT_REGION, "--zoom", str(ZOOM), "--block", str(BLOCK)),
            env=self._environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            process_group=0,  # Ctrl-C in a terminal is for the server, which then stops the builder in order
        )
        try:
            os.setpriority(os.PRIO_PROCESS, self._process.pid, LOWEST_PRIORITY)
            _, errors = await self._process.communicate()
            if self._process.returncode:
                logger.warning("building %s failed: %s", DEFAULT_REGION, errors.decode(errors="replace").strip()[-500:])
                raise BuildFailed(
                    f"building {DEFAULT_REGION} ended with code {self._process.returncode}; the server's log says why"
                )
        finally:
            await self._stop(self._process)

    async def _stop(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _is_wanted(self) -> bool:
        """Whether there is no region at all, or Null Island was left half-built."""
        names = self.shelf.names()
        if DEFAULT_REGION not in names:
            return not names
        try:
            return not self.shelf.get(DEFAULT_REGION).complete
        except RegionUnreadable:
            return True  # its build was stopped when it had only begun
        except RegionMismatch as mismatch:
            return self._was_ours(mismatch)

    def _was_ours(self, mismatch: RegionMismatch) -> bool:
        """Whether what another checkpoint made is but what is built here; then it makes room, or else it stays."""
        path = self.shelf.path(DEFAULT_REGION)
        region = Region.open(path)
        if (region.imagery, region.grid.zoom, region.conditions) != (DEFAULT_REGION, ZOOM, (ANY,)):
            logger.warning("%s", mismatch)
            return False
        shutil.rmtree(path)
        return True

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        own = {
            "CHECKPOINT": settings.checkpoint,
            "GALLERY": json.dumps(settings.gallery),
            "PRECISION": settings.precision,
            "DATA_DIR": str(settings.data_dir),
            "IMAGERY": DEFAULT_REGION,
            "TORCH_THREADS": "1",
        }
        package = Path(__file__).parents[1]
        return {**os.environ, **{f"EARSHOT_{name}": value for name, value in own.items()}, "PYTHONPATH": str(package)}
