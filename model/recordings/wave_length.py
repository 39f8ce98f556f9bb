"""How long WAV, RF64, W64 and AIFF files say they are, and what it is where they were written to a pipe.

Whoever writes to a pipe cannot go back and fill in the length: it stays 0, or as large as the field or a signed number
allows, rounded down by some. The sound then goes on to the end of the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

FROM_PIPES = (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000)
"""ffmpeg and others leave 0; sox, Java and arecord leave these."""
NEARLY_ALL = 0xFFFFFF00
"""Nothing from here on is a length either, but -1 less what comes before the sound (GStreamer, ffmpeg)."""
RIFF_HEADER, CHUNK_HEADER = 12, 8
W64_CHUNK, W64_HEADER = 24, 40
W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0O\x8e\xdb\x8a"
W64_RIFF = b"riff.\x91\xcf\x11\xa5\xd6(\xdb\x04\xc1\x00\x00"
LONGEST_HEADER = 1 << 20
MOST_CHUNKS = 64


@dataclass(frozen=True)
class Repair:
    """Bytes to be read instead of those at their offset, so that a header tells the true length."""

    patches: tuple[tuple[int, bytes], ...]


def repair_of(file: BinaryIO, size: int) -> Repair | None:
    """What makes a header true that was written to a pipe; None for whole files and other formats.

    Raises:
        EOFError: a file ends before the sound it announces does; its decoder would pass over that.
    """
    file.seek(0)
    head = file.read(LONGEST_HEADER)
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return _riff(head, size)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        _check_aiff(head, size)
        return None
    if head[:16] == W64_RIFF:
        return _w64(head, size)
    return None


def _riff(head: bytes, size: int) -> Repair | None:
    at, long_at = RIFF_HEADER, 0
    for _ in range(MOST_CHUNKS):
        if at + CHUNK_HEADER > len(head):
            return None
        name, length = struct.unpack_from("<4sI", head, at)
        if name == b"ds64" and at + CHUNK_HEADER + 24 <= len(head):
            long_at = at + CHUNK_HEADER
        if name == b"data":
            return _riff_data(head, size, at, length, long_at)
        at += CHUNK_HEADER + length + length % 2
    return None


def _riff_data(head: bytes, size: int, at: int, length: int, long_at: int) -> Repair | None:
    there = size - at - CHUNK_HEADER
    if long_at and length == 0xFFFFFFFF:
        (length,) = struct.unpack_from("<Q", head, long_at + 8)
        if 0 < length <= there:
            return None
        if 0 < length < 1 << 62:
            raise EOFError
        return Repair(((long_at, struct.pack("<QQ", size - CHUNK_HEADER, there)),))
    if (length in FROM_PIPES or length >= NEARLY_ALL) and length != there and there > 0:
        if there >= NEARLY_ALL:
            return None
        return Repair(((4, struct.pack("<I", size - CHUNK_HEADER)), (at + 4, struct.pack("<I", there))))
    if length > there and length not in FROM_PIPES:
        raise EOFError
    return None


def _check_aiff(head: bytes, size: int) -> None:
    """Libsndfile reads as much of an AIFF as there is, whatever it says."""
    (length,) = struct.unpack_from(">I", head, 4)
    if size - CHUNK_HEADER < length < FROM_PIPES[1]:
        raise EOFError


def _w64(head: bytes, size: int) -> Repair | None:
    at = W64_HEADER
    for _ in range(MOST_CHUNKS):
        if at + W64_CHUNK > len(head):
            return None
        (length,) = struct.unpack_from("<Q", head, at + 16)
        if head[at : at + 16] == W64_DATA:
            there = size - at
            if length == there:
                return None
            if W64_CHUNK < length < 1 << 62:
                if length > there:
                    raise EOFError
                return None
            return Repair(((16, struct.pack("<Q", size)), (at + 16, struct.pack("<Q", there))))
        if length < W64_CHUNK:
            return None
        at += length + -length % 8
    return None


class Repaired:
    """A file read with other bytes in its header; as much of a file as libsndfile asks for."""

    def __init__(self, file: BinaryIO, repair: Repair) -> None:
        self._file, self._patches = file, repair.patches

    def read(self, count: int = -1) -> bytes:
        """The next `count` bytes."""
        start = self._file.tell()
        found = bytearray(self._file.read(count))
        for offset, patch in self._patches:
            for i, byte in enumerate(patch, offset - start):
                if 0 <= i < len(found):
                    found[i] = byte
        return bytes(found)

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """As much as fits."""
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to another place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where the next byte is read from."""
        return self._file.tell()
