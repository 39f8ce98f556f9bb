"""Where a raster lies: files beside it, ground control points, RPCs; how exact that is, is said."""

import re

import mercantile
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.rpc import RPC
from rasterio.warp import transform

from tests.tiles.imagery.raster.writing import AFFINE, CRS, centre, halves, sides, write
from tiles.errors import InvalidRaster
from tiles.imagery.raster import RasterImagery

SEA, SAND = (40, 140, 60), (220, 190, 120)


def is_picture(source, atol=2):
    west, east = sides(source)
    np.testing.assert_allclose(west, SEA, atol=atol)
    np.testing.assert_allclose(east, SAND, atol=atol)


def world_file(path):
    a = AFFINE
    lines = (a.a, a.d, a.b, a.e, a.c + a.a / 2, a.f + a.e / 2)
    path.write_text("\n".join(map(str, lines)) + "\n")


@pytest.mark.parametrize("suffix", [".tfw", ".wld"])
def test_a_world_file_beside_it_places_it(tmp_path, suffix):
    path = write(tmp_path / "a.tif", halves(), affine=None)
    world_file(path.with_suffix(suffix))
    is_picture(RasterImagery(path))


@pytest.mark.parametrize("dialect", ["WKT2_2019", "WKT1_ESRI"])
def test_a_prj_beside_it_tells_the_crs(tmp_path, dialect):
    path = write(tmp_path / "a.tif", halves(), crs=None, affine=None)
    world_file(path.with_suffix(".tfw"))
    path.with_suffix(".prj").write_text(rasterio.CRS.from_user_input(CRS).to_wkt(version=dialect))
    is_picture(RasterImagery(path))


def test_a_prj_that_is_none_leaves_it_refused_in_one_sentence(tmp_path):
    path = write(tmp_path / "a.tif", halves(), crs=None, affine=None)
    world_file(path.with_suffix(".tfw"))
    path.with_suffix(".prj").write_text("<html>not found</html>")
    with pytest.raises(InvalidRaster, match=r"a geotransform but no CRS, inside or in a \.prj beside it$"):
        RasterImagery(path)


def test_an_aux_xml_beside_it_places_it_and_tells_what_is_no_data(tmp_path):
    bands = halves()
    bands[:, :, 40:] = 0
    path = write(tmp_path / "a.tif", bands, crs=None, affine=None)
    nothing = "".join(f'<PAMRasterBand band="{n}"><NoDataValue>0</NoDataValue></PAMRasterBand>' for n in (1, 2, 3))
    place = f"{AFFINE.c}, {AFFINE.a}, 0, {AFFINE.f}, 0, {AFFINE.e}"
    path.with_name("a.tif.aux.xml").write_text(
        f"<PAMDataset><SRS>{CRS}</SRS><GeoTransform>{place}</GeoTransform>{nothing}</PAMDataset>"
    )
    source = RasterImagery(path)
    pixels = source.read(*centre(), 10.0, 60).pixels
    assert pixels.min() > 30  # what is no data takes the colour of the rest


def test_a_mask_beside_it_is_read(tmp_path):
    path = write(tmp_path / "a.tif", halves())
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(path, "r+") as file:
        file.write_mask(np.pad(np.full((64, 40), 255, np.uint8), ((0, 0), (0, 24))))
    assert path.with_name("a.tif.msk").is_file()
    source = RasterImagery(path)
    tile = source.tile(source.max_zoom, *_tile_at(source))
    assert tile.shape[2] == 4
    assert set(np.unique(tile[..., 3])) == {0, 255}


def _tile_at(source):
    lat, lon = centre()
    tile = mercantile.tile(lon, lat, source.max_zoom)
    return tile.x, tile.y


def points(noise=0.0):
    rng = np.random.default_rng(1)
    found = []
    for row in (0, 32, 64):
        for col in (0, 32, 64):
            x, y = AFFINE @ (col, row)
            (lon,), (lat,) = transform(CRS, "EPSG:4326", [x], [y])
            lat, lon = lat + noise * rng.normal() / 111_320, lon + noise * rng.normal() / 111_320
            found.append(GroundControlPoint(row, col, lon, lat))
    return found


@pytest.mark.parametrize(("noise", "told"), [(0.0, r"fit to about 0\.0"), (20.0, r"fit to about [1-3]\d\.\d m")])
def test_ground_control_points_place_it_and_how_well_they_fit_is_said(tmp_path, noise, told):
    path = write(tmp_path / "a.tif", halves(), crs=None, affine=None)
    with rasterio.open(path, "r+") as file:
        file.gcps = points(noise), rasterio.CRS.from_epsg(4326)
    source = RasterImagery(path)
    is_picture(source, atol=6)
    (note,) = source.notes
    assert note.startswith("Placed by 9 ground control points")
    assert re.search(told, note)


def test_rpcs_place_it_and_that_hills_lie_aside_is_said(tmp_path):
    path = write(tmp_path / "a.tif", halves(), crs=None, affine=None)
    lat, lon = centre()
    half_lat, half_lon = 320 / 111_140, 320 / (111_320 * np.cos(np.radians(lat)))
    with rasterio.open(path, "r+") as file:
        file.rpcs = RPC(
            height_off=600,
            height_scale=500,
            lat_off=lat,
            lat_scale=half_lat,
            long_off=lon,
            long_scale=half_lon,
            line_off=32,
            line_scale=32,
            samp_off=32,
            samp_scale=32,
            line_num_coeff=[0, 0, -1, *[0] * 17],
            line_den_coeff=[1, *[0] * 19],
            samp_num_coeff=[0, 1, 0, *[0] * 17],
            samp_den_coeff=[1, *[0] * 19],
        )
    source = RasterImagery(path)
    is_picture(source, atol=6)
    assert source.notes == (
        "Placed by RPCs at a height of 600 m, without a terrain model: hills and valleys lie aside.",
    )


def test_what_has_no_place_is_refused_and_told_what_would_give_it_one(tmp_path):
    with pytest.raises(InvalidRaster, match=r"no georeference .a CRS and a geotransform, control points or RPCs"):
        RasterImagery(write(tmp_path / "a.tif", halves(), crs=None, affine=None))


def test_degrees_that_run_westward_are_places_as_any(tmp_path):
    affine = Affine(-1e-4, 0, 12.0064, 0, -1e-4, 46)
    source = RasterImagery(write(tmp_path / "a.tif", halves()[:, :, ::-1], "EPSG:4326", affine))
    west, south, east, north = source.bounds
    assert (west, east) == pytest.approx((12.0, 12.0064))
    pixels = source.read((south + north) / 2, (west + east) / 2, source.gsd, 40).pixels.astype(float)
    np.testing.assert_allclose(pixels[:, 3:12].mean(axis=(0, 1)), SEA, atol=2)
    np.testing.assert_allclose(pixels[:, -12:-3].mean(axis=(0, 1)), SAND, atol=2)
