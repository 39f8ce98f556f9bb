"""Sounds as files: rendered once under their content's address, encoded as asked for, dropped when the folder is full.

What an engine renders is kept as FLAC; every other file is made of that, so that a sound is the same in all formats.
"""

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import BinaryIO, Literal

from model.errors import AudioError, GalleryError
from model.gallery import GalleryShelf
from model.synthesis import Cancel, Clip, Progress
from server.concurrency.files import PART, write_whole
from server.http.parameters import SoundFormat
from server.sound.engines import Engines
from server.sound.orders import SoundOrder

LOUDNESS = -23.0
"""Integrated loudness of every sound, LUFS (EBU R 128)."""

SoundState = Literal["ready", "rendering", "on-request"]
MEDIA_TYPES: dict[SoundFormat, str] = {"ogg": "audio/ogg", "flac": "audio/flac", "wav": "audio/wav"}
ABANDONED = 3600.0
"""Seconds after which a file that is not whole is no one's any more."""


class Sounds:
    """Renders orders, and keeps their files in `folder`, at most `max_bytes` of them. Safe from any thread.

    A folder may be shared by several processes: a file appears under its name only when it is whole.
    """

    def __init__(self, folder: Path, max_bytes: int, engines: Engines, gallery: GalleryShelf | None = None) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self.engines = engines
        self.gallery = gallery
        self._encoding = threading.Lock()
        self._pruning = threading.Lock()

    def ready(self, order: SoundOrder) -> bool:
        """Whether a sound is rendered and kept."""
        return self._path(order.samples_key, "flac").is_file()

    def render(self, order: SoundOrder, progress: Progress | None = None, cancel: Cancel | None = None) -> None:
        """Render an order now, in this thread, and keep it; one that is kept already is not rendered again.

        Raises:
            Cancelled: `cancel` answered that the sound is wanted no more.
            EngineAbsent: The engine's weights are not installed.
            ModelError: The engine refuses the caption, or the recording cannot be read.
            OSError: The file cannot be written.
        """
        if not self.ready(order):
            clip = self._compose(order, progress, cancel).at_loudness(LOUDNESS)
            anywhere = order.anywhere()
            self._keep(self._path(anywhere.key, "flac"), clip.to_bytes("flac", anywhere.tags()))

    def open(self, order: SoundOrder, format: SoundFormat) -> BinaryIO | None:
        """The file of a sound, made of what is kept if need be; None when it is not rendered, or not kept any more.

        It is open, so that whoever has it can read it to its end even if it is dropped meanwhile.

        Raises:
            OSError: The file cannot be written.
        """
        path = self._path(order.key, format)
        file = _opened(path)
        if file is None:
            with self._encoding:  # the same sound asked for at once is encoded once
                file = _opened(path) or self._encoded(order, format, path)
        if file is not None:
            _mark_heard(self._path(order.samples_key, "flac"))
        return file

    def clip(self, order: SoundOrder) -> Clip | None:
        """What is kept of a sound; None when it is not rendered, or not kept any more."""
        samples = self._path(order.samples_key, "flac")
        _mark_heard(samples)
        try:
            return Clip.read(samples) if samples.is_file() else None
        except AudioError:  # damaged, or dropped this moment: rendered again when asked for
            samples.unlink(missing_ok=True)
            return None

    def sweep(self) -> None:
        """Remove what a process that was killed had not written to its end."""
        for path in self.folder.glob(f"*{PART}"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > ABANDONED:
                    path.unlink()

    def _encoded(self, order: SoundOrder, format: SoundFormat, path: Path) -> BinaryIO | None:
        clip = self.clip(order)
        if clip is None:
            return None
        self._keep(path, clip.to_bytes(format, order.tags()))
        return _opened(path)

    def _compose(self, order: SoundOrder, progress: Progress | None, cancel: Cancel | None) -> Clip:
        if order.recording:
            if self.gallery is None:
                raise GalleryError(f"{order.recording}: there is no gallery to read it from")
            return self.gallery.audio(order.recording)
        engine = self.engines.open(order.engine)
        began = time.perf_counter()
        clip = engine.render(
            order.caption, order.seconds, order.seed, progress=progress, cancel=cancel, **order.options()
        )
        self.engines.took(order.engine, time.perf_counter() - began, order.seconds, order.steps)
        return clip

    def _path(self, key: str, format: SoundFormat) -> Path:
        return self.folder / f"{key}.{format}"

    def _keep(self, path: Path, content: bytes) -> None:
        write_whole(path, content, durable=True)
        self._prune(keep=path)

    def _prune(self, keep: Path) -> None:
        """Drop the sounds longest unheard until the folder is within its bytes."""
        with self._pruning:
            files = []
            for path in self.folder.glob("*.*"):
                with contextlib.suppress(FileNotFoundError):  # another process was faster
                    files.append((path.stat(), path))
            files.sort(key=lambda pair: pair[0].st_mtime)
            excess = sum(stat.st_size for stat, _ in files) - self.max_bytes
            for stat, path in files:
                if excess <= 0:
                    return
                if path != keep and path.suffix != PART:
                    path.unlink(missing_ok=True)
                    excess -= stat.st_size


def _opened(path: Path) -> BinaryIO | None:
    """A file that is there, open and marked as heard; None when there is none."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    _mark_heard(path)
    return file


def _mark_heard(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.utime(path)
