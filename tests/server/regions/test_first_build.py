"""The first region: built by a process of its own, stopped with the server, gone on with at the next start."""

import time

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from server.concurrency.supervised import Supervisor
from server.regions.first_build import FirstRegion, Pace
from server.regions.shelf import RegionShelf
from tiles.imagery import open_imagery
from tiles.region import Grid, build_region


@pytest.fixture
def shelf(earshot, tmp_path):
    return RegionShelf(tmp_path, earshot.model.checkpoint_hash)


@pytest.fixture
def first(shelf, make_settings):
    return FirstRegion(shelf, make_settings(build_region=True))


@pytest.mark.timeout(280)
def test_a_server_without_a_region_builds_one_while_it_answers(make_settings, ready, monkeypatch):
    monkeypatch.setattr("server.regions.first_build.ZOOM", 10)
    app = create_app(make_settings(build_region=True))
    with TestClient(app) as client:
        ready(client)
        (region,) = client.get("/regions").json()["regions"]
        assert (region["name"], region["state"]) == ("null-island", "building")
        assert region["cells"] == 144
        early = client.get("/search?q=waves")
        assert early.status_code in (200, 503)
        assert client.get("/soundscape?lat=0.05&lon=0.02").status_code == 200
        for _ in range(1000):
            (region,) = client.get("/regions").json()["regions"]
            if region["state"] != "building":
                break
            time.sleep(0.2)
        assert (region["state"], region["done"], region["failed"]) == ("ready", 144, 0)
        answer = client.get("/search?q=waves&min_percentile=0").json()
        assert answer["progress"] == {"done": 144, "failed": 0, "total": 144}
        assert answer["notes"] == []
        assert answer["features"]


def test_a_builder_is_stopped_with_the_server_and_the_next_one_goes_on(make_settings, ready, monkeypatch):
    monkeypatch.setattr("server.regions.first_build.ZOOM", 15)  # more than is built here
    settings = make_settings(build_region=True)
    with TestClient(create_app(settings)) as client:
        ready(client)
        building = client.app.state.live.search.first
        for _ in range(300):
            if building._process is not None:
                break
            time.sleep(0.05)
        process = building._process
        assert process.returncode is None
    assert process.returncode is not None
    assert not building.building


@pytest.mark.parametrize("settings", [{"build_region": False}, {"imagery": ["sentinel2"]}])
def test_nothing_is_built_where_it_is_not_wanted(shelf, make_settings, settings):
    building = FirstRegion(shelf, make_settings(**{"build_region": True, **settings}))
    building.start(Supervisor())
    assert not building.building


def test_a_region_is_wanted_only_where_there_is_none_or_half_of_it(first, shelf, small_region):
    assert first._is_wanted()
    small_region(shelf.folder, stop=lambda: True)
    assert first._is_wanted()
    small_region(shelf.folder)
    shelf.get("null-island").refresh()
    assert not first._is_wanted()


def test_another_region_is_enough(first, shelf, small_region):
    small_region(shelf.folder, name="harbour")
    assert not first._is_wanted()


def test_what_was_only_begun_is_begun_again(first, shelf):
    (shelf.folder / "null-island.zarr").mkdir()
    assert first._is_wanted()


def build_with_another_checkpoint(folder, earshot, zoom):
    import numpy as np

    return build_region(
        folder / "null-island.zarr",
        Grid.over((-1.5, -1.5, 1.5, 1.5), zoom),
        open_imagery("null-island"),
        lambda chips, condition: np.ones((len(chips), 4), np.float32),
        name="null-island",
        dim=4,
        checkpoint="older",
        checkpoint_hash="0ld",
        gsd=0.6,
        scale=1,
        pixels=8,
        background_queries=np.eye(4, dtype=np.float32),
    )


def test_what_another_checkpoint_built_here_makes_room(first, shelf, earshot, monkeypatch):
    monkeypatch.setattr("server.regions.first_build.ZOOM", 8)
    build_with_another_checkpoint(shelf.folder, earshot, 8)
    assert first._is_wanted()
    assert shelf.names() == []


def test_what_someone_else_built_by_that_name_stays(first, shelf, earshot, caplog):
    build_with_another_checkpoint(shelf.folder, earshot, 7)
    assert not first._is_wanted()
    assert shelf.names() == ["null-island"]
    assert "0ld" in caplog.text


def test_a_pace_is_known_once_something_has_grown():
    pace = Pace(began=100.0, done_at_first=50)
    assert pace.speed(50, 110.0) is None
    assert pace.speed(150, 110.0) == 10.0
