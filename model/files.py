"""Files that are written whole or not at all, and are on the disk once they are."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A new name beside `target` to write to; what is there takes target's place when the block ends well.

    Otherwise it is removed, and what was at `target` stays. Whoever reads meets the old file or the new one, also after
    a power cut.

    Raises:
        OSError: the disk refuses, or nothing was written.
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush(target.parent)


def write_whole(target: Path, text: str) -> None:
    """Write a text file (UTF-8) whole or not at all.

    Raises:
        OSError: the disk refuses; what was at `target` stays.
    """
    with replacing(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _flush(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
