import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from tiles.errors import InvalidRaster, UnknownImagery
from tiles.imagery import SOURCE_NAMES, ImagerySource, open_imagery
from tiles.imagery.open import with_bands

ROOT = Path(__file__).parents[3]


def a_geotiff(path):
    shape = {"count": 3, "height": 32, "width": 32, "dtype": "uint8"}
    affine = Affine(10, 0, 740_350, 0, -10, 5_168_160)
    with rasterio.open(path, "w", driver="GTiff", crs="EPSG:32632", transform=affine, **shape) as file:
        file.write(np.random.default_rng(0).integers(0, 256, (3, 32, 32)).astype(np.uint8))
    return path


@pytest.mark.parametrize("name", SOURCE_NAMES)
def test_every_named_source_opens_without_the_network(name):
    source = open_imagery(name)
    assert isinstance(source, ImagerySource)
    assert source.name == name
    assert source.attribution
    assert source.gsd > 0
    assert 0 <= source.min_zoom < source.max_zoom


def test_a_rasters_bands_may_stand_behind_its_path(tmp_path):
    path = a_geotiff(tmp_path / "a.tif")
    turned = open_imagery(with_bands(str(path), "3,2,1"))
    west, south, east, north = turned.bounds
    lat, lon = (south + north) / 2, (west + east) / 2
    plain = open_imagery(with_bands(str(path), None)).read(lat, lon, 10.0, 16).pixels
    np.testing.assert_array_equal(turned.read(lat, lon, 10.0, 16).pixels, plain[..., ::-1])


@pytest.mark.parametrize("bands", ["", "9", "1,2", "red,green,blue"])
def test_bands_a_raster_has_not_are_refused(tmp_path, bands):
    with pytest.raises(InvalidRaster, match="bands"):
        open_imagery(with_bands(str(a_geotiff(tmp_path / "a.tif")), bands))


def test_esri_and_sentinel_state_their_gsd_and_makers():
    esri, sentinel = open_imagery("esri"), open_imagery("sentinel2")
    assert (esri.gsd, esri.max_zoom) == (0.6, 19)
    assert "Maxar" in esri.attribution
    assert sentinel.gsd == 10
    assert "EOX" in sentinel.attribution
    assert "Copernicus" in sentinel.attribution


def test_a_geotiff_opens_by_its_path(tmp_path):
    source = open_imagery(str(a_geotiff(tmp_path / "valley.tif")))
    assert isinstance(source, ImagerySource)
    assert source.name == "raster:valley"


def test_a_geotiff_needs_no_suffix(tmp_path):
    assert open_imagery(str(a_geotiff(tmp_path / "valley"))).name == "raster:valley"


def test_a_template_opens_and_keeps_its_tiles_where_told(tmp_path):
    source = open_imagery("xyz:http://127.0.0.1:9/{z}/{x}/{y}.png", cache_dir=tmp_path / "tiles")
    assert isinstance(source, ImagerySource)
    assert source.name == "xyz"
    assert "127.0.0.1" in source.attribution
    assert (tmp_path / "tiles" / "index.sqlite").is_file()


@pytest.mark.parametrize("name", ["", "nowhere", "null island", "http://127.0.0.1/{z}/{x}/{y}"])
def test_an_unknown_name_says_what_is_known(name):
    with pytest.raises(UnknownImagery, match="null-island, esri, sentinel2"):
        open_imagery(name)


@pytest.mark.parametrize(
    "template",
    [
        "",
        "ftp://127.0.0.1/{z}/{x}/{y}",
        "file:///etc/{z}/{x}/{y}",
        "/tiles/{z}/{x}/{y}",
        "http:///{z}/{x}/{y}",
        "http://127.0.0.1/{z}/{x}",
        "http://127.0.0.1/{z}/{x}/{y}/{key}",
        "http://127.0.0.1/{z}/{x}/{y}/{y}",
        "http://[::1/{z}/{x}/{y}",
    ],
)
def test_a_template_that_is_none_is_refused(template):
    with pytest.raises(UnknownImagery, match="template"):
        open_imagery(f"xyz:{template}")


def test_a_missing_geotiff_is_named(tmp_path):
    with pytest.raises(InvalidRaster, match="no such file"):
        open_imagery(str(tmp_path / "none.tif"))


def test_a_vrt_is_not_opened_by_name(tmp_path):
    (tmp_path / "a.vrt").write_text("<VRTDataset/>")
    with pytest.raises(InvalidRaster, match="trusted"):
        open_imagery(str(tmp_path / "a.vrt"))


def test_the_front_door_loads_neither_gdal_nor_http():
    code = "import sys, tiles.imagery; print([m for m in ('rasterio', 'httpx2', 'sqlite3') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
