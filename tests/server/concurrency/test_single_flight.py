"""What many ask for at once is done once, and its failure is never lost."""

import asyncio

import pytest

from server.concurrency.single_flight import SingleFlight


class Work:
    """Answers how often it was begun, or fails, once it is let go."""

    def __init__(self, error=None):
        self.begun, self.error, self.gate = 0, error, asyncio.Event()

    async def __call__(self):
        self.begun += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return self.begun


async def turns():
    for _ in range(5):
        await asyncio.sleep(0)


def test_those_who_ask_for_the_same_at_once_share_one_run():
    async def main():
        once, work = SingleFlight("test"), Work()
        asked = [asyncio.create_task(once.run("a", work)) for _ in range(5)]
        await turns()
        work.gate.set()
        assert await asyncio.gather(*asked) == [1] * 5
        assert await once.run("a", work) == 2  # done with: asked again, it is done again

    asyncio.run(main())


def test_what_is_asked_for_under_another_key_runs_beside_it():
    async def main():
        once, one, other = SingleFlight("test"), Work(), Work()
        asked = [asyncio.create_task(once.run(key, work)) for key, work in (("a", one), ("b", other))]
        await turns()
        assert (one.begun, other.begun) == (1, 1)
        for work in (one, other):
            work.gate.set()
        await asyncio.gather(*asked)

    asyncio.run(main())


def test_all_who_wait_have_the_failure_and_the_next_one_tries_anew(caplog):
    async def main():
        once, work = SingleFlight("test"), Work(ValueError("broken"))
        asked = [asyncio.create_task(once.run("a", work)) for _ in range(2)]
        await turns()
        work.gate.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [str(answer) for answer in answers] == ["broken"] * 2
        work.error = None
        assert await once.run("a", work) == 2

    asyncio.run(main())
    assert caplog.records == []


def test_it_goes_on_when_one_leaves_and_when_all_have():
    async def main():
        once, work = SingleFlight("test"), Work()
        leaving, staying = (asyncio.create_task(once.run("a", work)) for _ in range(2))
        await turns()
        leaving.cancel()
        await turns()
        again = asyncio.create_task(once.run("a", work))
        await turns()
        work.gate.set()
        assert (await staying, await again) == (1, 1)
        with pytest.raises(asyncio.CancelledError):
            await leaving

    asyncio.run(main())


def test_a_failure_no_one_waits_for_any_more_is_in_the_log(caplog):
    async def main():
        once, work = SingleFlight("a search"), Work(ValueError("broken"))
        leaving = asyncio.create_task(once.run("a", work))
        await turns()
        leaving.cancel()
        await turns()
        work.gate.set()
        await turns()

    asyncio.run(main())
    (record,) = caplog.records
    assert "a search" in record.getMessage()
    assert record.exc_info[0] is ValueError
