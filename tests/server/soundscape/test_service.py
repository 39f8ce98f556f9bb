"""Describing places behind the event loop: answers kept in bounds, the model asked once, the loop left alone."""

import asyncio
import threading
from functools import partial

import pytest

from server.concurrency.supervised import Supervisor
from server.earshot import Earshot
from server.errors import InvalidInput
from server.http.parameters import PointQuery
from server.service import Service
from server.soundscape.embedding import embed_places
from server.soundscape.matches import Matches

HERE = PointQuery(lat=0.05, lon=0.02)


@pytest.fixture
def make(earshot, make_settings):
    """A service around what is opened once, with settings of its own and nothing kept yet."""

    def service(**settings):
        opened = Earshot(make_settings(**settings), earshot.model, earshot.gallery, earshot.imagery, earshot.engines)
        return Service(opened)

    return service


def run(service, work):
    async def main():
        service.start(Supervisor())
        try:
            return await work(service.soundscapes)
        finally:
            await service.close()

    return asyncio.run(main())


def listen_all(service, queries):
    async def work(soundscapes):
        return [await soundscapes.listen(query) for query in queries]

    return run(service, work)


@pytest.fixture
def runs(monkeypatch):
    """How many chips each run of the model was given."""
    found = []

    def counted(model, batch):
        found.append(len(batch))
        return embed_places(model, batch)

    monkeypatch.setattr("server.soundscape.service.embed_places", counted)
    return found


def test_an_answer_is_worked_out_once_and_auto_is_the_source_it_chose(runs, make):
    named = HERE.model_copy(update={"imagery": "null-island"})
    first, second, third = listen_all(make(), [HERE, HERE, named])
    assert first == second == third
    assert runs == [1]


def test_no_more_answers_are_kept_than_allowed(runs, make):
    places = [PointQuery(lat=0.01 * i, lon=0.3) for i in range(4)]
    listen_all(make(answers_kept=2), [*places, places[3], places[2]])
    assert runs == [1] * 4
    listen_all(make(answers_kept=2), [*places, places[0]])
    assert runs == [1] * 9


def test_with_no_answers_kept_each_is_worked_out_anew(runs, make):
    listen_all(make(answers_kept=0), [HERE, HERE])
    assert runs == [1, 1]


def test_what_a_click_embedded_is_not_embedded_again_to_explain_it(runs, make):
    async def work(soundscapes):
        await soundscapes.listen(HERE)
        return await soundscapes.embedding(HERE)

    place = run(make(), work)
    assert place.weights.sum() == pytest.approx(1, abs=1e-4)
    assert runs == [1]


def test_the_gallery_is_searched_off_the_event_loop(make, monkeypatch):
    threads = []
    captions = Matches.captions

    def watched(self, *asked):
        threads.append(threading.current_thread())
        return captions(self, *asked)

    monkeypatch.setattr(Matches, "captions", watched)
    listen_all(make(), [HERE])
    assert threads
    assert threading.main_thread() not in threads


def test_clicks_that_come_together_go_through_the_model_together(runs, make):
    async def work(soundscapes):
        await asyncio.gather(*(soundscapes.listen(PointQuery(lat=0.02 * i, lon=0.1)) for i in range(8)))

    run(make(batch_window_ms=500, max_batch=4), work)
    assert runs == [4, 4]


@pytest.mark.parametrize(("asked", "why"), [({"scale": 2}, "not 2"), ({"imagery": "esri"}, "not offered here")])
def test_what_is_refused_is_refused_before_any_imagery_is_read(make, monkeypatch, asked, why):
    service = make()
    monkeypatch.setattr(service.soundscapes, "look_now", partial(pytest.fail, "imagery was read"))
    with pytest.raises(InvalidInput, match=why):
        listen_all(service, [HERE.model_copy(update=asked)])


def test_a_sound_is_told_as_far_as_it_is_now_also_in_an_answer_that_was_kept(make, monkeypatch):
    service = make()
    states = iter(("on-request", "rendering", "ready"))
    object.__setattr__(service.soundscapes.describer, "state", lambda order: next(states))
    told = listen_all(service, [HERE, HERE, HERE])
    assert [answer.sound.state for answer in told] == ["on-request", "rendering", "ready"]
    assert len({answer.sound.job for answer in told}) == 1
