"""Sounds: each is rendered once, kept under its content address, and dropped when the folder is full."""

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from model.synthesis import Clip
from server.errors import Overloaded
from server.queries import SoundFormat

LOUDNESS = -23.0
"""Integrated loudness of every sound, LUFS (EBU R 128)."""

SoundState = Literal["ready", "rendering", "on-request"]
MEDIA_TYPES: dict[SoundFormat, str] = {"ogg": "audio/ogg", "wav": "audio/wav"}
MAX_RENDERING = 64


@dataclass(frozen=True)
class SoundJob:
    """Everything that decides what a sound is; equal jobs are equal sounds."""

    engine: str
    caption: str
    seconds: float
    seed: int
    format: SoundFormat
    recording: str = ""
    """Of a gallery's recording: its id; empty for a caption that is rendered."""
    release: str = ""
    """What else decides the samples: the version of the engine, or the checksum of the recording."""

    @property
    def key(self) -> str:
        """The content address."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]


class SoundStore:
    """Renders jobs one at a time in a worker thread and keeps their files in `folder`, at most `max_bytes` of them.

    `compose` makes the clip of a job, at any level; it is kept at `LOUDNESS`.

    A folder may be shared by several processes: a file appears under its name only when it is whole.
    """

    def __init__(self, folder: Path, max_bytes: int, compose: Callable[[SoundJob], Clip]) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self.compose = compose
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="synthesis")
        self._rendering: dict[str, asyncio.Task[Path]] = {}

    def path(self, job: SoundJob) -> Path:
        """Where the sound of a job is kept, whether or not it is there yet."""
        return self.folder / f"{job.key}.{job.format}"

    def state(self, job: SoundJob) -> SoundState:
        """Whether a sound is there, on its way, or rendered when asked for."""
        if job.key in self._rendering:
            return "rendering"
        return "ready" if self.path(job).is_file() else "on-request"

    async def ask(self, job: SoundJob, patience: float) -> Path | None:
        """The file of a sound, rendered if need be; None when that takes longer than `patience` seconds.

        Equal jobs asked for at once are rendered once, and go on rendering when no one waits any more.

        Raises:
            Overloaded: Too many sounds are being rendered already.
            SynthesisError: The engine refuses the caption.
        """
        path = self.path(job)
        if path.is_file():
            os.utime(path)
            return path
        task = self._rendering.get(job.key) or self._start(job)
        done, _ = await asyncio.wait({task}, timeout=patience)
        return task.result() if done else None

    def render(self, job: SoundJob) -> Path:
        """Render a job now, in this thread, and keep its file."""
        path = self.path(job)
        if not path.is_file():
            clip = self.compose(job).at_loudness(LOUDNESS)
            descriptor, temporary = tempfile.mkstemp(dir=self.folder, suffix=".part")
            os.close(descriptor)
            try:
                clip.write(temporary, job.format)
                Path(temporary).replace(path)
            finally:
                Path(temporary).unlink(missing_ok=True)
            self._prune(keep=path)
        return path

    async def close(self) -> None:
        """Let the sound being rendered end and forget the others."""
        for task in self._rendering.values():
            task.cancel()
        await asyncio.to_thread(partial(self._worker.shutdown, cancel_futures=True))

    def _start(self, job: SoundJob) -> asyncio.Task[Path]:
        if len(self._rendering) >= MAX_RENDERING:
            raise Overloaded(f"{len(self._rendering)} sounds are being rendered already.", retry_after=5)

        async def render() -> Path:
            try:
                return await asyncio.get_running_loop().run_in_executor(self._worker, self.render, job)
            finally:
                del self._rendering[job.key]

        task = self._rendering[job.key] = asyncio.create_task(render(), name=f"render {job.key}")
        return task

    def _prune(self, keep: Path) -> None:
        """Drop the sounds longest unheard until the folder is within its bytes."""
        files = sorted(((path.stat(), path) for path in self.folder.glob("*.*")), key=lambda pair: pair[0].st_mtime)
        excess = sum(stat.st_size for stat, _ in files) - self.max_bytes
        for stat, path in files:
            if excess <= 0:
                return
            if path != keep:
                path.unlink(missing_ok=True)
                excess -= stat.st_size
