"""The service: what it starts it closes, also when that breaks, and orders are of words or of a place."""

import asyncio
import threading

import pytest

from server.concurrency.supervised import Supervisor
from server.earshot import Earshot
from server.errors import InvalidInput, Unavailable
from server.http.parameters import PointQuery
from server.service import Service
from server.sound.queries import SynthesisRequest

HERE = PointQuery(lat=0.05, lon=0.02)


@pytest.fixture
def service(earshot, make_settings):
    return Service(Earshot(make_settings(), earshot.model, earshot.gallery, earshot.imagery, earshot.engines))


def run(service, work):
    async def main():
        service.start(Supervisor())
        try:
            return await work()
        finally:
            await service.close()

    return asyncio.run(main())


def test_an_order_without_a_caption_is_of_the_one_nearest_to_its_place(service):
    async def work():
        return await service.order(SynthesisRequest(lat=0.05, lon=0.02)), await service.soundscapes.listen(HERE)

    order, answer = run(service, work)
    assert order.caption == answer.captions[0].text
    assert order.place == "0.05000, 0.02000"


def test_an_order_of_words_is_of_no_place_unless_one_is_named(service):
    async def work():
        return await service.order(SynthesisRequest(caption="rain"))

    order = run(service, work)
    assert (order.caption, order.place) == ("rain", "")


def test_an_engine_that_is_unknown_is_refused_before_the_place_is_looked_at(service, monkeypatch):
    monkeypatch.setattr(service.soundscapes, "listen", lambda query: pytest.fail("the place was looked at"))

    async def work():
        await service.order(SynthesisRequest(lat=0.05, lon=0.02, engine="theremin"))

    with pytest.raises(InvalidInput, match="theremin"):
        run(service, work)


def test_closing_leaves_no_thread_and_answers_nothing_more(service):
    before = set(threading.enumerate())
    assert run(service, lambda: service.soundscapes.listen(HERE)).captions
    left = [thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("model")]
    assert left == []
    with pytest.raises(Unavailable):
        asyncio.run(service.soundscapes.listen(PointQuery(lat=0.06, lon=0.03)))


def test_what_breaks_while_closing_keeps_nothing_else_open(service, monkeypatch):
    async def broken():
        raise RuntimeError("stuck")

    monkeypatch.setattr(service.search, "close", broken)
    with pytest.raises(RuntimeError, match="stuck"):
        run(service, lambda: service.soundscapes.listen(HERE))
    with pytest.raises(RuntimeError, match="shutdown"):
        service._worker.submit(print)
