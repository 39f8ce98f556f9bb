"""Files that are there whole or not at all, whoever reads them meanwhile and whenever the process or the power ends."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

PART = ".part"
"""How the name of a file ends that is not whole yet, or never will be."""


def write_whole(path: Path, data: bytes | Callable[[IO[bytes]], object], *, durable: bool) -> None:
    """Put a file into its folder under its name, in place of what stood there; `data` may also write it itself.

    A `durable` file is still there when the power fails the moment after; another may be gone then, or empty.

    Raises:
        OSError: It cannot be written; what stood there before still does.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=PART)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if isinstance(data, bytes):
                file.write(data)
            else:
                data(file)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Let a new name last, too; where folders cannot be opened, or synced, the system does so by itself."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
