"""`earshot region`: what it builds, tells and writes down, and what it refuses in one line."""

import json
import sys

import geopandas
import numpy as np
import pyarrow.parquet as pq
import pystac
import pytest
import rasterio

from server.cli import main
from server.commands.region_progress import region_bar
from server.http.parameters import PointQuery
from tests.server.commands.test_cli import RASTERS, Done, assert_refused
from tiles.region import Progress, Region

CELLS = 16
BOX = "-2.2,-2.2,2.2,2.2"
BUILD = ("region", "build", "island", "--imagery", "null-island", "--zoom", "8", f"--bbox={BOX}", "--batch", "4")


@pytest.fixture
def run(home, tmp_path, monkeypatch, capsys):
    """Run `earshot` in an empty folder, in this process, with the tiny checkpoint and a data folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "CHECKPOINT": home / "checkpoint.safetensors",
        "GALLERY": home / "gallery",
        "DATA_DIR": tmp_path / "data",
        "TORCH_THREADS": "1",
    }.items():
        monkeypatch.setenv(f"EARSHOT_{name}", str(value))

    def earshot(*arguments):
        monkeypatch.setattr(sys, "argv", ["earshot", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        return Done(end.value.code, captured.out, captured.err)

    return earshot


@pytest.fixture
def built(run):
    """What was said about a region of 16 cells called island."""
    done = run(*BUILD, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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


def test_building_again_goes_on_and_another_scale_is_refused(built, run):
    again = run(*BUILD)
    assert again.returncode == 0, again.stderr
    assert f"{CELLS} of {CELLS} cells" in again.stdout
    assert_refused(run(*BUILD, "--scale", "3"), "scale", built["path"])


def test_regions_are_listed_and_looked_into_in_words_and_as_json(built, run):
    listed = json.loads(run("region", "list", "--json").stdout)
    assert [region["name"] for region in listed["regions"]] == ["island"]
    assert "island" in run("region", "list").stdout
    looked = json.loads(run("region", "info", "island", "--json").stdout)
    assert looked == listed["regions"][0]
    assert looked["hash"] == built["hash"]
    assert built["checkpoint_hash"] in run("region", "info", built["path"]).stdout


def test_a_region_that_cannot_be_read_is_listed_with_the_reason(built, run, tmp_path):
    (tmp_path / "data" / "regions" / "broken.zarr").mkdir()
    found = json.loads(run("region", "list", "--json").stdout)["regions"]
    assert "broken.zarr" in found[0]["error"]
    assert found[1]["name"] == "island"


def test_geoparquet_opens_elsewhere_with_cells_vectors_and_their_model(built, run, tmp_path):
    done = run("region", "export", "island", "--out", "island.parquet", "--json")
    assert done.returncode == 0, done.stderr
    table, region = geopandas.read_parquet(tmp_path / "island.parquet"), Region.open(built["path"])
    assert list(table.columns) == ["id", "geometry", "vector", "latitude", "longitude"]
    assert table.crs.to_string() == "OGC:CRS84"
    np.testing.assert_array_equal(np.stack(table.vector), region.vectors(0, CELLS).astype(np.float32))
    np.testing.assert_allclose(table.geometry.bounds.to_numpy(), region.grid.corners(np.arange(CELLS)))
    assert table.id[0] == f"8/{region.grid.west}/{region.grid.north}"
    made = json.loads(pq.read_schema(tmp_path / "island.parquet").metadata[b"earshot"])
    assert made["checkpoint_hash"] == built["checkpoint_hash"]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--out", "a.parquet"], ["a.parquet", "a.parquet.stac.json"]),
        (["--format", "npy"], ["island.npy", "island.cells.npy", "island.npy.stac.json"]),
        (["--format", "cog", "--q", "waves on rocks"], ["island.tif", "island.tif.stac.json"]),
    ],
)
def test_every_export_has_a_stac_collection_beside_it(built, run, tmp_path, arguments, names):
    done = run("region", "export", "island", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == names
    described = json.loads((tmp_path / names[-1]).read_text())
    collection = pystac.Collection.from_dict(described)
    assert sorted(asset.href for asset in collection.assets.values()) == sorted(f"./{name}" for name in names[:-1])
    assert collection.extent.spatial.bboxes == [list(built["bounds"])]
    assert described["summaries"]["earshot:checkpoint_hash"] == [built["checkpoint_hash"]]
    assert sorted(path.name for path in tmp_path.glob("*.*")) == sorted(names)


def test_numpy_vectors_belong_to_the_tiles_beside_them(built, run, tmp_path):
    run("region", "export", "island", "--format", "npy")
    region = Region.open(built["path"])
    np.testing.assert_array_equal(np.load(tmp_path / "island.npy"), region.vectors(0, CELLS))
    tiles = np.load(tmp_path / "island.cells.npy")
    np.testing.assert_array_equal(tiles[:, 1:] - (region.grid.west, region.grid.north), region.grid.positions[:, ::-1])


def test_a_cog_holds_the_scores_of_its_query(built, run, tmp_path, earshot):
    run("region", "export", "island", "--format", "cog", "--q", "waves on rocks")
    region = Region.open(built["path"])
    scores = region.score(earshot.model.embed_texts(["waves on rocks"]).vector[0].detach().numpy())
    with rasterio.open(tmp_path / "island.tif") as file:
        np.testing.assert_array_equal(file.read(1)[region.grid.wanted], scores)
        np.testing.assert_array_equal(file.read(2)[region.grid.wanted], region.percentile(scores))
        assert file.tags()["query"] == "waves on rocks"


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
        (["info", "nowhere"], ["nowhere"]),
        (["export", "nowhere"], ["nowhere"]),
        (["export", "nowhere", "--format", "csv"], ["format", "csv"]),
        (["export", "nowhere", "--format", "cog"], ["q"]),
        (["export", "nowhere", "--q", "waves"], ["q"]),
    ],
    ids=" ".join,
)
def test_what_is_refused_is_refused_in_one_line(run, arguments, words):
    assert_refused(run("region", *arguments), *words)


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


def test_the_bar_counts_only_what_this_run_worked_on():
    with region_bar("island") as bar:
        for done in (10, 12, 11, 16):
            bar.told(Progress(done, 0, 16))
    assert bar.worked == 6
    assert bar.seconds > 0
