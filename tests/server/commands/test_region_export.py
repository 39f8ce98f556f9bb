"""`earshot region export`: what other programs read, with a STAC Collection beside it."""

import json

import geopandas
import numpy as np
import pyarrow.parquet as pq
import pystac
import pytest
import rasterio

from tests.server.commands.earshot_command import assert_refused
from tiles.region import Region

CELLS = 16


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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "nowhere"], ["nowhere"]),
        (["export", "nowhere", "--format", "csv"], ["format", "csv"]),
        (["export", "nowhere", "--format", "cog"], ["q"]),
        (["export", "nowhere", "--q", "waves"], ["q"]),
    ],
    ids=" ".join,
)
def test_what_is_refused_is_refused_in_one_line(run, arguments, words):
    assert_refused(run("region", *arguments), *words)
