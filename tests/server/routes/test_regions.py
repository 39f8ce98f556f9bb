"""What /regions says of regions whole, half-built and not there, and how the others answer meanwhile."""

import pytest
from starlette.testclient import TestClient

from server.app import create_app


@pytest.fixture(scope="module")
def half_built(make_settings, small_region, ready):
    """A server with a region of which a build did about a half."""
    settings = make_settings()
    seen = []

    def progress(now):
        seen.append(now.done)

    small_region(settings.folder("regions"), progress=progress, stop=lambda: bool(seen) and seen[-1] >= 16)
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield ready(running)


@pytest.fixture(scope="module")
def without(make_settings, ready):
    """A server without any region, and not building one."""
    with TestClient(create_app(make_settings()), raise_server_exceptions=False) as running:
        yield ready(running)


def test_a_region_says_what_it_is(searching):
    (region,) = searching.get("/regions").json()["regions"]
    assert (region["name"], region["title"], region["state"]) == ("null-island", "Null Island", "ready")
    assert region["cells"] == region["done"] == 64
    assert (region["zoom"], region["failed"], region["scale"]) == (10, 0, 1)
    assert region["conditions"] == ["any"]
    assert region["imagery"] == "null-island"
    assert region["attribution"]
    west, south, east, north = region["bounds"]
    assert west < 0 < east
    assert south < 0 < north
    assert region["cells_per_second"] is None
    assert region["seconds_left"] is None
    assert region["hash"] == searching.get("/regions").json()["regions"][0]["hash"]


def test_the_list_of_regions_is_told_once(searching):
    first = searching.get("/regions")
    assert searching.get("/regions", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_capabilities_name_what_can_be_searched_and_how_it_is_drawn(searching):
    answer = searching.get("/capabilities").json()
    assert answer["regions"] == ["null-island"]
    assert "magma" in answer["colormaps"]["sequential"]
    assert "puor_r" in answer["colormaps"]["diverging"]
    assert answer["limits"]["max_upload_bytes"] == 25 * 1024 * 1024


def test_a_half_built_region_says_how_much_it_has(half_built):
    (region,) = half_built.get("/regions").json()["regions"]
    assert region["state"] == "partial"
    assert 16 <= region["done"] < 64 == region["cells"]
    answer = half_built.get("/search?q=waves&min_percentile=0").json()
    assert answer["progress"] == {"done": region["done"], "failed": 0, "total": 64}
    assert sum(place["properties"]["cells"] for place in answer["features"]) == region["done"]
    assert any(f"{region['done']} of 64" in note for note in answer["notes"])
    assert half_built.get("/heatmap/7/63/63.png?q=waves").status_code == 200


def test_a_tile_of_a_half_built_region_is_of_the_state_it_names(half_built, small_region):
    hash = half_built.get("/regions").json()["regions"][0]["hash"]
    url = f"/heatmap/7/63/63.png?q=waves&v={hash}"
    before = half_built.get(url)
    assert before.headers["cache-control"].endswith("immutable")
    service = half_built.app.state.service
    small_region(service.earshot.regions.folder)  # goes on to the end
    service.earshot.regions.get("null-island").refresh()
    after = half_built.get(url)
    assert after.headers["cache-control"] == "no-cache"
    assert after.headers["etag"] != before.headers["etag"]
    assert half_built.get("/search?q=waves&min_percentile=0").json()["progress"]["done"] == 64


@pytest.mark.parametrize("url", ["/search?q=waves", "/heatmap/3/1/1.png?q=waves", "/heatmap/tilejson.json?q=waves"])
def test_without_a_region_there_is_nothing_to_search(without, url):
    assert without.get("/regions").json() == {"regions": []}
    answer = without.get(url)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["field"] == "region"
    assert without.get("/soundscape?lat=0.05&lon=0.02").status_code == 200


def test_a_region_of_another_checkpoint_is_refused_and_both_are_named(make_settings, small_region, ready):
    settings = make_settings()
    region = small_region(settings.folder("regions"), bounds=(-0.1, -0.1, 0.1, 0.1))
    attributes = settings.folder("regions") / "null-island.zarr" / "zarr.json"
    attributes.write_text(attributes.read_text().replace(region.checkpoint_hash, "another0hash"))
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        ready(running)
        assert running.get("/regions").json() == {"regions": []}
        answer = running.get("/search?q=waves&region=null-island")
        assert 400 <= answer.status_code < 500
        assert "another0hash" in answer.json()["detail"]
        assert region.checkpoint_hash in answer.json()["detail"]
