"""A region listened to at several months and hours, asked over HTTP for each of them."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from rasterio.io import MemoryFile
from starlette.testclient import TestClient

from model.gallery import Gallery, build_gallery
from model.sat2sound import ModelConfig, Sat2Sound, open_checkpoint, save_checkpoint
from server.app import create_app
from server.http.parameters import PointQuery
from server.regions.encode import RegionPlan, build_for
from tests.server.routes.test_search import post, recording
from tiles.imagery import open_imagery
from tiles.region import ANY, Condition, Grid

WORDS = "waves crashing on rocks"
JULY, JANUARY = Condition(7, 14), Condition(1, 2)
CONDITIONS = (JULY, JANUARY, ANY)


@pytest.fixture(scope="module")
def seasonal(home, tmp_path_factory, make_settings, ready):
    """A running server whose checkpoint is told months and hours, and its region of 36 cells for each condition."""
    folder = tmp_path_factory.mktemp("seasonal")
    torch.manual_seed(1)
    save_checkpoint(Sat2Sound(ModelConfig.tiny(metadata=True)), folder / "checkpoint.safetensors")
    model = open_checkpoint(folder / "checkpoint.safetensors")
    gallery = Gallery.open(build_gallery(home / "source", folder / "gallery", model).path)
    settings = make_settings(checkpoint=str(folder / "checkpoint.safetensors"), gallery=str(folder / "gallery"))
    plan = RegionPlan("null-island", Grid.over((-2, -2, 2, 2), 9), open_imagery("null-island"), conditions=CONDITIONS)
    build_for(model, gallery, plan, settings.folder("regions") / "null-island.zarr", readers=1)
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield ready(running)


@pytest.fixture
def region(seasonal):
    return seasonal.app.state.service.earshot.regions.get("null-island")


def cosines(client, more, words=WORDS):
    """The cosine of every cell (rows, columns), from the raster of a query."""
    answer = client.get(f"/heatmap.tif?q={words}{more}")
    assert answer.status_code == 200, answer.text
    with MemoryFile(answer.content) as memory, memory.open() as file:
        return file.read(1)


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_a_condition_scores_what_a_click_at_that_month_and_hour_embeds(seasonal, region, condition, embed_at):
    earshot, scores = seasonal.app.state.service.earshot, cosines(seasonal, f"&condition={condition}")
    with torch.inference_mode():
        words = earshot.model.embed_texts([WORDS]).vector[0].numpy()
    for cell in (0, 17, 35):
        lat, lon = float(region.cells.lat[cell]), float(region.cells.lon[cell])
        query = PointQuery(lat=lat, lon=lon, month=condition.month, hour=condition.hour)
        vector = embed_at(earshot, [query])[0].vector
        row, column = divmod(cell, region.grid.columns)
        alike = vector @ words / np.linalg.norm(vector) / np.linalg.norm(words)
        assert scores[row, column] == pytest.approx(alike, abs=1e-3)


def test_without_a_condition_the_regions_first_answers_and_any_is_one_like_the_others(seasonal):
    first, july, any_ = (cosines(seasonal, more) for more in ("", f"&condition={JULY}", f"&condition={ANY}"))
    np.testing.assert_array_equal(first, july)
    assert not np.array_equal(first, any_)


def test_places_lead_to_their_month_and_hour_and_their_glow_to_the_same_condition(seasonal):
    best = set()
    for condition in CONDITIONS:
        answer = seasonal.get(f"/search?q={WORDS}&condition={condition}&min_percentile=0").json()
        (first, *_) = answer["features"]
        best.add(first["properties"]["score"])
        assert first["properties"]["score"] == pytest.approx(
            cosines(seasonal, f"&condition={condition}").max(), abs=1e-5
        )
        heard = parse_qs(urlsplit(first["properties"]["soundscape"]).query)
        told = [heard.get(name, ["None"]) for name in ("month", "hour")]
        assert told == [[str(condition.month)], [str(condition.hour)]]
        assert seasonal.get(first["properties"]["soundscape"]).status_code == 200
        assert parse_qs(urlsplit(answer["heatmap"]).query)["condition"] == [str(condition)]
    assert len(best) == len(CONDITIONS)


def test_the_glow_of_each_condition_has_tiles_and_an_etag_of_its_own(seasonal, region):
    tile = f"/heatmap/{region.grid.zoom}/{region.grid.west}/{region.grid.north}.png"
    seen = {}
    for condition in CONDITIONS:
        described = seasonal.get(f"/heatmap/tilejson.json?q={WORDS}&condition={condition}").json()
        assert parse_qs(urlsplit(described["tiles"][0]).query)["condition"] == [str(condition)]
        assert parse_qs(urlsplit(described["legend"]).query)["condition"] == [str(condition)]
        assert seasonal.get(described["legend"]).status_code == 200
        drawn = seasonal.get(f"{tile}?q={WORDS}&condition={condition}&by=cosine&rescale=-1,1")
        assert drawn.status_code == 200, drawn.text
        seen[drawn.headers["etag"]] = drawn.content
    assert len(seen) == len(CONDITIONS)


def test_a_recording_and_a_difference_follow_the_condition_too(seasonal):
    data, _ = recording()
    july, january = (
        post(seasonal, data, {"condition": str(condition), "min_percentile": "0"}).json()
        for condition in (JULY, JANUARY)
    )
    assert july["features"][0]["properties"]["score"] != january["features"][0]["properties"]["score"]
    assert "condition=1-2" in seasonal.get(january["heatmap"]).json()["tiles"][0]
    july, january = (cosines(seasonal, f"&minus=traffic&condition={condition}") for condition in (JULY, JANUARY))
    alone = cosines(seasonal, f"&condition={JANUARY}") - cosines(seasonal, f"&condition={JANUARY}", "traffic")
    np.testing.assert_allclose(january, alone, atol=1e-6)
    assert not np.array_equal(july, january)


def test_a_condition_that_was_not_built_is_refused_and_those_there_are_named(seasonal):
    for path in ("/search", "/heatmap/tilejson.json", "/heatmap/9/255/255.png", "/heatmap/legend", "/heatmap.tif"):
        answer = seasonal.get(f"{path}?q={WORDS}&condition=7-any")
        assert answer.status_code == 422, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert "condition" in answer.json()["detail"]
        assert "7-14, 1-2, any" in answer.json()["detail"]


def test_the_conditions_of_a_region_are_told(seasonal):
    assert seasonal.get("/regions").json()["regions"][0]["conditions"] == [str(condition) for condition in CONDITIONS]
