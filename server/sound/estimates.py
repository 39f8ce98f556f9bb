"""How long engines took on this machine, kept over restarts: an estimate before anyone waits."""

import contextlib
import json
import threading
from pathlib import Path

from server.concurrency.cores import available_cores
from server.concurrency.files import write_whole


class Estimates:
    """Seconds for ten seconds of sound, by what was measured: an engine, its release, and where it computes.

    Kept in a file that is only ever replaced; where it cannot be read or written, estimates live as long as the
    process. Safe from any thread.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known = _read(path)

    def get(self, engine: str, release: str, device: str) -> float | None:
        """The latest measurement; None where nothing like it was measured on this many cores."""
        with self._lock:
            return self._known.get(_key(engine, release, device))

    def keep(self, engine: str, release: str, device: str, seconds: float) -> None:
        """Remember a measurement; of one engine on one device only the latest release is kept."""
        with self._lock:
            own = _key(engine, "", device)
            self._known = {key: value for key, value in self._known.items() if not _same_place(key, own)}
            self._known[_key(engine, release, device)] = round(seconds, 3)
            self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        content = json.dumps(self._known, indent=0, sort_keys=True).encode()
        with contextlib.suppress(OSError):  # a full disk costs a measurement after the next start, nothing else
            write_whole(self._path, content, durable=False)


def _key(engine: str, release: str, device: str) -> str:
    return f"{engine} | {device}, {available_cores()} cores | {release}"


def _same_place(key: str, own: str) -> bool:
    return key.rpartition(" | ")[0] == own.rpartition(" | ")[0]


def _read(path: Path | None) -> dict[str, float]:
    """What was kept; nothing where that is damaged."""
    try:
        values = json.loads(path.read_text()) if path is not None else {}
    except (OSError, ValueError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {key: float(value) for key, value in values.items() if isinstance(value, int | float) and value > 0}
