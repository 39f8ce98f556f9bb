"""Attention over HTTP: numbers, an overlay and cells that agree, lie where the chip lies, and compare across places."""

import io

import numpy as np
import pytest
from PIL import Image
from shapely.geometry import shape
from starlette.testclient import TestClient

from server.app import create_app
from tiles.scores.ramp import Ramp

HERE = {"lat": 0.05, "lon": 0.02}
TEXT = "surf breaks on sand and gulls call"


def ask(client, path="/attention", **asked):
    return client.get(path, params={**HERE, **asked})


@pytest.mark.parametrize("asked", [{}, {"q": TEXT}, {"q": TEXT, "words": "gulls,surf"}, {"concept": 7}])
def test_the_numbers_are_a_grid_of_patches_with_a_peak(client, asked):
    told = ask(client, **asked).json()
    grid = np.array(told["grid"])
    assert grid.shape == (told["rows"], told["columns"]) == (4, 4)
    assert np.isfinite(grid).all()
    peak = told["peak"]
    assert grid[peak["row"], peak["column"]] == grid.max() == peak["value"]
    west, south, east, north = told["bounds"]
    assert west < peak["lon"] < east
    assert south < peak["lat"] < north
    assert sum(concept["weight"] for concept in told["concepts"]) <= 1 + 1e-5
    assert told["rescale"] == [0, 1]


def test_the_chip_is_the_soundscapes_own(client):
    told, heard = ask(client, scale=3).json(), client.get("/soundscape", params={**HERE, "scale": 3}).json()
    assert told["imagery"] == heard["imagery"]
    assert told["bounds"] == heard["imagery"]["bounds"]
    assert (told["gsd"], told["scale"]) == (heard["gsd"], 3)
    lons, lats = zip(*told["corners"], strict=True)
    assert (min(lons), min(lats), max(lons), max(lats)) == pytest.approx(told["bounds"], abs=1e-9)
    assert told["corners"][0][0] < told["corners"][1][0]  # north-west, then north-east
    assert told["corners"][0][1] > told["corners"][3][1]  # south-west comes last


def test_without_words_what_the_place_sounds_like_most_is_looked_for(client):
    told, heard = ask(client).json(), client.get("/soundscape", params=HERE).json()
    assert [concept["id"] for concept in told["concepts"]] == [concept["id"] for concept in heard["concepts"]]
    assert (told["q"], told["words"]) == (None, [])


def test_words_are_told_where_they_stand_and_which_were_chosen(client):
    told = ask(client, q="Surf on sand, surf", words="SURF").json()
    words = told["words"]
    assert [(word["word"], word["chosen"]) for word in words] == [
        *(("Surf", True), ("on", False), ("sand", False), ("surf", True)),
    ]
    assert ["Surf on sand, surf"[word["start"] : word["end"]] for word in words] == [word["word"] for word in words]
    whole = ask(client, q="Surf on sand, surf").json()
    assert all(word["chosen"] for word in whole["words"])
    assert whole["grid"] != told["grid"]


def test_a_concept_is_told_by_its_name(client):
    told = ask(client, concept=7).json()
    assert told["concept"] == {"id": 7, "name": "surf on sand", "weight": 1}
    assert told["concepts"] == [told["concept"]]


def test_the_methods_differ(client):
    ours, demo = (ask(client, q=TEXT, method=method).json() for method in ("aggregate", "reference"))
    assert (ours["method"], demo["method"]) == ("aggregate", "reference")
    assert ours["grid"] != demo["grid"]


def test_the_overlay_shows_the_numbers_and_says_where_it_lies(client):
    told = ask(client, q=TEXT).json()
    answer = client.get(told["png"])
    assert answer.headers["content-type"] == "image/png"
    assert [float(part) for part in answer.headers["x-bounds"].split(",")] == pytest.approx(told["bounds"], abs=1e-8)
    assert answer.headers["x-rescale"] == "0,1"
    pixels = np.array(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    assert pixels.shape == (64, 64, 4)
    ramp = Ramp("magma", 0, 1, 0.8)
    indices = ramp.indices(np.array(told["grid"], np.float32))
    for row in range(4):
        for column in range(4):
            block = pixels[16 * row : 16 * row + 16, 16 * column : 16 * column + 16]
            assert (block == block[0, 0]).all()
            alpha = int(ramp.colours[indices[row, column], 3])
            assert abs(int(block[0, 0, 3]) - alpha) <= 4  # numbers are told to four digits


def test_a_smooth_overlay_blends_from_patch_to_patch(client):
    crisp, smooth = (ask(client, "/attention.png", q=TEXT, smooth=smooth) for smooth in ("false", "true"))
    one, other = (np.array(Image.open(io.BytesIO(a.content)).convert("RGBA")) for a in (crisp, smooth))
    assert one.shape == other.shape
    assert len(np.unique(other.reshape(-1, 4), axis=0)) > len(np.unique(one.reshape(-1, 4), axis=0))


def test_the_overlays_opacity_colours_and_range_can_be_chosen(client):
    plain = ask(client, "/attention.png", q=TEXT, rescale="-9,-8", opacity=0.5, colormap="viridis")
    pixels = np.array(Image.open(io.BytesIO(plain.content)).convert("RGBA"))
    assert plain.headers["x-rescale"] == "-9,-8"
    assert set(np.unique(pixels[..., 3])) == {128}  # all beyond the range: its end, as opaque as asked


def test_the_cells_are_valid_geojson_and_tile_the_chip(client):
    told = ask(client, q=TEXT).json()
    answer = client.get(told["geojson"])
    assert answer.headers["content-type"] == "application/geo+json"
    cells = answer.json()
    assert cells["type"] == "FeatureCollection"
    assert cells["bbox"] == told["bounds"]
    assert len(cells["features"]) == 16
    for number, feature in enumerate(cells["features"]):
        properties = feature["properties"]
        assert (properties["row"], properties["column"]) == divmod(number, 4)
        assert properties["value"] == told["grid"][properties["row"]][properties["column"]]
        assert 0 <= properties["glow"] <= 1
        cell = shape(feature["geometry"])
        assert cell.is_valid
        assert cell.exterior.is_ccw
    west, south, east, north = told["bounds"]
    area = sum(shape(feature["geometry"]).area for feature in cells["features"])
    assert area == pytest.approx((east - west) * (north - south), rel=1e-4)


def test_what_is_known_is_not_sent_again(client):
    for path in ("/attention", "/attention.png", "/attention.geojson"):
        first = ask(client, path, q=TEXT)
        again = client.get(path, params={**HERE, "q": TEXT}, headers={"If-None-Match": first.headers["etag"]})
        assert (first.status_code, again.status_code) == (200, 304)


def test_a_place_reads_the_same_whatever_was_looked_at_before_and_on_another_server(client, make_settings, ready):
    mine = ask(client, q=TEXT).json()
    client.get("/attention", params={"lat": -0.9, "lon": 1.1, "q": TEXT})
    with TestClient(create_app(make_settings()), raise_server_exceptions=False) as other:
        ready(other)
        assert ask(other, q=TEXT).json() == mine
    assert ask(client, q=TEXT).json() == mine


def test_most_of_the_world_glows_little(client):
    """The range is that of the background, not of an image: few places hold much of anything."""
    grids = [client.get("/attention", params={"lat": lat, "lon": 0.4, "q": TEXT}).json()["grid"] for lat in (-1, 0, 1)]
    values = np.array(grids)
    assert (values < 1).mean() > 0.5
    assert not np.allclose([grid.max() for grid in values], 1)  # as a stretch by image would give


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"q": TEXT, "words": "seagulls"}, "words"),
        ({"q": TEXT, "words": " , "}, "words"),
        ({"words": "surf"}, "words"),
        ({"q": "?!"}, "q"),
        ({"q": ""}, "q"),
        ({"q": "a" * 1001}, "q"),
        ({"q": TEXT, "words": "a" * 1001}, "words"),
        ({"concept": 48}, "concept"),
        ({"concept": -1}, "concept"),
        ({"concept": "surf"}, "concept"),
        ({"q": TEXT, "concept": 7}, "concept"),
        ({"method": "reference"}, "method"),
        ({"q": TEXT, "method": "stretch"}, "method"),
        ({"scale": 2}, "scale"),
        ({"lat": 91}, "lat"),
        ({"month": 13}, "month"),
        ({"imagery": "mars"}, "imagery"),
        ({"k": 3}, "k"),
    ],
)
@pytest.mark.parametrize("path", ["/attention", "/attention.png", "/attention.geojson"])
def test_what_cannot_be_looked_for_is_a_problem_that_names_the_field(client, path, asked, field):
    answer = ask(client, path, **asked)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"colormap": "jet"}, "colormap"),
        ({"colormap": "puor"}, "colormap"),
        ({"rescale": "1,0"}, "rescale"),
        ({"rescale": "nan,1"}, "rescale"),
        ({"opacity": 2}, "opacity"),
        ({"smooth": "maybe"}, "smooth"),
    ],
)
def test_what_cannot_be_drawn_is_a_problem_that_names_the_field(client, asked, field):
    answer = ask(client, "/attention.png", q=TEXT, **asked)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_point_without_imagery_is_said_to_have_none(client):
    answer = client.get("/attention", params={"lat": 48.0, "lon": 11.0, "q": TEXT})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-imagery")


def test_attention_is_documented_with_an_example(client):
    api = client.get("/openapi.json").json()
    (example,) = api["components"]["schemas"]["Attention"]["examples"]
    told = {name for name, value in ask(client, q=TEXT).json().items() if value is not None}
    assert set(example) == told  # a description leaves out what is null
