"""The process that builds a region beside a server: `earshot region build`, of this installation and no other."""

import asyncio
import contextlib
import json
import logging
import os
import sys
from pathlib import Path

from server.errors import BuildFailed
from server.settings import Settings

logger = logging.getLogger("earshot")

LOWEST_PRIORITY = 19
PATIENCE = 10.0
"""Seconds a builder has to end by itself once it was told to."""
TOLD = 500

ROOT = Path(__file__).parents[2]
# Where Earshot is not installed, or another version is, the rooms are found by the folder this process has them from.
BEGIN = """
import sys
root = sys.argv.pop(1)
if root not in sys.path:
    sys.path.insert(0, root)
from server.cli import main
main()
"""


def earshot_command(*arguments: str) -> list[str]:
    """A command line of this very installation, from whatever folder it is run.

    `-P`: without it a folder called `server` in the working folder would be taken for ours.
    """
    return [sys.executable, "-P", "-c", BEGIN, str(ROOT), *arguments]


def environment(settings: Settings, imagery: str) -> dict[str, str]:
    """What a builder is told: this process's variables, and the settings it must share."""
    own = {
        "CHECKPOINT": settings.checkpoint,
        "GALLERY": json.dumps(settings.gallery),
        "PRECISION": settings.precision,
        "DATA_DIR": str(settings.data_dir),
        "IMAGERY": imagery,
        "TORCH_THREADS": "1",
    }
    return {**os.environ, **{f"EARSHOT_{name}": value for name, value in own.items()}}


class Builder:
    """Runs one build at a time, giving way to everything else on the machine."""

    def __init__(self) -> None:
        self.process: asyncio.subprocess.Process | None = None

    async def run(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Build to the end; when this is cancelled the builder is stopped where it is, and can go on later.

        Raises:
            BuildFailed: It ended before it was done.
        """
        self.process = process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            process_group=0,  # Ctrl-C in a terminal is for the server, which then stops the builder in order
        )
        try:
            with contextlib.suppress(ProcessLookupError):  # it may be gone already
                os.setpriority(os.PRIO_PROCESS, process.pid, LOWEST_PRIORITY)
            _, errors = await process.communicate()
            if process.returncode:
                logger.warning("building %s failed: %s", name, errors.decode(errors="replace").strip()[-TOLD:])
                raise BuildFailed(f"building {name} ended with code {process.returncode}; the server's log says why")
        finally:
            await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
