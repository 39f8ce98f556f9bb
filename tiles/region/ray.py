"""Regions on a Ray cluster (extra `cluster`): its nodes run the same block tasks, or hold slices of the cells.

Every node must reach the region's store: a shared folder or an fsspec URL. Ray itself gives a lost node's tasks to
another; a task run twice writes the same bytes. Vectors are equal to the last bit only between equal processors.
"""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ray

from tiles.imagery.source import ImagerySource
from tiles.region.local import BlockDone, Embed, LocalEngine
from tiles.region.score import ArrayShard, Halves, OpenShards, Scores, Shard
from tiles.region.store import VALID, RegionStore

BLOCKS_A_TASK = 2
"""The encoder of a task waits for imagery only at its beginning."""
TASKS_A_CORE = 2
"""Tasks handed to the cluster for each of its cores, so that none waits for the next."""
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Tools:
    """What a process works with: where imagery comes from, who encodes it, and chips read at once."""

    source: ImagerySource
    embed: Embed
    readers: int


OpenTools = Callable[[], Tools]
"""Called once in every process of the cluster that builds; must be picklable."""


def ray_engine(open_tools: OpenTools, cores: float = 1) -> Callable[[RegionStore], RayEngine]:
    """An engine for `build_region`; connects to the cluster RAY_ADDRESS names, or starts one on this machine.

    `cores` of a node are counted as taken by each process that builds.
    """
    return lambda store: RayEngine(store, open_tools, cores)


class RayEngine:
    """Block tasks on a Ray cluster; what the tools raise on a node is raised here."""

    def __init__(self, store: RegionStore, open_tools: OpenTools, cores: float = 1) -> None:
        _connect()
        self._location = store.location
        self._tools = _Handle(uuid.uuid4().hex, ray.put(open_tools))
        # Only a lost worker or node makes Ray try again, as often as it takes.
        self._task: Any = ray.remote(_work).options(num_cpus=cores, max_retries=-1)
        self._cores = cores

    def run(self, blocks: Sequence[int], stop: Callable[[], bool]) -> Iterator[BlockDone]:
        """Work on blocks of the region until all are done or `stop` says so; tasks under way are then broken off."""
        left = [list(blocks[i : i + BLOCKS_A_TASK]) for i in range(0, len(blocks), BLOCKS_A_TASK)][::-1]
        running: list[Any] = []
        try:
            while (left or running) and not stop():
                while left and len(running) < self._most_at_once():
                    running.append(self._task.remote(self._location, self._tools, left.pop()))
                done, running = ray.wait(running, timeout=LOOK_SECONDS)
                for task in done:
                    yield from _result(task)
        finally:
            for task in running:
                ray.cancel(task, force=True)

    def _most_at_once(self) -> int:
        """Tasks the cluster has room for, as nodes come and go."""
        return max(1, int(TASKS_A_CORE * ray.cluster_resources().get("CPU", 1) / self._cores))


def ray_shards(parts: int) -> OpenShards:
    """Slices for `Region.open`, each in the memory of an actor of its own; one that is lost is read again elsewhere."""

    def open_shards(location: str, condition: int, cells: int) -> list[Shard]:
        _connect()
        actor = ray.remote(_Slice).options(max_restarts=-1, max_task_retries=-1, scheduling_strategy="SPREAD")
        edges = [cells * part // parts for part in range(parts + 1)]
        spans = [(start, stop) for start, stop in itertools.pairwise(edges) if stop > start]
        return [RayShard(start, stop, actor.remote(location, condition, start, stop)) for start, stop in spans]

    return open_shards


class RayShard:
    """A slice of a region's cells, `start` to `stop`, that an actor holds."""

    def __init__(self, start: int, stop: int, actor: Any) -> None:
        self.start, self.stop = start, stop
        self._actor = actor

    def score(self, queries: Halves) -> Scores:
        """Cosines (k, stop - start) of unit queries (k, dim) float16."""
        scores: Scores = ray.get(self._actor.score.remote(queries))
        return scores


class _Slice(ArrayShard):
    """The actor: vectors of some cells, read once."""

    def __init__(self, location: str, condition: int, start: int, stop: int) -> None:
        store = RegionStore.open(location)
        super().__init__(start, store.vectors(condition, start, stop, store.state()[start:stop] == VALID))


@dataclass(frozen=True)
class _Handle:
    """Tools that are opened once in each process, and which ones."""

    key: str
    open_tools: Any


_opened: dict[str, Tools] = {}


def _work(location: str, handle: _Handle, blocks: list[int]) -> list[BlockDone]:
    """A task: the blocks' cells that are pending or failed, by this process's tools."""
    if handle.key not in _opened:
        _opened.clear()
        _opened[handle.key] = ray.get(handle.open_tools)()
    tools = _opened[handle.key]
    engine = LocalEngine(RegionStore.open(location, "r+"), tools.source, tools.embed, tools.readers)
    return list(engine.run(blocks))


def _result(task: Any) -> list[BlockDone]:
    try:
        done: list[BlockDone] = ray.get(task)
    except ray.exceptions.RayTaskError as error:
        raise error.cause or error from error
    return done


def _connect() -> None:
    if not ray.is_initialized():
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a cluster begun here tells no one
        ray.init(log_to_driver=False, include_dashboard=False, configure_logging=False)
