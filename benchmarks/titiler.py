"""titiler as a peer: installed into an environment of its own, one worker serving tiles of a GeoTIFF."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

HOME = Path(tempfile.gettempdir()) / "earshot-titiler"
PATIENCE = 60.0
APP = """
from fastapi import FastAPI
from titiler.core.factory import TilerFactory

app = FastAPI()
app.include_router(TilerFactory().router)
"""
# What titiler's own documentation recommends for speed.
GDAL = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": "200", "VSI_CACHE": "TRUE"}


class TitilerMissing(Exception):
    """It cannot be installed or started here; the message says why."""


def install() -> Path:
    """The Python of an environment that has titiler. Raises TitilerMissing."""
    python = HOME / "bin/python"
    ready = HOME / "installed"
    if not ready.is_file():
        commands = [[sys.executable, "-m", "venv", str(HOME)]]
        commands.append([str(python), "-m", "pip", "install", "--quiet", "titiler.core", "uvicorn"])
        for command in commands:
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                raise TitilerMissing((done.stderr.strip().splitlines() or ["no reason given"])[-1])
        ready.touch()
    return python


class Titiler:
    """A running titiler; leaving the block stops it."""

    def __init__(self, raster: Path) -> None:
        self._python = install()
        self._raster = raster
        self._folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Self:
        (Path(self._folder.name) / "peer.py").write_text(APP)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command = [
            str(self._python),
            "-W",
            "ignore",
            "-m",
            "uvicorn",
            "peer:app",
            "--port",
            str(self.port),
            "--log-level",
            "warning",
        ]
        self._process = subprocess.Popen(
            command, cwd=self._folder.name, env={**os.environ, **GDAL}, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.__exit__()
                raise TitilerMissing("it does not start")
            time.sleep(0.1)
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._folder.cleanup()

    def path(self, z: int, x: int, y: int) -> str:
        """The tile of the first band by percentage, coloured, without a cache."""
        asked = {"url": str(self._raster), "bidx": 2, "rescale": "50,100", "colormap_name": "magma"}
        return f"/tiles/WebMercatorQuad/{z}/{x}/{y}.png?{urlencode(asked)}"

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.path(0, 0, 0)}", timeout=PATIENCE).read()
        except OSError:
            return False
        return True
