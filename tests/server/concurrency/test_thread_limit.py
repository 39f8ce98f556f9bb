"""Ways off the event loop: so many at once, so many more that wait, and no more."""

import asyncio
import threading

import pytest

from server.concurrency.thread_limit import ThreadLimit
from server.errors import Overloaded


def test_more_than_may_wait_are_refused_and_the_others_are_served():
    gate = threading.Event()

    async def main():
        way = ThreadLimit("maps", 2, 3)
        asked = [asyncio.create_task(way.run(lambda: gate.wait(10))) for _ in range(9)]
        await asyncio.sleep(0)
        gate.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert await way.run(lambda: "free again") == "free again"
        return answers

    answers = asyncio.run(main())
    refused = [answer for answer in answers if isinstance(answer, Overloaded)]
    assert answers.count(True) == 5
    assert len(refused) == 4
    assert "maps" in str(refused[0])


def test_work_runs_in_other_threads_and_fails_as_it_does():
    async def main():
        way = ThreadLimit("maps", 2, 3)
        assert await way.run(threading.get_ident) != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            await way.run(lambda: 1 / 0)

    asyncio.run(main())


def test_work_that_no_one_waits_for_any_more_keeps_its_room_until_it_is_done():
    gate = threading.Event()

    async def main():
        way = ThreadLimit("maps", 1, 0)
        left = asyncio.create_task(way.run(lambda: gate.wait(10)))
        await asyncio.sleep(0)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
        with pytest.raises(Overloaded):
            await way.run(lambda: "early")
        gate.set()
        while True:
            try:
                return await way.run(lambda: "free again")
            except Overloaded:
                await asyncio.sleep(0.001)

    assert asyncio.run(main()) == "free again"
