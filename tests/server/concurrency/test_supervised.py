"""Background tasks: no exception dies unseen, what may begin again does, and closing stops them all."""

import asyncio
import logging

import pytest

from server.concurrency.retry import RetryPolicy
from server.concurrency.supervised import Supervisor, reason_of
from server.errors import StartError

AT_ONCE = RetryPolicy(first=0.0, most=0.0)
SOON = RetryPolicy(first=60.0)


async def turns(count=20):
    """Let everything that can run do so."""
    for _ in range(count):
        await asyncio.sleep(0)


def run(main):
    """Run a coroutine function with a supervisor that is closed afterwards."""

    async def whole():
        supervisor = Supervisor()
        try:
            return await main(supervisor)
        finally:
            await supervisor.close()

    return asyncio.run(whole())


def failing(*errors):
    """Work that raises these one after the other, then waits for ever; `work.runs` counts."""
    left = list(errors)

    async def work():
        work.runs += 1
        if left:
            raise left.pop(0)
        await asyncio.Event().wait()

    work.runs = 0
    return work


def test_what_ends_by_itself_is_no_trouble():
    async def main(supervisor):
        async def work():
            return 7

        task = supervisor.watch("short", work)
        assert task.alive
        await task.wait()
        assert (task.state, task.trouble, supervisor.troubles) == ("ended", None, [])
        assert supervisor.failures == {"short": 0}

    run(main)


def test_an_exception_is_logged_with_its_traceback_counted_and_told(caplog):
    async def main(supervisor):
        task = supervisor.watch("drawing", failing(ValueError("secret")), essential=True)
        with caplog.at_level(logging.ERROR, logger="earshot"):
            await task.wait()
        assert (task.state, task.alive) == ("failed", False)
        (trouble,) = supervisor.troubles
        assert (trouble.task, trouble.essential, trouble.state) == ("drawing", True, "failed")
        assert "ValueError" in trouble.detail
        assert supervisor.failures == {"drawing": 1}

    run(main)
    (record,) = caplog.records
    assert "drawing" in record.getMessage()
    assert record.exc_info[0] is ValueError


def test_what_may_be_tried_again_is_until_it_runs_and_then_is_no_trouble_any_more():
    async def main(supervisor):
        work = failing(OSError("1"), OSError("2"))
        task = supervisor.watch("probing", work, retry=AT_ONCE)
        await turns()
        assert (work.runs, task.state, supervisor.troubles) == (3, "running", [])
        assert supervisor.failures == {"probing": 2}

    run(main)


def test_while_it_waits_for_its_next_attempt_the_trouble_is_told():
    async def main(supervisor):
        task = supervisor.watch("probing", failing(OSError("no route")), retry=SOON)
        await turns()
        assert task.alive
        assert [(trouble.task, trouble.state) for trouble in supervisor.troubles] == [("probing", "waiting")]

    run(main)


def test_after_the_last_attempt_it_has_failed_for_good():
    async def main(supervisor):
        work = failing(*(OSError(str(n)) for n in range(9)))
        task = supervisor.watch("builder", work, retry=RetryPolicy(first=0.0, attempts=3))
        await task.wait()
        assert (work.runs, task.state, supervisor.failures["builder"]) == (3, "failed", 3)

    run(main)


def test_a_cancellation_from_within_is_a_failure_like_any_other():
    async def main(supervisor):
        async def work():
            raise asyncio.CancelledError

        task = supervisor.watch("odd", work)
        await task.wait()
        assert task.state == "failed"
        assert supervisor.failures["odd"] == 1

    run(main)


def test_stopping_one_is_no_failure_and_leaves_the_others():
    async def main(supervisor):
        one, other = supervisor.watch("one", failing()), supervisor.watch("other", failing())
        await turns()
        await one.stop()
        assert (one.state, other.state) == ("ended", "running")
        assert (supervisor.failures, supervisor.troubles) == ({"one": 0, "other": 0}, [])

    run(main)


def test_one_that_waits_to_be_tried_again_can_be_stopped():
    async def main(supervisor):
        task = supervisor.watch("probing", failing(OSError("x")), retry=SOON)
        await turns()
        await task.stop()
        assert (task.state, supervisor.troubles) == ("ended", [])

    run(main)


def test_closing_stops_all_even_where_one_raises_as_it_is_cancelled(caplog):
    async def main(supervisor):
        async def stubborn():
            try:
                await asyncio.Event().wait()
            finally:
                raise ValueError("while closing")

        tasks = [supervisor.watch("stubborn", stubborn, retry=AT_ONCE), supervisor.watch("calm", failing())]
        await turns()
        await supervisor.close()
        assert [task.alive for task in tasks] == [False, False]
        assert supervisor.failures["stubborn"] == 1

    run(main)


def test_whoever_asked_to_be_told_is_in_place_of_the_log(caplog):
    heard = []

    async def main(supervisor):
        await supervisor.watch("loading", failing(StartError("no such gallery")), told=heard.append).wait()
        assert supervisor.troubles[0].detail == "no such gallery"

    run(main)
    assert [str(error) for error in heard] == ["no such gallery"]
    assert caplog.records == []


def test_a_task_begun_again_by_its_name_takes_the_place_of_the_one_that_failed():
    async def main(supervisor):
        await supervisor.watch("loading", failing(ValueError())).wait()
        again = supervisor.watch("loading", failing())
        assert supervisor.troubles == []
        assert supervisor.task("loading") is again
        assert supervisor.failures["loading"] == 1

    run(main)


def test_what_is_essential_is_told_first():
    async def main(supervisor):
        for name, essential in (("a", False), ("b", True)):
            await supervisor.watch(name, failing(ValueError()), essential=essential).wait()
        assert [trouble.task for trouble in supervisor.troubles] == ["b", "a"]

    run(main)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StartError("imagery: none\nis left"), "imagery: none is left"),
        (ValueError("secret: /home/ann"), "ValueError; the server's log says what happened."),
        (StartError(), "StartError; the server's log says what happened."),
    ],
)
def test_a_reason_is_one_line_and_gives_away_only_what_was_raised_on_purpose(error, told):
    assert reason_of(error) == told
