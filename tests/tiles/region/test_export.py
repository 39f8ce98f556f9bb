"""A region for other programs: valid cells only, each by its tile, written whole, with what made them beside it."""

import json
import sys

import geopandas
import numpy as np
import pyarrow.parquet as pq
import pytest
from rasterio.io import MemoryFile

from tests.tiles.region.maker import DIM, QUERIES, Ground, make
from tiles.errors import InvalidRegion, NoImagery
from tiles.grid import Grid
from tiles.region import Condition, Region, export
from tiles.region.export import SUFFIXES, export_region, model_of

JULY = Condition(7, 14)


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """A region with a hole, for July afternoons and for any time."""
    source = Ground(lambda lat, lon, nth: NoImagery("none here") if lat > 1.5 and lon > 1.5 else None)
    return make(tmp_path_factory.mktemp("region") / "g.zarr", source=source, conditions=(JULY, Condition()))


@pytest.fixture
def small_parts(monkeypatch):
    """Cells are written a few at a time, so that a small region takes several turns."""
    monkeypatch.setattr(export, "ROWS", 7)


def tiles_of(region):
    grid = region.grid
    rows, columns = grid.positions[np.flatnonzero(region.valid)].T
    columns = (grid.west + columns) % (1 << grid.zoom)
    return [(grid.zoom, int(x), int(grid.north + y)) for x, y in zip(columns, rows, strict=True)]


def test_geoparquet_holds_every_valid_cell_once_in_order(region, tmp_path, small_parts):
    file, _ = export_region(region, tmp_path / "a.parquet", "geoparquet")
    table = pq.read_table(file)
    assert table.column("id").to_pylist() == [f"{z}/{x}/{y}" for z, x, y in tiles_of(region)]
    vectors = np.array(table.column("vector").to_pylist(), np.float32)
    np.testing.assert_array_equal(vectors, region.vectors(0, 36)[region.valid].astype(np.float32))
    np.testing.assert_array_equal(table.column("latitude"), region.cells.lat[region.valid])
    np.testing.assert_array_equal(table.column("longitude"), region.cells.lon[region.valid])


def test_geoparquet_opens_as_a_map(region, tmp_path):
    file, _ = export_region(region, tmp_path / "a.parquet", "geoparquet")
    frame = geopandas.read_parquet(file)
    assert len(frame) == region.valid.sum()
    np.testing.assert_allclose(frame.total_bounds, (-2.109375, -2.108899, 2.109375, 2.108899), atol=1e-5)
    assert frame.geometry.contains(geopandas.GeoSeries.from_xy(frame.longitude, frame.latitude, crs=frame.crs)).all()


def test_geoparquet_says_what_made_the_vectors(region, tmp_path):
    file, _ = export_region(region, tmp_path / "a.parquet", "geoparquet", condition=JULY)
    said = json.loads(pq.read_schema(file).metadata[b"earshot"])
    assert said == model_of(region, JULY)
    assert (said["checkpoint_hash"], said["condition"], said["dim"]) == ("c0ffee", "7-14", DIM)


def test_geoparquet_without_its_package_says_what_to_install(region, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InvalidRegion, match=r"earshot\[export\]"):
        export_region(region, tmp_path / "a.parquet", "geoparquet")
    assert not list(tmp_path.iterdir())


def test_numpy_vectors_belong_to_the_tiles_beside_them(region, tmp_path, small_parts):
    vectors, cells, _ = export_region(region, tmp_path / "a.npy", "npy")
    np.testing.assert_array_equal(np.load(vectors), region.vectors(0, 36)[region.valid])
    assert np.load(cells).tolist() == [list(tile) for tile in tiles_of(region)]
    assert (cells.name, np.load(cells).dtype) == ("a.cells.npy", np.int64)


def test_a_condition_is_exported_for_itself(region, tmp_path):
    one, *_ = export_region(region, tmp_path / "a.npy", "npy", condition=Condition())
    two, *_ = export_region(region, tmp_path / "b.npy", "npy")
    np.testing.assert_array_equal(np.load(one), region.vectors(0, 36, Condition())[region.valid])
    np.testing.assert_array_equal(np.load(two), region.vectors(0, 36, JULY)[region.valid])
    assert not np.array_equal(np.load(one), np.load(two))


def test_a_cog_holds_cosine_and_percentile_of_its_query(region, tmp_path):
    file, _ = export_region(region, tmp_path / "a.tif", "cog", vector=QUERIES[0], query="waves")
    with MemoryFile(file.read_bytes()) as memory, memory.open() as opened:
        assert opened.descriptions == ("cosine", "percentile")
        assert opened.tags()["query"] == "waves"
        assert opened.tags()["checkpoint_hash"] == "c0ffee"
        scores = region.score(QUERIES[0])
        np.testing.assert_array_equal(opened.read(1)[region.grid.wanted], scores)
        np.testing.assert_array_equal(opened.read(2)[region.grid.wanted], region.percentile(scores))


@pytest.mark.parametrize(("format", "vector"), [("shapefile", None), ("", None), ("cog", None)])
def test_another_format_or_a_cog_of_nothing_is_refused_and_leaves_no_file(region, tmp_path, format, vector):
    with pytest.raises(InvalidRegion, match=r"^format: .*geoparquet, cog, npy"):
        export_region(region, tmp_path / "a", format, vector=vector)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", SUFFIXES)
def test_a_condition_the_region_lacks_is_refused_and_leaves_no_file(region, tmp_path, format):
    with pytest.raises(InvalidRegion, match=r"^condition: "):
        export_region(region, tmp_path / "a", format, condition=Condition(1), vector=QUERIES[0])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", SUFFIXES)
def test_an_export_that_breaks_off_leaves_the_file_of_last_time(region, tmp_path, monkeypatch, format):
    path = tmp_path / f"a{SUFFIXES[format]}"
    path.write_bytes(b"last time")
    torn = Region.open(region.path)

    def broken(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(torn, "vectors", broken)
    monkeypatch.setattr(torn, "score", broken)
    with pytest.raises(OSError, match="disk is gone"):
        export_region(torn, path, format, vector=QUERIES[0])
    assert path.read_bytes() == b"last time"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("format", SUFFIXES)
def test_a_stac_collection_lies_beside_every_export(region, tmp_path, format):
    *files, beside = export_region(region, tmp_path / f"a{SUFFIXES[format]}", format, vector=QUERIES[0], query="waves")
    assert beside.name == f"a{SUFFIXES[format]}.stac.json"
    document = json.loads(beside.read_text())
    assert sorted(asset["href"] for asset in document["assets"].values()) == sorted(f"./{file.name}" for file in files)


def test_cells_across_the_dateline_have_tiles_on_both_sides(tmp_path):
    far = make(tmp_path / "far.zarr", grid=Grid.over((178, -2, -178, 2), 8))
    _, cells, _ = export_region(far, tmp_path / "a.npy", "npy")
    columns = set(np.load(cells)[:, 1].tolist())
    assert {0, 255} <= columns
    assert columns <= {0, 1, 254, 255}


def test_a_region_without_imagery_is_exported_empty(tmp_path):
    empty = make(tmp_path / "e.zarr", source=Ground(lambda lat, lon, nth: NoImagery("none")))
    vectors, cells, _ = export_region(empty, tmp_path / "a.npy", "npy")
    assert np.load(vectors).shape == (0, DIM)
    assert np.load(cells).shape == (0, 3)
    file, _ = export_region(empty, tmp_path / "a.parquet", "geoparquet")
    assert pq.read_table(file).num_rows == 0
