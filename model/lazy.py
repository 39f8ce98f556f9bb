"""Libraries that take seconds to import: transformers, diffusers, and those that pull in the whole of SciPy.

A server that only answers for its own health needs none of them, so they are imported when something of them is asked
for; and by one thread at a time, since transformers resolves its own parts lazily and two threads that ask for them at
once meet one that is half imported.
"""

from __future__ import annotations

import importlib
import threading
from typing import Any

_LOCK = threading.RLock()


def part(module: str, name: str) -> Any:
    """A class or function of a module, which is imported the first time.

    Raises:
        ImportError: there is no such module.
        AttributeError: it has no such part.
    """
    with _LOCK:
        return getattr(importlib.import_module(module), name)
