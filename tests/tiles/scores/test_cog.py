"""The file that any GIS opens holds the very scores, where they are on the map."""

import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile
from rasterio.warp import transform as reproject

from tiles.grid import Grid
from tiles.scores.cog import write_cog


@pytest.fixture
def grid():
    wanted = np.ones((600, 700), bool)
    wanted[:, :3] = False
    return Grid(13, 4000, 3000, 700, 600, wanted)


@pytest.fixture
def bands(grid):
    rng = np.random.default_rng(0)
    cosine = rng.uniform(-1, 1, grid.count).astype(np.float32)
    cosine[5] = np.nan
    return {"cosine": cosine, "percentile": (cosine + 1) * 50}


def test_every_pixel_is_a_cell_with_its_scores_in_its_place(grid, bands):
    with MemoryFile(write_cog(grid, bands, {"QUERY": "waves on rocks"})) as memory, memory.open() as file:
        assert file.crs.to_epsg() == 3857
        assert file.shape == (600, 700)
        assert file.dtypes == ("float32", "float32")
        assert file.descriptions == ("cosine", "percentile")
        assert all(np.isnan(value) for value in file.nodatavals)
        assert file.tags()["QUERY"] == "waves on rocks"
        for number, values in enumerate(bands.values(), start=1):
            np.testing.assert_array_equal(file.read(number)[grid.wanted], values)
            assert np.isnan(file.read(number)[~grid.wanted]).all()
        row, column = grid.positions[12345]
        lon, lat = reproject("EPSG:3857", "EPSG:4326", *([value] for value in file.xy(row, column)))
        assert lon[0] == pytest.approx(grid.cells.lon[12345], abs=1e-7)
        assert lat[0] == pytest.approx(grid.cells.lat[12345], abs=1e-7)


def test_it_is_laid_out_to_be_read_in_parts(grid, bands, tmp_path):
    path = tmp_path / "scores.tif"
    path.write_bytes(write_cog(grid, bands, {}))
    with rasterio.open(path) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.block_shapes == [(256, 256)] * 2
        assert file.compression.name == "deflate"
        assert file.overviews(1)
        overview = file.read(1, out_shape=(300, 350))
        assert np.isfinite(overview).any()


def test_a_region_smaller_than_a_block_is_a_file_too():
    grid = Grid(12, 2048, 2048, 1, 1, np.ones((1, 1), bool))
    with MemoryFile(write_cog(grid, {"cosine": np.array([0.5], np.float32)}, {})) as memory, memory.open() as file:
        assert file.read(1).tolist() == [[0.5]]


def test_a_grid_across_the_dateline_runs_on_to_the_east():
    grid = Grid(8, 254, 100, 4, 2, np.ones((2, 4), bool))
    with MemoryFile(write_cog(grid, {"cosine": np.arange(8, dtype=np.float32)}, {})) as memory, memory.open() as file:
        half = 20037508.342789244
        assert file.bounds.left < half < file.bounds.right
        assert file.read(1).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
