"""One concept over HTTP: where it is, its map, and searching for it."""

import pytest


def test_a_concept_is_told_with_the_places_a_search_for_it_finds_and_a_map_that_is_a_link_away(searching):
    told = searching.get("/concepts/7").json()
    assert (told["id"], told["name"], told["region"]) == (7, "surf on sand", "null-island")
    found = searching.get("/search", params={"concept": 7, "limit": 10}).json()
    assert [place["properties"]["best"] for place in found["features"]] == told["cells"]
    tiles = searching.get(told["heatmap"]).json()
    assert tiles["name"].startswith("surf on sand")
    tile = searching.get(tiles["tiles"][0].replace("{z}", "6").replace("{x}", "32").replace("{y}", "31"))
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
    assert "immutable" in tile.headers["cache-control"]


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
