"""`earshot region`: what it builds, tells and writes down, and what it refuses in one line."""

import json
import sys

import pytest

from server.http.parameters import PointQuery
from tests.server.commands.earshot_command import RASTERS, assert_refused
from tiles.region import Region

CELLS = 16
BOX = "-2.2,-2.2,2.2,2.2"


def test_a_region_is_built_and_says_how_it_went(built):
    assert (built["name"], built["cells"], built["done"], built["failed"]) == ("island", CELLS, CELLS, 0)
    assert built["state"] == "ready"
    assert built["cells_per_second"] > 0
    assert 0 < built["encoder_busy"] <= 1
    assert Region.open(built["path"], built["checkpoint_hash"]).complete


def test_what_a_cell_holds_is_what_a_click_there_embeds(built, earshot, embed_at):
    region = Region.open(built["path"], earshot.model.checkpoint_hash)
    for cell in (0, 9):
        query = PointQuery(lat=float(region.cells.lat[cell]), lon=float(region.cells.lon[cell]), imagery="null-island")
        (place,) = embed_at(earshot, [query])
        assert region.score(place.vector)[cell] == pytest.approx(1, abs=1e-3)


def test_building_again_goes_on_and_another_scale_is_refused(built, run, region_build):
    again = run(*region_build)
    assert again.returncode == 0, again.stderr
    assert f"{CELLS} of {CELLS} cells" in again.stdout
    assert_refused(run(*region_build, "--scale", "3"), "scale", built["path"])


def test_a_real_raster_is_built_where_it_lies(run, tmp_path):
    raster = (RASTERS / "naip_nd_2020_rgbn_5m.tif").resolve()
    if not raster.is_file():
        pytest.skip("no rasters beside the repository")
    done = run(
        "region", "build", "farmland", "--imagery", raster, "--zoom", "14", "--out", tmp_path / "r.zarr", "--json"
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["done"] == report["cells"] > 5
    assert report["imagery"] == "raster:naip_nd_2020_rgbn_5m"


def test_where_ray_is_not_installed_its_engine_says_what_to_install(run, monkeypatch):
    for module in ("server.regions.cluster", "tiles.region.ray"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    assert_refused(run("region", "build", "null-island", "--engine", "ray"), "engine", "earshot[cluster]")


def test_a_file_that_is_no_geojson_is_refused(run, tmp_path):
    for content in ("{", "[]", '{"type": "Point", "coordinates": [1, 2]}'):
        (tmp_path / "shape.geojson").write_text(content)
        done = run("region", "build", "x", "--imagery", "null-island", "--polygon", "shape.geojson")
        assert_refused(done, "polygon")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build"], ["name"]),
        (["build", "a b", "--imagery", "null-island", f"--bbox={BOX}"], ["name"]),
        (["build", "france"], ["imagery"]),
        (["build", "x", "--imagery", "null-island", "--place", "atlantis"], ["place", "atlantis"]),
        (["build", "x", "--imagery", "null-island", "--place", "france", f"--bbox={BOX}"], ["place", "bbox"]),
        (["build", "x", "--imagery", "null-island", "--bbox", "1,2,3"], ["bbox"]),
        (["build", "x", "--imagery", "null-island", "--bbox", "0,5,1,4"], ["bbox"]),
        (["build", "x", "--imagery", "null-island", "--polygon", "none.geojson"], ["polygon", "none.geojson"]),
        (["build", "x", "--imagery", "null-island", "--zoom", "30", f"--bbox={BOX}"], ["zoom"]),
        (["build", "null-island", "--scale", "2"], ["scale", "1, 3, 5"]),
        (["build", "null-island", "--condition", "13-1"], ["condition"]),
        (["build", "null-island", "--batch", "0"], ["batch"]),
        (["build", "null-island", "--engine", "steam"], ["engine", "local", "ray"]),
        (["build", "null-island", "--checkpoint", "none.safetensors"], ["none.safetensors"]),
    ],
    ids=" ".join,
)
def test_what_is_refused_is_refused_in_one_line(run, arguments, words):
    assert_refused(run("region", *arguments), *words)
