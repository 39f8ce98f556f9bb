"""A notifier between threads and the event loop: workers say that a job has changed, whoever waits for one looks."""

import asyncio
import contextlib
from collections.abc import Iterator


class Notifier:
    """Notified from any thread; every listener of the event loop is woken."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Event] = set()

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def attach(self) -> None:
        """Wake those who listen in the running loop."""
        self._loop = asyncio.get_running_loop()

    def notify(self) -> None:
        """Wake all listeners."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: no one listens any more
                self._loop.call_soon_threadsafe(self._wake)

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set at every notification, as long as the context lasts; the listener clears it."""
        notified = asyncio.Event()
        self._listeners.add(notified)
        try:
            yield notified
        finally:
            self._listeners.discard(notified)

    def _wake(self) -> None:
        for notified in self._listeners:
            notified.set()
