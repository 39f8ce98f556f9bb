"""The first region: built by a process of its own, stopped with the server, gone on with at the next start."""

import asyncio
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from server.concurrency.supervised import Supervisor
from server.errors import BuildFailed
from server.regions.first_build import FirstRegion, Pace
from server.regions.shelf import RegionShelf

FOREIGN_HASH = "0ld0ld"


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
        building = client.app.state.service.search.first
        for _ in range(300):
            if building.builder.process is not None:
                break
            time.sleep(0.05)
        process = building.builder.process
        assert process.returncode is None
    assert process.returncode is not None
    assert not building.building


@pytest.mark.parametrize("settings", [{"build_region": False}, {"imagery": ["sentinel2"]}])
def test_nothing_is_built_where_it_is_not_wanted(shelf, make_settings, settings):
    building = FirstRegion(shelf, make_settings(**{"build_region": True, **settings}))
    building.start(Supervisor())
    assert not building.building


def test_a_region_is_wanted_only_where_there_is_none_or_half_of_it(first, shelf, small_region, monkeypatch):
    monkeypatch.setattr("server.regions.first_build.ZOOM", 10)
    assert first._wanted() == shelf.own_path("null-island")
    half = small_region(shelf.folder, stop=lambda: True)
    assert str(first._wanted()) == half.path
    small_region(shelf.folder)
    shelf.get("null-island").refresh()
    assert first._wanted() is None


def test_another_region_of_the_same_checkpoint_is_enough(first, shelf, small_region):
    small_region(shelf.folder, name="harbour")
    assert first._wanted() is None


def test_what_is_half_built_in_another_way_is_left_to_whoever_builds_it(first, shelf, small_region):
    small_region(shelf.folder, stop=lambda: True)  # at another zoom
    assert first._wanted() is None


def test_what_was_only_begun_is_begun_again(first, shelf):
    (shelf.folder / "null-island.zarr").mkdir()
    assert first._wanted() == shelf.own_path("null-island")


@pytest.mark.parametrize("name", ["null-island", "harbour"])
def test_what_another_checkpoint_built_stays_and_ours_is_built_beside_it(first, shelf, foreign_region, name):
    theirs = foreign_region(shelf.folder, name)
    assert first._wanted() == shelf.own_path("null-island") != Path(theirs.path)
    assert Path(theirs.path).is_dir()


def test_two_servers_of_different_checkpoints_keep_each_their_own_region(
    first, shelf, foreign_region, make_settings, small_region, monkeypatch
):
    monkeypatch.setattr("server.regions.first_build.ZOOM", 10)
    others_shelf = RegionShelf(shelf.folder, FOREIGN_HASH)
    other = FirstRegion(others_shelf, make_settings(build_region=True))
    theirs = foreign_region(first_path := other._wanted())
    small_region(first._wanted())
    for _ in range(2):  # each starts again, and finds what it has
        assert (first._wanted(), other._wanted()) == (None, None)
    assert [region.checkpoint_hash for region in shelf.regions()] == [first.shelf.checkpoint_hash]
    assert [region.checkpoint_hash for region in others_shelf.regions()] == [FOREIGN_HASH]
    assert {region.name for region in (*shelf.regions(), *others_shelf.regions())} == {"null-island"}
    assert Path(theirs.path) == first_path


def test_what_todays_release_built_is_found_and_built_no_second_time(first, shelf, small_region, monkeypatch):
    monkeypatch.setattr("server.regions.first_build.ZOOM", 10)
    built = small_region(shelf.folder)
    assert built.path.endswith("/null-island.zarr")
    assert first._wanted() is None
    assert [region.path for region in shelf.regions()] == [built.path]


def test_while_it_cannot_be_built_whoever_asks_is_told_why(first, monkeypatch):
    async def broken(*_):
        raise BuildFailed("building null-island ended with code 7")

    monkeypatch.setattr(first.builder, "run", broken)

    async def main():
        first.start(supervisor := Supervisor())
        assert "only just being begun" in first.why_not_yet
        while not supervisor.troubles:
            await asyncio.sleep(0)
        assert "code 7" in first.why_not_yet
        assert first.building
        await first.close()
        assert not first.building

    asyncio.run(main())


def test_a_pace_is_known_once_something_has_grown():
    pace = Pace(began=100.0, done_at_first=50)
    assert pace.speed(50, 110.0) is None
    assert pace.speed(150, 110.0) == 10.0
