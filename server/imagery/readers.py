"""How many chips and tiles are read at once: threads of their own for each source, so that none holds up another."""

from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeVar

from server.concurrency.cores import available_cores, chip_threads
from server.concurrency.thread_limit import ThreadLimit
from server.imagery.shelf import ImageryShelf

ResultT = TypeVar("ResultT")

Kind = Literal["chip", "tile"]


class ImageryReaders:
    """Reads imagery off the event loop: an online source in `online_threads`, a local one beside `torch_threads`."""

    def __init__(self, imagery: ImageryShelf, *, online_threads: int, torch_threads: int, max_waiting: int) -> None:
        self._imagery = imagery
        self._online_threads, self._torch_threads, self._max_waiting = online_threads, torch_threads, max_waiting
        self._limits: dict[tuple[str, Kind], ThreadLimit] = {}

    def read(self, source: str, kind: Kind, work: Callable[[], ResultT]) -> Coroutine[Any, Any, ResultT]:
        """Run `work` in a thread of its own source and kind, so that a slow upstream holds up nothing else.

        Raises:
            Overloaded: Too many requests wait for the same source.
        """
        limit = self._limits.get((source, kind))
        if limit is None:
            threads = self._threads(source, kind)
            limit = self._limits[source, kind] = ThreadLimit(source, threads, self._max_waiting)
        return limit.run(work)

    def _threads(self, source: str, kind: Kind) -> int:
        """A local source keeps a core busy; an online one mostly waits."""
        if self._imagery.offered[source].online:
            return self._online_threads
        # A chip goes on to the model; a tile goes straight out.
        return chip_threads(self._torch_threads) if kind == "chip" else available_cores()
