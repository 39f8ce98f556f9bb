"""A bell between threads and the event loop: rung by workers when a job changes, heard by whoever waits for one."""

import asyncio
import contextlib
from collections.abc import Iterator


class Bell:
    """Rung from any thread; every listener of the event loop hears it."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Event] = set()

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def hang(self) -> None:
        """Let it be heard in the running loop."""
        self._loop = asyncio.get_running_loop()

    def ring(self) -> None:
        """Wake all listeners."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: no one listens any more
                self._loop.call_soon_threadsafe(self._wake)

    @contextlib.contextmanager
    def heard(self) -> Iterator[asyncio.Event]:
        """An event that is set at every ring, as long as the context lasts; the listener clears it."""
        rung = asyncio.Event()
        self._listeners.add(rung)
        try:
            yield rung
        finally:
            self._listeners.discard(rung)

    def _wake(self) -> None:
        for rung in self._listeners:
            rung.set()
