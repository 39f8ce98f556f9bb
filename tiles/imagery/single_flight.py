"""Single flight: callers after one thing at the same time share one piece of work and its outcome."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class SingleFlight(Generic[Key, Value]):
    """Work under way, by key; nothing is kept once it is done. Safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[Key, Future[Value]] = {}

    def do(self, key: Key, work: Callable[[], Value]) -> Value:
        """What `work` returns or raises: in this thread, or in that of the caller who came first and is still at it."""
        with self._lock:
            flight = self._flights.get(key)
            ours = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if ours:
            self._fly(key, flight, work)
        return flight.result()

    def _fly(self, key: Key, flight: Future[Value], work: Callable[[], Value]) -> None:
        try:
            flight.set_result(work())
        except BaseException as error:  # whatever it is, those who wait must hear of it
            flight.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key]
