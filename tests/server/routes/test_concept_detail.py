"""One concept in full: what weighs it, where it is, its map; and searching for it."""

import time

import numpy as np
import pytest

from model.explain import activations_of
from server.explain.entry_weights import GalleryWeights


@pytest.fixture(scope="module")
def weighed(searching):
    """Concept 7 of a server that has weighed its gallery."""
    for _ in range(200):
        told = searching.get("/concepts/7").json()
        if told["weighed"]["done"] == told["weighed"]["total"]:
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def test_the_entries_that_weigh_a_concept_most_are_told_heaviest_first(weighed, earshot):
    entries = activations_of(earshot.model, earshot.gallery)
    weights = dict(zip((e.id for e in entries.entries), entries.weights.toarray()[:, 7].tolist(), strict=True))
    for kind, prefix in (("captions", "c-"), ("recordings", "r-")):
        expected = sorted(
            (id for id in weights if id.startswith(prefix) and weights[id] > 0), key=lambda id: -weights[id]
        )
        assert [entry["id"] for entry in weighed[kind]] == expected[:10]
        for entry in weighed[kind]:
            assert entry["weight"] == pytest.approx(weights[entry["id"]], abs=1e-4)


def test_a_concept_is_told_with_its_name_its_places_and_its_map(weighed, searching):
    assert (weighed["id"], weighed["name"], weighed["region"]) == (7, "surf on sand", "null-island")
    found = searching.get("/search", params={"concept": 7, "limit": 10}).json()
    assert [place["properties"]["best"] for place in found["features"]] == weighed["cells"]
    tiles = searching.get(weighed["heatmap"]).json()
    assert tiles["name"].startswith("surf on sand")
    tile = searching.get(tiles["tiles"][0].replace("{z}", "6").replace("{x}", "32").replace("{y}", "31"))
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
    assert "immutable" in tile.headers["cache-control"]


def test_a_concepts_scores_are_the_cosines_to_its_vector(searching, earshot):
    place = searching.get("/search", params={"concept": 3, "limit": 1, "min_percentile": 0}).json()["features"][0]
    region = earshot.model.codebook.concepts[3].detach().numpy()
    assert -1 <= place["properties"]["score"] <= 1
    assert np.isfinite(region).all()


def test_a_concept_without_a_name_and_a_server_without_a_region(client):
    told = client.get("/concepts/3").json()
    assert (told["name"], told["region"], told["cells"], told["heatmap"]) == (None, None, [], None)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/concepts/48", 404),
        ("/concepts/-1", 422),
        ("/concepts/surf", 422),
        ("/concepts/3?region=atlantis", 404),
        ("/search?concept=48", 422),
        ("/search?concept=3&q=waves", 422),
        ("/heatmap/tilejson.json?concept=999", 422),
    ],
)
def test_what_is_no_concept_is_a_problem(searching, path, status):
    answer = searching.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_entries_that_weigh_nothing_are_not_told(earshot):
    from scipy.sparse import csc_array

    entries = earshot.gallery.entries("caption")
    weights = np.zeros((len(entries), 2), np.float32)
    weights[[0, 2, 3], 1] = [0.2, 0.5, 0.2]
    found = GalleryWeights(entries, csc_array(weights)).heaviest(1, "caption", 9)
    assert [(entry.id, round(weight, 3)) for entry, weight in found] == [
        *((entries[2].id, 0.5), (entries[0].id, 0.2), (entries[3].id, 0.2)),
    ]
    assert GalleryWeights(entries, csc_array(weights)).heaviest(0, "caption", 9) == []
