"""The one bounded cache: cachetools', made safe from any thread and willing to be asked for more than it can keep."""

import threading
from collections.abc import Callable
from typing import TypeVar

import cachetools

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class LRUCache(cachetools.LRUCache[KeyT, ValueT]):
    """Values by key, at most `maxsize` of them or of what `getsizeof` makes of them; the longest unused leave first.

    A value larger than all of it is not kept, and with a `maxsize` of 0 none is.
    """

    def __init__(self, maxsize: float, getsizeof: Callable[[ValueT], float] | None = None) -> None:
        super().__init__(maxsize, getsizeof)
        self._lock = threading.Lock()

    def look_up(self, key: KeyT) -> ValueT | None:
        """The value of a key, used just now; None if it is not kept."""
        with self._lock:
            return self.get(key)

    def keep(self, key: KeyT, value: ValueT) -> None:
        """Keep a value, and let go of others for it."""
        with self._lock:
            if self.getsizeof(value) <= self.maxsize:
                self[key] = value
            else:
                self.pop(key, None)
