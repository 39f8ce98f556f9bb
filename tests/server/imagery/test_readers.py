"""How many chips and tiles are read at once: a bound for each source, and cores left for the model."""

import asyncio
import threading
import time

import pytest

from server.concurrency.cores import available_cores
from server.errors import Overloaded
from server.imagery.readers import ImageryReaders
from server.imagery.shelf import ImageryShelf, Offered
from tiles.imagery import open_imagery


def make(imagery, **more):
    return ImageryReaders(imagery, **{"online_threads": 2, "torch_threads": 1, "max_waiting": 256, **more})


def test_more_readers_than_may_wait_are_refused(earshot):
    readers = make(earshot.imagery, max_waiting=1)
    gate = threading.Event()

    async def main():
        asked = [asyncio.create_task(readers.read("null-island", "tile", lambda: gate.wait(10))) for _ in range(99)]
        await asyncio.sleep(0)
        gate.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(main())
    served = sum(answer is True for answer in answers)
    assert served == available_cores() + 1
    assert sum(isinstance(answer, Overloaded) for answer in answers) == len(answers) - served


def most_at_once(readers, source, kind, at_once):
    """How many of a dozen were read at the same time, once `at_once` of them were."""
    lock, gate, now, most = threading.Lock(), threading.Event(), [], []

    def work():
        with lock:
            now.append(1)
            most.append(len(now))
            if len(now) == at_once:
                gate.set()
        assert gate.wait(10), "fewer ran at once than may"
        time.sleep(0.01)
        with lock:
            now.pop()

    async def main():
        await asyncio.gather(*(readers.read(source, kind, work) for _ in range(12)))

    asyncio.run(main())
    return max(most)


@pytest.mark.parametrize(
    ("kind", "torch_threads", "at_once"), [("chip", 3, 1), ("chip", 1, 3), ("chip", 9, 1), ("tile", 3, 4)]
)
def test_chips_leave_the_model_its_cores_and_tiles_take_them_all(earshot, monkeypatch, kind, torch_threads, at_once):
    monkeypatch.setattr("server.concurrency.cores.available_cores", lambda: 4)
    monkeypatch.setattr("server.imagery.readers.available_cores", lambda: 4)
    readers = make(earshot.imagery, torch_threads=torch_threads)
    assert most_at_once(readers, "null-island", kind, at_once) == at_once


def test_an_online_source_mostly_waits_and_is_read_by_as_many_as_the_settings_say():
    shelf = ImageryShelf([Offered(open_imagery("null-island"), online=True, bounds=None)])
    readers = make(shelf, online_threads=5)
    assert most_at_once(readers, "null-island", "chip", 5) == 5


def test_tiles_that_hang_hold_up_no_chip(earshot):
    readers = make(earshot.imagery)
    gate = threading.Event()

    async def main():
        hanging = [
            asyncio.create_task(readers.read("null-island", "tile", lambda: gate.wait(10)))
            for _ in range(available_cores())
        ]
        await asyncio.sleep(0)
        assert await asyncio.wait_for(readers.read("null-island", "chip", lambda: "read"), 5) == "read"
        gate.set()
        await asyncio.gather(*hanging)

    asyncio.run(main())
