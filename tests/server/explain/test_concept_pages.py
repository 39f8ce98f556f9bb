"""A concept told in full as far as is known: without a region, and while the gallery is still being weighed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from model.explain import activations_of
from server.concurrency.supervised import Supervisor
from server.errors import NotFound
from server.explain.concept_pages import CELLS, concept_detail
from server.explain.entry_weights import EntryWeights
from server.regions.shelf import RegionShelf
from server.search.query_embedding import QueryEmbedder
from server.search.query_store import QueryStore
from server.search.service import SearchService
from tiles.errors import UnknownRegion

WEIGHED = "The gallery is being weighed"


@pytest.fixture
def tell(earshot, searching, make_settings):
    """Tell of a concept: beside the region of `searching` or none, at once or when all of the gallery is weighed."""
    here, elsewhere = searching.app.state.settings, make_settings()

    def told(id=7, region=None, regions=True, weigh=False, base_url=""):
        model = earshot.model
        worker = ThreadPoolExecutor(1)
        settings = here if regions else elsewhere
        shelf = RegionShelf(settings.folder("regions"), earshot.model.checkpoint_hash)
        store = QueryStore(settings.folder("queries"), earshot.model.checkpoint_hash, earshot.model.config.dim)
        search = SearchService(QueryEmbedder(earshot.model), store, shelf, settings, worker)
        weights = EntryWeights(earshot.model, earshot.gallery, elsewhere, worker)

        async def main():
            supervisor = Supervisor()
            search.start(supervisor)
            weights.start(supervisor)
            try:
                while weigh and weights.of_all() is None:
                    await asyncio.sleep(0.005)
                return await concept_detail(id, region, model=model, weights=weights, search=search, base_url=base_url)
            finally:
                await weights.close()
                await search.close()

        return asyncio.run(main())

    return told


def test_while_the_gallery_is_being_weighed_its_entries_are_missing_and_that_is_said(tell):
    told = tell()
    assert (told.captions, told.recordings) == ([], [])
    assert told.weighed.model_dump() == {"done": 0, "total": 8}
    assert any(note.startswith(WEIGHED) for note in told.notes)


def test_once_it_is_weighed_its_entries_are_told_heaviest_first_and_nothing_more_is_said_of_it(tell, earshot):
    alone = activations_of(earshot.model, earshot.gallery)
    weights = alone.weights.toarray()
    for row, entry in enumerate(alone.entries):
        if entry.foley:  # rendered from words, it weighs what they and its sound do together
            weights[row] = (weights[row] + earshot.model.embed_texts([entry.foley]).weights[0].detach().numpy()) / 2
    concept = int(weights[[entry.kind == "recording" for entry in alone.entries]].sum(axis=0).argmax())
    told = tell(concept, weigh=True, base_url="https://ear.example/shot")
    assert (told.weighed.model_dump(), told.notes) == ({"done": 8, "total": 8}, [])
    found = {entry.id: weight for entry, weight in zip(alone.entries, weights[:, concept].tolist(), strict=True)}
    for kind, prefix in ((told.captions, "c-"), (told.recordings, "r-")):
        expected = {id: weight for id, weight in found.items() if id.startswith(prefix) and weight > 0}
        assert [entry.id for entry in kind] == sorted(expected, key=lambda id: -expected[id])
        assert [entry.weight for entry in kind] == pytest.approx(sorted(expected.values(), reverse=True), abs=1e-4)
    assert told.recordings
    assert all(r.url == f"https://ear.example/shot/gallery/{r.id}/audio" for r in told.recordings)


def test_it_has_a_name_places_and_a_map_of_its_own(tell):
    told = tell(base_url="https://ear.example/shot")
    assert (told.id, told.name, told.region) == (7, "surf on sand", "null-island")
    assert len(told.cells) <= CELLS
    assert told.heatmap == "https://ear.example/shot/heatmap/tilejson.json?concept=7&region=null-island"


def test_without_a_name_and_without_a_region_both_are_left_out(tell):
    told = tell(id=3, regions=False)
    assert (told.name, told.region, told.cells, told.heatmap) == (None, None, [], None)


def test_a_region_that_was_asked_for_and_is_not_there_is_an_error(tell):
    with pytest.raises(UnknownRegion, match="atlantis"):
        tell(region="atlantis")


def test_a_concept_the_codebook_lacks_is_not_found(tell, earshot):
    size = earshot.model.config.codebook_size
    assert tell(id=size - 1, regions=False).id == size - 1
    with pytest.raises(NotFound, match=f"0 to {size - 1}, not {size}"):
        tell(id=size)
