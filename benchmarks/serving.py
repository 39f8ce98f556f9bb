"""A real `earshot serve` on a free port with an empty data folder, for the benchmarks to measure."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Self

import psutil

PATIENCE = 120.0


class Serving:
    """A running server; leaving the block stops it. `data_dir` is where it keeps things: by default an empty folder."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._data_dir = data_dir or Path(self._folder.name)
        self.ready_after = 0.0

    def __enter__(self) -> Self:
        begin = time.perf_counter()
        command = [sys.executable, "-u", "-m", "server.cli", "serve", "--port", "0", "--imagery", "null-island"]
        command += ["--data-dir", str(self._data_dir)]
        environment = {**os.environ, "EARSHOT_BUILD_REGION": "false"}  # nothing else is to be at work meanwhile
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]
        while not self._is_ready():
            if time.perf_counter() - begin > PATIENCE or self.process.poll() is not None:
                raise RuntimeError("the server did not become ready")
            time.sleep(0.02)
        self.ready_after = time.perf_counter() - begin
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        self._folder.cleanup()

    def get(self, path: str) -> Message:
        """Ask the server, insist on an answer, read it whole, and return its headers."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=PATIENCE) as answer:
            answer.read()
            headers: Message = answer.headers
        return headers

    def _is_ready(self) -> bool:
        try:
            self.get("/readyz")
        except OSError:  # not listening yet, or 503 while it loads
            return False
        return True

    def resident_bytes(self) -> int:
        """Resident memory of the server and whatever it started."""
        processes = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        return sum(process.memory_info().rss for process in processes)
