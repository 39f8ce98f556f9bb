"""The live Earshot: answers kept in bounds, readers bounded, metadata batched row by row."""

import asyncio
import threading
import time

import numpy as np
import pytest
import torch

from model.sat2sound import ModelConfig, Sat2Sound
from server.concurrency.cores import available_cores
from server.concurrency.supervised import Supervisor
from server.earshot import Earshot
from server.errors import Overloaded
from server.http.parameters import PointQuery
from server.service import LiveEarshot

HERE = PointQuery(lat=0.05, lon=0.02)


def live(earshot, make_settings, **settings):
    return LiveEarshot(
        Earshot(make_settings(**settings), earshot.model, earshot.gallery, earshot.imagery, earshot.engines)
    )


def listen_all(running, queries):
    async def main():
        running.start(Supervisor())
        try:
            return [await running.listen(query) for query in queries]
        finally:
            await running.close()

    return asyncio.run(main())


def test_an_answer_is_worked_out_once_and_auto_is_the_source_it_chose(earshot, make_settings, monkeypatch):
    running = live(earshot, make_settings)
    runs = []
    monkeypatch.setattr(running._model, "_run", lambda batch: runs.append(len(batch)) or earshot.hear(batch))
    named = HERE.model_copy(update={"imagery": "null-island"})
    first, second, third = listen_all(running, [HERE, HERE, named])
    assert first == second == third
    assert runs == [1]


def test_no_more_answers_are_kept_than_allowed(earshot, make_settings, monkeypatch):
    running = live(earshot, make_settings, answers_kept=2)
    runs = []
    monkeypatch.setattr(running._model, "_run", lambda batch: runs.append(len(batch)) or earshot.hear(batch))
    places = [PointQuery(lat=0.01 * i, lon=0.3) for i in range(4)]
    listen_all(running, [*places, places[3], places[2]])
    assert runs == [1] * 4
    running = live(earshot, make_settings, answers_kept=2)
    monkeypatch.setattr(running._model, "_run", lambda batch: runs.append(len(batch)) or earshot.hear(batch))
    listen_all(running, [*places, places[0]])
    assert runs == [1] * 9


def test_more_readers_than_may_wait_are_refused(earshot, make_settings):
    running = live(earshot, make_settings, max_waiting=1)
    gate = threading.Event()

    async def main():
        asked = [asyncio.create_task(running.read("null-island", "tile", lambda: gate.wait(10))) for _ in range(99)]
        await asyncio.sleep(0)
        gate.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        await running.close()
        return answers

    answers = asyncio.run(main())
    served = sum(answer is True for answer in answers)
    assert served == available_cores() + 1
    assert sum(isinstance(answer, Overloaded) for answer in answers) == len(answers) - served


@pytest.mark.parametrize(
    ("what", "torch_threads", "at_once"), [("chip", 3, 1), ("chip", 1, 3), ("chip", 9, 1), ("tile", 3, 4)]
)
def test_chips_leave_the_model_its_cores_and_tiles_take_them_all(
    earshot, make_settings, monkeypatch, what, torch_threads, at_once
):
    monkeypatch.setattr("server.concurrency.cores.available_cores", lambda: 4)
    monkeypatch.setattr("server.service.available_cores", lambda: 4)
    running = live(earshot, make_settings, torch_threads=torch_threads)
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
        await asyncio.gather(*(running.read("null-island", what, work) for _ in range(12)))
        await running.close()

    asyncio.run(main())
    assert max(most) == at_once


def test_a_batch_of_many_hears_what_each_chip_sounds_like_alone(earshot):
    queries = [PointQuery(lat=0.1 * i, lon=-0.2, scale=scale) for i, scale in enumerate((1, 3, 5, 1))]
    seen = [earshot.see(earshot.frame(query), query) for query in queries]
    for one, together in zip(seen, earshot.hear(seen), strict=True):
        (alone,) = earshot.hear([one])
        np.testing.assert_allclose(together.vector, alone.vector, atol=1e-5)
        np.testing.assert_allclose(together.weights, alone.weights, atol=1e-5)


def test_a_checkpoint_with_metadata_hears_the_month_of_each_row(earshot, make_settings):
    torch.manual_seed(2)
    model = Sat2Sound(ModelConfig.tiny(metadata=True)).eval().requires_grad_(False)
    seasonal = Earshot(make_settings(), model, earshot.gallery, earshot.imagery, earshot.engines)
    queries = [HERE.model_copy(update={"month": month}) for month in (1, 7, None)]
    seen = [seasonal.see(seasonal.frame(query), query) for query in queries]
    together = seasonal.hear(seen)
    assert not np.allclose(together[0].vector, together[1].vector)
    for one, heard in zip(seen, together, strict=True):
        np.testing.assert_allclose(heard.vector, seasonal.hear([one])[0].vector, atol=1e-5)
    answer = seasonal.describe(queries[0], seen[0], together[0])
    assert answer.notes == []


def test_a_gsd_the_checkpoint_never_saw_is_marked(earshot, tmp_path):
    chip = earshot.imagery.get("null-island").read(0.05, 0.02, 50.0, 64)
    query = PointQuery(lat=0.05, lon=0.02)
    seen = earshot.see(earshot.frame(query), query)
    (heard,) = earshot.hear([seen])
    notes = earshot.describe(query, type(seen)(chip, seen.image, query), heard).notes
    assert any("50 m per pixel" in note and "0.3 to 30 m" in note for note in notes)
