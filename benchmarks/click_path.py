"""The way of one fresh click through the code: moves between files, files entered, and time on the event loop.

    python -m benchmarks.click_path

Moves are counted in every thread, a coroutine that goes on counts as entered anew, and Null Island is drawn and the
model run as always; time is that of the event loop's thread, without what a request that does nothing takes.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any

import httpx2

from server.app import create_app
from server.settings import Settings

ROOT = Path(__file__).parents[1]
ROOMS = tuple(f"{ROOT / room}/" for room in ("model", "tiles", "server"))
IMAGERY_AND_MODEL = tuple(f"{ROOT / part}/" for part in ("tiles", "model/sat2sound"))
CLICKS = 60

Get = Callable[[str], Awaitable[Any]]


class Moves:
    """Counts, in every thread begun after it, how often running code goes from one file of the project to another."""

    def __init__(self) -> None:
        self.counting = False
        self.moves: list[tuple[str, str]] = []
        self._last = threading.local()
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if not self.counting or event not in ("call", "return") or not frame.f_code.co_filename.startswith(ROOMS):
            return
        to = frame.f_code.co_filename if event == "call" else _file_above(frame)
        last = getattr(self._last, "file", None)
        if last is not None and to is not None and last != to:
            self.moves.append((last, to))
        elif last is None and to is not None:
            self.moves.append(("", to))
        self._last.file = to


def _file_above(frame: FrameType) -> str | None:
    """The project's file that a frame returns to, if any."""
    above = frame.f_back
    while above is not None and not above.f_code.co_filename.startswith(ROOMS):
        above = above.f_back
    return None if above is None else above.f_code.co_filename


async def _click(get: Get, places: random.Random) -> None:
    answer = await get(f"/soundscape?lat={places.uniform(-1.5, 1.5):.6f}&lon={places.uniform(-1.5, 1.5):.6f}")
    assert answer.status_code == 200, answer.text


async def _loop_ms(ask: Callable[[], Awaitable[Any]]) -> float:
    taken = []
    for _ in range(CLICKS):
        began = time.thread_time()
        await ask()
        taken.append(1000 * (time.thread_time() - began))
    return statistics.median(taken)


async def _measure(counted: Moves | None) -> None:
    places = random.Random(0)
    with tempfile.TemporaryDirectory() as data:
        app = create_app(Settings(data_dir=Path(data), imagery=["null-island"], build_region=False))
        transport = httpx2.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://earshot") as client,
        ):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.1)
            for _ in range(5):
                await _click(client.get, places)
            if counted is None:
                nothing = await _loop_ms(lambda: client.get("/healthz"))
                taken = await _loop_ms(lambda: _click(client.get, places))
                print(
                    f"| time on the event loop, without a request's own {nothing:.1f} ms | {taken - nothing:.1f} ms |"
                )
                return
            counted.counting = True
            await _click(client.get, places)
            counted.counting = False
            apart = [move for move in counted.moves if not any(file.startswith(IMAGERY_AND_MODEL) for file in move)]
            print("| a fresh click on Null Island | |")
            print("| --- | --: |")
            print(f"| moves between files | {len(counted.moves)} |")
            print(f"| … outside imagery and model | {len(apart)} |")
            print(f"| files entered | {len({to for _, to in counted.moves})} |")
            print(f"| … outside imagery and model | {len({to for _, to in apart})} |")


def main() -> None:
    """Count one click; then, unwatched, time some."""
    counted = Moves()
    asyncio.run(_measure(counted))
    threading.setprofile(None)
    sys.setprofile(None)
    asyncio.run(_measure(None))


if __name__ == "__main__":
    main()
