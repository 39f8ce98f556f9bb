"""Files that are there whole or not at all: written beside their place, then renamed into it."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

PARTIAL = ".partial"
"""How the names of files end that are still being written; only a kill leaves one behind."""


@contextlib.contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Give a path to write a file to, which takes its place at `path` at the end and is removed on any error.

    `durable`: the content and its name are on the disk before the block ends, so that not even a power cut loses them.
    """
    partial = path.with_name(f".{uuid.uuid4().hex}{PARTIAL}")  # of a length that fits wherever the name itself does
    try:
        yield partial
        if durable:
            _sync(partial)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    if durable:
        _sync(path.parent)


def write_whole(path: Path, content: bytes | memoryview | str, *, durable: bool = False) -> None:
    """Put bytes, or text as UTF-8, at a path, in place of whatever file was there."""
    with replacing(path, durable=durable) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


def _sync(path: Path) -> None:
    """Wait until a file's content, or a folder's names, are on the disk; Windows syncs no folder."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
