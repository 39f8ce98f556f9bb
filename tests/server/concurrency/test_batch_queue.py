"""The queue in front of the model: together or alone, an item's answer is its own."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from server.concurrency.batch_queue import BatchQueue
from server.concurrency.supervised import Supervisor
from server.errors import Overloaded, Unavailable


def doubled(items: list[float]) -> list[float]:
    return [2 * item for item in items]


class Recorder:
    """Doubles its items and remembers the batches; negative items fail; a closed gate holds it."""

    def __init__(self) -> None:
        self.batches: list[list[float]] = []
        self.threads: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, items: list[float]) -> list[float]:
        self.batches.append(items)
        self.threads.add(threading.get_ident())
        self.gate.wait(10)
        if min(items) < 0:
            raise ValueError(f"negative: {min(items)}")
        return doubled(items)


async def until(condition) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("never came true")


def test_many_at_once_get_what_each_would_get_alone():
    rng = np.random.default_rng(0)
    items = [float(x) for x in rng.random(100)]

    async def main() -> list[float]:
        queue = BatchQueue(doubled, window=0.01, max_batch=16)
        queue.start(Supervisor())
        answers = await asyncio.gather(*(queue.submit(item) for item in items))
        await queue.close()
        return answers

    assert asyncio.run(main()) == doubled(items)


def test_what_arrives_together_is_run_together_in_one_other_thread_and_never_more_than_the_most():
    recorder = Recorder()

    async def main() -> None:
        queue = BatchQueue(recorder, window=0.05, max_batch=8)
        queue.start(Supervisor())
        await asyncio.gather(*(queue.submit(float(i)) for i in range(20)))
        await queue.close()

    asyncio.run(main())
    assert [len(batch) for batch in recorder.batches] == [8, 8, 4]
    assert len(recorder.threads) == 1
    assert threading.get_ident() not in recorder.threads


def test_queues_that_share_a_worker_run_one_batch_at_a_time_and_leave_it_open():
    running, most = [], []

    def run(items: list[float]) -> list[float]:
        running.append(1)
        most.append(len(running))
        time.sleep(0.01)
        running.pop()
        return doubled(items)

    async def main() -> list[float]:
        queues = [BatchQueue(run, window=0, max_batch=2, worker=worker) for _ in range(2)]
        for queue in queues:
            queue.start(Supervisor())
        answers = await asyncio.gather(*(queues[item % 2].submit(float(item)) for item in range(12)))
        for queue in queues:
            await queue.close()
        return answers

    with ThreadPoolExecutor(1) as worker:
        assert asyncio.run(main()) == doubled([float(item) for item in range(12)])
        assert worker.submit(len, "open").result() == 4
    assert set(most) == {1}


def test_one_item_alone_does_not_wait_for_company_for_long():
    async def main() -> float:
        queue = BatchQueue(doubled, window=0.005, max_batch=8)
        queue.start(Supervisor())
        begin = asyncio.get_running_loop().time()
        await queue.submit(1.0)
        took = asyncio.get_running_loop().time() - begin
        await queue.close()
        return took

    assert asyncio.run(main()) < 0.5


def test_a_full_batch_does_not_wait_and_what_is_left_over_follows_it_at_once():
    async def main() -> list[float]:
        queue = BatchQueue(doubled, window=60, max_batch=2)
        queue.start(Supervisor())
        answers = await asyncio.wait_for(asyncio.gather(*(queue.submit(float(i)) for i in range(3))), 10)
        await queue.close()
        return answers

    assert asyncio.run(main()) == [0.0, 2.0, 4.0]


def test_an_item_that_cannot_be_run_fails_alone():
    async def main() -> list[float | BaseException]:
        queue = BatchQueue(Recorder(), window=0.02, max_batch=8)
        queue.start(Supervisor())
        answers = await asyncio.gather(*(queue.submit(x) for x in (1.0, -2.0, 3.0)), return_exceptions=True)
        await queue.close()
        return answers

    first, second, third = asyncio.run(main())
    assert (first, third) == (2.0, 6.0)
    assert isinstance(second, ValueError)
    assert "-2.0" in str(second)


def test_a_cancelled_request_leaves_the_batch():
    recorder = Recorder()

    async def main() -> float:
        queue = BatchQueue(recorder, window=0.05, max_batch=8)
        queue.start(Supervisor())
        leaving = asyncio.create_task(queue.submit(5.0))
        staying = asyncio.create_task(queue.submit(7.0))
        await asyncio.sleep(0.005)
        leaving.cancel()
        answer = await staying
        await queue.close()
        return answer

    assert asyncio.run(main()) == 14.0
    assert recorder.batches == [[7.0]]


def test_a_request_cancelled_while_it_runs_does_not_disturb_the_others():
    recorder = Recorder()
    recorder.gate.clear()

    async def main() -> float:
        queue = BatchQueue(recorder, window=0.01, max_batch=2)
        queue.start(Supervisor())
        leaving = asyncio.create_task(queue.submit(5.0))
        staying = asyncio.create_task(queue.submit(7.0))
        await until(lambda: recorder.batches)
        leaving.cancel()
        await asyncio.sleep(0.01)
        recorder.gate.set()
        answer = await staying
        await queue.close()
        return answer

    assert asyncio.run(main()) == 14.0


def test_more_than_may_wait_is_refused_at_once():
    recorder = Recorder()
    recorder.gate.clear()

    async def main() -> None:
        queue = BatchQueue(recorder, window=0.0, max_batch=1, max_waiting=2)
        queue.start(Supervisor())
        running = asyncio.create_task(queue.submit(1.0))
        await until(lambda: recorder.batches)
        waiting = [asyncio.create_task(queue.submit(2.0)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as refusal:
            await queue.submit(3.0)
        assert refusal.value.retry_after > 0
        recorder.gate.set()
        assert await asyncio.gather(running, *waiting) == [2.0, 4.0, 4.0]
        await queue.close()

    asyncio.run(main())


def test_closing_lets_the_running_batch_end_and_answers_everyone():
    recorder = Recorder()
    recorder.gate.clear()
    before = set(threading.enumerate())

    async def main() -> list[float | BaseException]:
        queue = BatchQueue(recorder, window=0.0, max_batch=1)
        queue.start(Supervisor())
        asked = [asyncio.create_task(queue.submit(float(i))) for i in range(3)]
        await until(lambda: recorder.batches)
        asyncio.get_running_loop().call_later(0.02, recorder.gate.set)
        await queue.close()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        with pytest.raises(Unavailable):
            await queue.submit(9.0)
        return answers

    answers = asyncio.run(main())
    assert all(isinstance(answer, Unavailable) for answer in answers)
    assert set(threading.enumerate()) <= before


def test_a_run_that_loses_an_answer_is_an_error_and_not_a_wait():
    async def main() -> None:
        queue = BatchQueue(lambda items: items[1:], window=0.0)
        queue.start(Supervisor())
        with pytest.raises(RuntimeError, match="1 items gave 0 results"):
            await queue.submit(1.0)
        await queue.close()

    asyncio.run(main())


@pytest.mark.parametrize("steps", range(4))
def test_a_queue_closed_as_its_batch_fills_up_is_closed(steps):
    async def main() -> list[float | BaseException]:
        queue = BatchQueue(doubled, window=5.0, max_batch=2)
        queue.start(Supervisor())
        asked = [asyncio.create_task(queue.submit(1.0))]
        await asyncio.sleep(0.01)
        asked.append(asyncio.create_task(queue.submit(2.0)))
        for _ in range(steps):  # of the loop, by which the worker has noticed
            await asyncio.sleep(0)
        await asyncio.wait_for(queue.close(), 2)
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(main())
    assert all(isinstance(answer, Unavailable | float) for answer in answers)
