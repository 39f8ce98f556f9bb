"""Searches behind the event loop: the model and a region's cells are asked once, however many ask at the same time."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from server.concurrency.supervised import Supervisor
from server.errors import InvalidInput, NotReady
from server.regions.shelf import RegionShelf
from server.search.queries import RegionQuery
from server.search.query_embedding import QueryEmbedder
from server.search.query_store import QueryStore
from server.search.scoring import ScoreCache
from server.search.service import SearchService
from tiles.errors import InvalidRegion, UnknownRegion
from tiles.region import Condition


def embedder_and_store(earshot, settings):
    model = earshot.model
    return QueryEmbedder(model), QueryStore(settings.folder("queries"), model.checkpoint_hash, model.config.dim)


@pytest.fixture
def service(earshot, make_settings, searching):
    """A search with empty caches over the region of `searching`."""
    settings = searching.app.state.settings
    shelf = RegionShelf(settings.folder("regions"), earshot.model.checkpoint_hash)
    embedder, store = embedder_and_store(earshot, settings)
    worker = ThreadPoolExecutor(1, thread_name_prefix="model")
    return lambda: SearchService(embedder, store, shelf, settings, worker)


def run(make, work):
    async def main():
        search = make()
        search.start(Supervisor())
        try:
            return await work(search)
        finally:
            await search.close()

    return asyncio.run(main())


def test_requests_for_the_same_query_share_one_run_of_the_model_and_one_pass(service, monkeypatch):
    embedded, scored = [], []
    embed, score = QueryEmbedder.embed, ScoreCache.score
    monkeypatch.setattr(QueryEmbedder, "embed", lambda self, batch: embedded.extend(batch) or embed(self, batch))
    monkeypatch.setattr(ScoreCache, "score", lambda self, *asked: scored.append(asked) or score(self, *asked))

    async def work(search):
        async def one():
            region = await search.region(None)
            return await search.score(region, await search.embed(RegionQuery(q="waves", minus="cars")), None)

        return await asyncio.gather(*(one() for _ in range(20)))

    answers = run(service, work)
    assert sorted(embedded) == ["cars", "waves"]
    assert len(scored) == 1
    assert all(answer is answers[0] for answer in answers)


def test_the_model_never_runs_on_the_event_loop_and_in_one_thread(service, monkeypatch):
    threads = set()
    embed = QueryEmbedder.embed

    def watched(self, batch):
        threads.add(threading.current_thread().name)
        return embed(self, batch)

    monkeypatch.setattr(QueryEmbedder, "embed", watched)

    async def work(search):
        await asyncio.gather(*(search.embed(RegionQuery(q=f"sound {number}")) for number in range(30)))

    run(service, work)
    assert threads == {"model_0"}


def test_someone_who_leaves_takes_no_one_elses_answer_away(service, monkeypatch):
    gate = threading.Event()
    score = ScoreCache.score
    monkeypatch.setattr(ScoreCache, "score", lambda self, *asked: gate.wait(10) and score(self, *asked))

    async def work(search):
        region, embedded = await search.region(None), await search.embed(RegionQuery(q="waves"))
        first, second = (asyncio.create_task(search.score(region, embedded, None)) for _ in range(2))
        await asyncio.sleep(0.05)
        first.cancel()
        gate.set()
        assert np.isfinite((await second).cosine).all()
        assert first.cancelled()

    run(service, work)


def test_scores_are_the_cosines_and_a_difference_is_theirs(service, earshot):
    async def work(search):
        region = await search.region("null-island")
        queries = (RegionQuery(q="waves"), RegionQuery(q="cars"), RegionQuery(q="waves", minus="cars"))
        return region, [await search.score(region, await search.embed(query), None) for query in queries]

    region, (waves, cars, both) = run(service, work)
    words = earshot.model.embed_texts(["waves", "cars"]).vector.detach().numpy()
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    cells = region.vectors(0, region.grid.count).astype(np.float32)
    np.testing.assert_allclose(waves.cosine, cells @ words[0], atol=2e-3)
    np.testing.assert_allclose(both.cosine, waves.cosine - cars.cosine, atol=1e-6)
    np.testing.assert_allclose(both.percentile, waves.percentile - cars.percentile, atol=1e-4)
    assert ((both.own >= 0) & (both.own <= 100)).all()


@pytest.mark.parametrize(
    ("asked", "field"),
    [({}, "q"), ({"minus": "cars"}, "q"), ({"q": "a", "query": "0" * 32}, "q"), ({"query": "0" * 32}, "query")],
)
def test_what_names_no_query_is_refused(service, asked, field):
    with pytest.raises(InvalidInput) as refusal:
        run(service, lambda search: search.embed(RegionQuery(**asked)))
    assert refusal.value.field == field


def test_a_condition_the_region_lacks_is_refused_and_leaves_nothing_running(service):
    async def work(search):
        region, embedded = await search.region(None), await search.embed(RegionQuery(q="waves"))
        for _ in range(2):
            with pytest.raises(InvalidRegion, match="condition"):
                await search.score(region, embedded, Condition(7, 14))
        assert len(search._once) == 0

    run(service, work)


def test_a_region_that_is_only_being_begun_is_not_ready_and_an_unknown_one_unknown(earshot, make_settings, monkeypatch):
    settings = make_settings()
    shelf = RegionShelf(settings.folder("regions"), earshot.model.checkpoint_hash)

    def make():
        embedder, store = embedder_and_store(earshot, settings)
        return SearchService(embedder, store, shelf, settings, ThreadPoolExecutor(1))

    with pytest.raises(UnknownRegion, match="null-island"):
        run(make, lambda search: search.region(None))
    monkeypatch.setattr("server.regions.first_build.FirstRegion.building", True)
    with pytest.raises(NotReady):
        run(make, lambda search: search.region(None))
    with pytest.raises(UnknownRegion):
        run(make, lambda search: search.region("atlantis"))
