"""Imagery over HTTP: tiles and the very chips that were listened to, as pictures."""

import io

import mercantile
import numpy as np
import rasterio
from fastapi.testclient import TestClient
from PIL import Image

from server.app import create_app
from tiles.imagery import open_imagery


def test_a_tile_is_the_sources_own_as_a_jpeg_that_may_be_kept(client):
    answer = client.get("/imagery/null-island/10/512/511")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert "max-age" in answer.headers["cache-control"]
    pixels = np.asarray(Image.open(io.BytesIO(answer.content))).astype(float)
    exact = open_imagery("null-island").tile(10, 512, 511)
    assert pixels.shape == (256, 256, 3)
    assert np.abs(pixels - exact).mean() < 12


def test_a_tile_at_a_rasters_rim_is_a_png_clear_where_there_is_no_ground(make_settings, ready, tmp_path):
    ground = np.random.default_rng(1).integers(1, 255, (3, 200, 200), dtype=np.uint8)
    transform = rasterio.Affine(10, 0, 500_000, 0, -10, 4_500_000)
    shape = {"width": 200, "height": 200, "count": 3, "dtype": "uint8"}
    with rasterio.open(tmp_path / "town.tif", "w", "GTiff", crs="EPSG:32632", transform=transform, **shape) as file:
        file.write(ground)
    source = open_imagery(str(tmp_path / "town.tif"))
    west, south, east, north = source.bounds
    tile = mercantile.tile((west + east) / 2, (south + north) / 2, source.min_zoom)
    with TestClient(create_app(make_settings(imagery=[str(tmp_path / "town.tif")]))) as client:
        answer = ready(client).get(f"/imagery/{source.name}/{tile.z}/{tile.x}/{tile.y}")
    assert answer.headers["content-type"] == "image/png"
    alpha = np.asarray(Image.open(io.BytesIO(answer.content)))[..., 3]
    assert 0 < (alpha == 255).mean() < 1


def test_a_chip_is_exact_and_of_the_size_asked_for(client):
    params = {"source": "null-island", "lat": -0.2, "lon": 0.3, "gsd": 2, "pixels": 80}
    answer = client.get("/imagery/chip", params=params)
    pixels = np.asarray(Image.open(io.BytesIO(answer.content)))
    np.testing.assert_array_equal(pixels, open_imagery("null-island").read(-0.2, 0.3, 2, 80).pixels)


def test_a_missing_tile_is_a_problem_that_no_cache_keeps(client):
    answer = client.get("/imagery/null-island/8/0/0")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/problem+json"
