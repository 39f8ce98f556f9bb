"""Explaining behind the event loop: a chip is looked at once, words are read once, the background is measured once."""

import asyncio

import numpy as np
import pytest

from model.explain import METHODS, concept_focus
from server.concurrency.supervised import Supervisor
from server.earshot import Earshot
from server.errors import InvalidInput
from server.explain.patch_normalisation import Background
from server.explain.queries import AttentionQuery, WhyQuery
from server.explain.service import ExplainService
from server.service import Service
from server.soundscape.references import CONCEPTS_NAMED

HERE = {"lat": 0.05, "lon": 0.02}


@pytest.fixture(scope="module")
def background(earshot):
    """One that need not be measured."""
    numbers = np.random.default_rng(0)
    return Background(
        {method: numbers.normal(size=(200, earshot.model.config.dim)).astype(np.float32) for method in METHODS}
    )


@pytest.fixture
def make(earshot, make_settings, background):
    """A service with nothing kept but the background, unless that is to be measured."""

    def service(measured=True):
        settings = make_settings()
        if measured:
            background.write(settings.folder("attention") / f"{earshot.model.checkpoint_hash}.npz")
        return Service(Earshot(settings, earshot.model, earshot.gallery, earshot.imagery, earshot.engines))

    return service


def run(service, *queries):
    """What is made of queries that are asked at once, and then of each again."""

    async def main():
        service.start(Supervisor())
        try:
            first = await asyncio.gather(*(service.explain.map(query) for query in queries))
            return [*first, *[await service.explain.map(query) for query in queries]]
        finally:
            await service.close()

    return asyncio.run(main())


@pytest.fixture
def runs(monkeypatch):
    """What each run of the model was given, by what it was run for."""
    found = {"_look": [], "_read": []}
    for name, batches in found.items():
        whole = getattr(ExplainService, name)
        monkeypatch.setattr(
            ExplainService,
            name,
            lambda self, batch, whole=whole, to=batches: to.append(len(batch)) or whole(self, batch),
        )
    return found


def test_a_chip_is_looked_at_once_whatever_is_looked_for_in_it(make, runs):
    queries = [AttentionQuery(**HERE, concept=id) for id in (1, 7)]
    one, other, one_again, _ = run(make(), *queries)
    assert runs["_look"] == [1]
    assert not np.array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.values, one_again.values)


def test_words_are_read_once_wherever_they_are_looked_for(make, runs):
    run(make(), AttentionQuery(**HERE, q="surf"), AttentionQuery(lat=0.2, lon=0.3, q="surf"))
    assert runs["_read"] == [1]


def test_each_method_looks_for_itself(make, runs):
    ours, demo, *_ = run(make(), *(AttentionQuery(**HERE, q="surf", method=method) for method in METHODS))
    assert sum(runs["_look"]) == sum(runs["_read"]) == 2
    assert not np.array_equal(ours.values, demo.values)


def test_a_concept_is_looked_for_alone_and_without_anything_what_the_place_sounds_like_most(make, earshot):
    concept, place, *_ = run(make(), AttentionQuery(**HERE, concept=7), AttentionQuery(**HERE))
    np.testing.assert_array_equal(concept.focus, concept_focus(earshot.model, 7))
    assert 1 <= np.count_nonzero(place.focus) <= CONCEPTS_NAMED
    assert place.focus.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("asked", "field"), [({"concept": 48}, "concept"), ({"q": "surf", "words": "gulls"}, "words")])
def test_what_cannot_be_looked_for_is_refused_by_name(make, asked, field):
    with pytest.raises(InvalidInput) as refusal:
        run(make(), AttentionQuery(**HERE, **asked))
    assert refusal.value.field == field


def test_the_background_is_measured_once_and_kept_for_the_next_start(make, earshot, monkeypatch):
    service = make(measured=False)
    monkeypatch.setattr("server.explain.patch_normalisation.CHIPS_EACH", 1)
    (first, _) = run(service, AttentionQuery(**HERE, concept=7))
    folder = service.earshot.settings.folder("attention")
    assert [path.name for path in folder.iterdir()] == [f"{earshot.model.checkpoint_hash}.npz"]
    again = Service(service.earshot)
    monkeypatch.setattr("server.explain.service.background_places", lambda config: pytest.fail("measured again"))
    np.testing.assert_array_equal(run(again, AttentionQuery(**HERE, concept=7))[0].values, first.values)


def test_why_a_place_and_an_entry_are_alike_is_told_of_the_entry_asked_for(make):
    service = make()

    async def main():
        service.start(Supervisor())
        try:
            return await service.explain.why(WhyQuery(**HERE, entry="c-sea"))
        finally:
            await service.close()

    told = asyncio.run(main())
    assert told.entry.id == "c-sea"
    assert sum(part.contribution for part in told.concepts) + told.rest == pytest.approx(told.score, abs=1e-4)
