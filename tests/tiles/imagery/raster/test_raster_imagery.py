import json
import math
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mercantile
import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.warp import transform

from tiles.errors import InvalidPoint, InvalidRaster, NoImagery
from tiles.footprint import to_geographic
from tiles.imagery.raster import RasterImagery

SHARED = Path(__file__).parents[4] / "../shared/data/rasters"
needs_shared = pytest.mark.skipif(not (SHARED / "index.json").is_file(), reason="the shared rasters are not here")


def from_origin(west, north, width, height):
    """The geotransform of a north-up grid (rasterio's own helper warns under affine 3)."""
    return Affine(width, 0, west, 0, -height, north)


def write(path, bands, crs, affine, **profile):
    """A GeoTIFF of (count, h, w) bands."""
    bands = np.asarray(bands)
    count, height, width = bands.shape
    colours = profile.pop("colours", None)
    shape = {"count": count, "height": height, "width": width, "dtype": bands.dtype}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=affine, **shape, **profile) as file:
        file.write(bands)
        if colours:
            file.colorinterp = colours
    return path


def noise(height=64, width=64, count=3, low=0, high=256, dtype=np.uint8):
    return np.random.default_rng(1).integers(low, high, (count, height, width)).astype(dtype)


def patch(height=64, width=64, count=3, row=20, col=40, colour=(250, 10, 20)):
    """Grey noise with one 5 x 5 patch of colour, centred on a pixel."""
    bands = np.repeat(noise(height, width, 1, 100, 160), count, axis=0)
    for band, value in zip(bands, colour, strict=False):
        band[row - 2 : row + 3, col - 2 : col + 3] = value
    return bands


def place_of(crs, affine, row, col):
    """Latitude and longitude of a pixel's centre by GDAL's own georeference."""
    x, y = affine @ (col + 0.5, row + 0.5)
    (lon,), (lat,) = transform(crs, "EPSG:4326", [x], [y])
    return lat, lon


GRIDS = {
    "UTM 32N": ("EPSG:32632", from_origin(740_350, 5_168_160, 10, 10), 10.0),
    "Dutch RD": ("EPSG:28992", from_origin(127_375, 428_250, 0.25, 0.25), 0.25),
    "Web Mercator at 60 N": ("EPSG:3857", from_origin(1_113_194, 8_399_737, 10, 10), 5.0),
    "degrees": ("EPSG:4326", from_origin(12, 46, 1e-4, 1e-4), None),
    "polar stereographic": ("EPSG:3031", from_origin(300_000, -1_300_000, 20, 20), None),
    "feet in Texas": ("EPSG:2277", from_origin(3_100_000, 10_100_000, 2, 2), 0.6096),
    "turned by 30 degrees": (
        "EPSG:32632",
        Affine.translation(740_350, 5_168_160) @ Affine.rotation(30) @ Affine.scale(10, -10),
        10.0,
    ),
}


@pytest.mark.parametrize("grid", GRIDS)
def test_a_known_pixel_is_at_its_place_in_any_crs(tmp_path, grid):
    crs, affine, _ = GRIDS[grid]
    source = RasterImagery(write(tmp_path / "a.tif", patch(), crs, affine))
    lat, lon = place_of(crs, affine, 20, 40)
    chip = source.read(lat, lon, source.gsd / 3, 9)
    np.testing.assert_allclose(chip.pixels.reshape(-1, 3), np.tile((250, 10, 20), (81, 1)), atol=1)
    for east, north in [(0, 6), (6, 0), (0, -6), (-6, 0)]:
        beside = to_geographic(lat, lon, np.array([east * source.gsd]), np.array([north * source.gsd]))
        grey = source.read(float(beside[0][0]), float(beside[1][0]), source.gsd / 3, 3).pixels
        assert (grey.max(axis=2) - grey.min(axis=2)).max() <= 1


@pytest.mark.parametrize("grid", [name for name in GRIDS if GRIDS[name][2]])
def test_the_gsd_is_metres_of_ground_whatever_the_crs_counts(tmp_path, grid):
    crs, affine, gsd = GRIDS[grid]
    source = RasterImagery(write(tmp_path / "a.tif", noise(), crs, affine))
    assert source.gsd == pytest.approx(gsd, rel=6e-3)


@pytest.mark.parametrize("grid", GRIDS)
def test_the_bounds_hold_every_corner(tmp_path, grid):
    crs, affine, _ = GRIDS[grid]
    west, south, east, north = RasterImagery(write(tmp_path / "a.tif", noise(), crs, affine)).bounds
    for row, col in [(0, 0), (0, 63), (63, 0), (63, 63), (32, 32)]:
        lat, lon = place_of(crs, affine, row, col)
        assert south < lat < north
        assert west < lon < east


@pytest.mark.parametrize("grid", GRIDS)
def test_a_chip_measures_the_same_metres_in_any_crs(tmp_path, grid):
    crs, affine, _ = GRIDS[grid]
    bands = patch(row=32, col=32)
    source = RasterImagery(write(tmp_path / "a.tif", bands, crs, affine))
    lat, lon = place_of(crs, affine, 32, 32)
    pixels = source.read(lat, lon, source.gsd / 4, 101).pixels.astype(int)
    red = pixels[..., 0] - pixels[..., 1] > 120
    assert math.sqrt(red.sum()) == pytest.approx(5 * 4, abs=1.2)


def test_north_is_up_and_east_is_right(tmp_path):
    bands = np.full((3, 64, 64), 120, np.uint8)
    bands[0, :8] = 250  # red in the north
    bands[2, :, 56:] = 250  # blue in the east
    source = RasterImagery(write(tmp_path / "a.tif", bands, *GRIDS["UTM 32N"][:2]))
    chip = source.read(*place_of(*GRIDS["UTM 32N"][:2], 32, 32), 10.0, 60)
    assert chip.pixels[:4, 30, 0].min() > 200
    assert chip.pixels[30, -4:, 2].min() > 200
    assert chip.pixels[-4:, 4, 0].max() < 140


def test_a_coarse_chip_is_the_mean_and_does_not_alias(tmp_path):
    board = np.repeat((np.indices((512, 512)).sum(axis=0) % 2 * 255)[None], 3, axis=0).astype(np.uint8)
    crs, affine, _ = GRIDS["UTM 32N"]
    source = RasterImagery(write(tmp_path / "a.tif", board, crs, affine))
    chip = source.read(*place_of(crs, affine, 256, 256), 70.0, 64)
    assert np.abs(chip.pixels.astype(int) - 127).max() < 30


def test_overviews_are_read_when_there_are_some(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    path = write(tmp_path / "a.tif", noise(512, 512), crs, affine, tiled=True, blockxsize=128, blockysize=128)
    plain = RasterImagery(path).read(*place_of(crs, affine, 256, 256), 80.0, 48).pixels
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4, 8], rasterio.enums.Resampling.average)
    overview = RasterImagery(path).read(*place_of(crs, affine, 256, 256), 80.0, 48).pixels
    assert np.abs(plain.astype(int) - overview).mean() < 4


def test_bytes_that_fill_their_range_are_left_alone(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    bands = np.full((3, 32, 32), 77, np.uint8)
    bands[:, :4] = 240
    source = RasterImagery(write(tmp_path / "a.tif", bands, crs, affine))
    assert (source.read(*place_of(crs, affine, 20, 16), 10.0, 8).pixels == 77).all()


@pytest.mark.parametrize(("dtype", "low", "high"), [(np.uint16, 300, 9000), (np.int16, -500, 500), (np.float32, 0, 1)])
def test_other_values_are_stretched_alike_over_the_whole_file(tmp_path, dtype, low, high):
    crs, affine, _ = GRIDS["UTM 32N"]
    ramp = low + (high - low) * (np.arange(100) / 99) ** 1.1
    bands = np.tile(ramp, (3, 100, 1)).astype(dtype)
    source = RasterImagery(write(tmp_path / "a.tif", bands, crs, affine))
    whole = source.read(*place_of(crs, affine, 50, 50), 10.0, 96).pixels
    assert whole.min() < 30
    assert whole.max() > 220
    part = source.read(*place_of(crs, affine, 50, 50), 10.0, 16).pixels
    np.testing.assert_allclose(part, whole[40:56, 40:56], atol=3)


def test_one_band_is_grey(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    source = RasterImagery(write(tmp_path / "a.tif", noise(count=1), crs, affine))
    pixels = source.read(*place_of(crs, affine, 32, 32), 10.0, 32).pixels
    assert (np.ptp(pixels, axis=2) == 0).all()
    assert pixels.std() > 20


def test_a_palette_becomes_its_colours(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    path = tmp_path / "a.tif"
    shape = {"count": 1, "height": 32, "width": 32, "dtype": "uint8"}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=affine, photometric="palette", **shape) as file:
        file.write(np.full((1, 32, 32), 3, np.uint8))
        file.write_colormap(1, {3: (10, 200, 30, 255)})
    pixels = RasterImagery(path).read(*place_of(crs, affine, 16, 16), 10.0, 8).pixels
    np.testing.assert_allclose(pixels.reshape(-1, 3).mean(axis=0), (10, 200, 30), atol=1)


def test_near_infrared_is_left_out(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    bands = patch(count=4)
    bands[3] = 255
    source = RasterImagery(write(tmp_path / "a.tif", bands, crs, affine, photometric="rgb", alpha="no"))
    pixels = source.read(*place_of(crs, affine, 20, 40), source.gsd / 3, 3).pixels
    np.testing.assert_allclose(pixels[1, 1], (250, 10, 20), atol=1)


def test_bands_are_taken_by_what_they_mean(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    colours = [ColorInterp.undefined, ColorInterp.blue, ColorInterp.green, ColorInterp.red]
    bands = patch(count=4, colour=(0, 20, 10, 250))
    path = write(tmp_path / "a.tif", bands, crs, affine, photometric="minisblack", colours=colours)
    pixels = RasterImagery(path).read(*place_of(crs, affine, 20, 40), 3.0, 3).pixels
    np.testing.assert_allclose(pixels[1, 1], (250, 10, 20), atol=1)


@pytest.mark.parametrize("kind", ["nodata", "alpha", "not a number"])
def test_a_hole_takes_the_mean_colour_of_the_rest(tmp_path, kind):
    crs, affine, _ = GRIDS["UTM 32N"]
    bands, profile = noise(64, 64, 3, 120, 200), {}
    if kind == "nodata":
        bands[:, :, 40:], profile = 0, {"nodata": 0}
    elif kind == "alpha":
        bands[:, :, 40:] = 3
        bands = np.concatenate([bands, np.full((1, 64, 64), 255, np.uint8)])
        bands[3, :, 40:] = 0
        profile = {"photometric": "rgb", "alpha": "yes"}
    else:
        bands = bands.astype(np.float32)
        bands[:, :, 40:] = np.nan
    source = RasterImagery(write(tmp_path / "a.tif", bands, crs, affine, **profile))
    pixels = source.read(*place_of(crs, affine, 32, 32), 10.0, 60).pixels.astype(float)
    np.testing.assert_allclose(pixels[30, -8:], np.tile(pixels[:, :36].mean(axis=(0, 1)), (8, 1)), atol=6)
    with pytest.raises(NoImagery, match="raster:a"):
        source.read(*place_of(crs, affine, 32, 52), 10.0, 30)


def test_a_chip_half_off_the_raster_is_there_and_one_mostly_off_is_not(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    source = RasterImagery(write(tmp_path / "a.tif", noise(), crs, affine))
    assert source.read(*place_of(crs, affine, 32, 2), 10.0, 20).pixels.std() > 10
    for row, col in [(32, -4), (32, 200), (-5000, 32)]:
        with pytest.raises(NoImagery):
            source.read(*place_of(crs, affine, row, col), 10.0, 20)


def test_the_other_side_of_the_earth_has_no_imagery(tmp_path):
    source = RasterImagery(write(tmp_path / "a.tif", noise(), *GRIDS["Dutch RD"][:2]))
    for lat, lon in [(-51.8, -175), (0, 95), (90, 0), (-90, 0)]:
        with pytest.raises(NoImagery):
            source.read(lat, lon, 0.25, 16)


def world(tmp_path, crs="EPSG:4326", west=-180.0):
    """The whole Earth, its colours a smooth function of the place."""
    width, height = 360, 180
    lon, lat = np.meshgrid(west + np.arange(width) + 0.5, 89.5 - np.arange(height))
    bands = np.stack([128 + 100 * np.sin(np.radians(lon)), 128 + 100 * np.cos(np.radians(lon)), 128 + lat])
    return write(tmp_path / "w.tif", bands.round().astype(np.uint8), crs, from_origin(west, 90, 1, 1))


@pytest.mark.parametrize("west", [-180.0, 0.0])
@pytest.mark.parametrize("lon", [179.9, -179.9, 180.0, -180.0, 0.0, 0.3])
def test_a_chip_across_the_dateline_is_whole(tmp_path, lon, west):
    source = RasterImagery(world(tmp_path, west=west))
    assert source.bounds == (-180, -90, 180, 90)
    pixels = source.read(10.0, lon, 10_000, 40).pixels.astype(float)
    middle = (128 + 100 * np.sin(np.radians(lon)), 128 + 100 * np.cos(np.radians(lon)), 138)
    np.testing.assert_allclose(pixels[20, 20], middle, atol=2)
    assert np.abs(np.diff(pixels, axis=1)).max() <= 2


def test_a_raster_across_the_dateline_is_read_from_both_sides(tmp_path):
    path = write(tmp_path / "a.tif", noise(100, 100, 3, 100, 250), "EPSG:4326", from_origin(179.5, 10, 0.01, 0.01))
    source = RasterImagery(path)
    west, _, east, _ = source.bounds
    assert (west, east) == (pytest.approx(179.5), pytest.approx(-179.5))
    for lon in (179.9, 180, -180, -179.9):
        assert source.read(9.5, lon, 1000, 16).pixels.std() > 5


def test_a_pole_that_the_projection_tears_apart_has_no_imagery(tmp_path):
    source = RasterImagery(world(tmp_path))
    with pytest.raises(NoImagery, match="pole"):
        source.read(90, 0, 10_000, 40)


def test_a_pole_in_a_polar_projection_is_a_point_like_others(tmp_path):
    source = RasterImagery(
        write(tmp_path / "a.tif", patch(row=32, col=32), "EPSG:3031", from_origin(-325, 325, 10, 10))
    )
    pixels = source.read(-90, 0, source.gsd / 3, 5).pixels
    np.testing.assert_allclose(pixels[2, 2], (250, 10, 20), atol=1)


@pytest.mark.parametrize("grid", ["UTM 32N", "Web Mercator at 60 N", "degrees"])
def test_a_tile_shows_a_place_where_the_map_does(tmp_path, grid):
    crs, affine, _ = GRIDS[grid]
    source = RasterImagery(write(tmp_path / "a.tif", patch(), crs, affine))
    lat, lon = place_of(crs, affine, 20, 40)
    z = source.max_zoom
    tile = mercantile.tile(lon, lat, z)
    box = mercantile.xy_bounds(tile)
    x, y = mercantile.xy(lon, lat)
    pixels = source.tile(z, tile.x, tile.y)
    assert pixels.shape[:2] == (256, 256)
    row = int((box.top - y) / (box.top - box.bottom) * 256)
    col = int((x - box.left) / (box.right - box.left) * 256)
    np.testing.assert_allclose(pixels[row, col, :3], (250, 10, 20), atol=1)


def test_a_tile_is_clear_where_the_raster_has_no_data_and_whole_inside(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    source = RasterImagery(write(tmp_path / "a.tif", 1 + noise(1000, 1000) // 2, crs, affine))
    rim, middle = (
        source.tile(z, *mercantile.tile(*place_of(crs, affine, at, at)[::-1], z)[:2])
        for z, at in ((source.min_zoom, 500), (source.max_zoom, 500))
    )
    assert rim.shape == (256, 256, 4)
    assert set(np.unique(rim[..., 3])) == {0, 255}
    assert (rim[..., :3].any(axis=2) == (rim[..., 3] == 255)).all()
    assert middle.shape == (256, 256, 3)


def test_tiles_cover_the_zooms_that_show_the_raster(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    source = RasterImagery(write(tmp_path / "a.tif", noise(1000, 1000), crs, affine))
    lat, lon = place_of(crs, affine, 500, 500)
    for z in range(source.min_zoom, source.max_zoom + 1):
        tile = mercantile.tile(lon, lat, z)
        assert source.tile(z, tile.x, tile.y).dtype == np.uint8
    for z in (source.min_zoom - 1, source.max_zoom + 1):
        tile = mercantile.tile(lon, lat, z)
        with pytest.raises(NoImagery, match="zooms"):
            source.tile(z, tile.x, tile.y)


def test_a_tile_beside_the_raster_has_no_imagery(tmp_path):
    source = RasterImagery(write(tmp_path / "a.tif", noise(), *GRIDS["UTM 32N"][:2]))
    with pytest.raises(NoImagery):
        source.tile(source.max_zoom, 0, 0)
    with pytest.raises(InvalidPoint, match=r"^x: "):
        source.tile(source.max_zoom, -1, 0)


def test_the_worlds_first_tile_is_whole(tmp_path):
    source = RasterImagery(world(tmp_path))
    assert source.min_zoom == 0
    pixels = source.tile(0, 0, 0)
    assert pixels.shape == (256, 256, 3)


def test_many_threads_read_the_same_chip(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    source = RasterImagery(write(tmp_path / "a.tif", noise(256, 256), crs, affine, tiled=True, compress="deflate"))
    lat, lon = place_of(crs, affine, 128, 128)
    with ThreadPoolExecutor(8) as pool:
        chips = list(pool.map(lambda _: source.read(lat, lon, 15.0, 64).pixels, range(32)))
    assert all((chip == chips[0]).all() for chip in chips)


@pytest.mark.parametrize("field", ["lat", "lon", "gsd", "pixels"])
def test_a_bad_point_names_its_field(tmp_path, field):
    source = RasterImagery(write(tmp_path / "a.tif", noise(), *GRIDS["UTM 32N"][:2]))
    asked = {"lat": 46.6, "lon": 12.1, "gsd": 10.0, "pixels": 8, field: float("nan")}
    with pytest.raises(InvalidPoint, match=f"^{field}: "):
        source.read(**asked)


def one_line(error):
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InvalidRaster) as error:
        RasterImagery(tmp_path / "none.tif")
    assert one_line(error) == f"{tmp_path / 'none.tif'}: no such file"


@pytest.mark.parametrize("content", [b"", b"not a raster", b"II*\0\x08\0\0\0", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_geotiff_is_named_with_the_cause(tmp_path, content):
    path = tmp_path / "bad.tif"
    path.write_bytes(content)
    with pytest.raises(InvalidRaster) as error:
        RasterImagery(path)
    assert one_line(error).startswith(f"{path}: cannot be read as a GeoTIFF")


def test_a_truncated_file_is_named(tmp_path):
    path = write(tmp_path / "a.tif", noise(512, 512), *GRIDS["UTM 32N"][:2])
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(InvalidRaster) as error:
        RasterImagery(path)
    assert str(path) in one_line(error)


def test_a_file_without_a_crs_is_refused(tmp_path):
    path = write(tmp_path / "a.tif", noise(), None, GRIDS["UTM 32N"][1])
    with pytest.raises(InvalidRaster, match=r"no CRS, inside or in a \.prj") as error:
        RasterImagery(path)
    assert str(path) in one_line(error)


def test_a_file_without_a_geotransform_is_refused(tmp_path):
    path = tmp_path / "a.tif"
    Image.fromarray(noise().transpose(1, 2, 0)).save(path)
    with pytest.raises(InvalidRaster, match="georeference") as error:
        RasterImagery(path)
    assert str(path) in one_line(error)


def test_a_crs_that_is_not_on_earth_is_refused(tmp_path):
    local = CRS.from_wkt('LOCAL_CS["a drawing",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]')
    path = write(tmp_path / "a.tif", noise(), local, from_origin(5, 5, 2, 2))
    with pytest.raises(InvalidRaster):
        RasterImagery(path)


def test_a_raster_of_nothing_is_refused(tmp_path):
    path = write(tmp_path / "a.tif", np.zeros((3, 32, 32), np.uint8), *GRIDS["UTM 32N"][:2], nodata=0)
    with pytest.raises(InvalidRaster, match="no valid pixels"):
        RasterImagery(path)


def a_vrt(tmp_path):
    tif = write(tmp_path / "a.tif", patch(), *GRIDS["UTM 32N"][:2])
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{band}"><SimpleSource>'
        f'<SourceFilename relativeToVRT="0">{tif}</SourceFilename><SourceBand>{band}</SourceBand>'
        "</SimpleSource></VRTRasterBand>"
        for band in (1, 2, 3)
    )
    path = tmp_path / "a.vrt"
    path.write_text(
        '<VRTDataset rasterXSize="64" rasterYSize="64"><SRS>EPSG:32632</SRS>'
        f"<GeoTransform>740350,10,0,5168160,0,-10</GeoTransform>{bands}</VRTDataset>"
    )
    return path


def test_a_vrt_is_opened_only_when_trusted(tmp_path):
    path = a_vrt(tmp_path)
    with pytest.raises(InvalidRaster, match="trusted"):
        RasterImagery(path)
    source = RasterImagery(path, trusted=True)
    lat, lon = place_of(*GRIDS["UTM 32N"][:2], 20, 40)
    np.testing.assert_allclose(source.read(lat, lon, 3.0, 3).pixels[1, 1], (250, 10, 20), atol=1)


def test_a_vrt_by_another_name_is_still_refused(tmp_path):
    disguised = tmp_path / "b.tif"
    shutil.copy(a_vrt(tmp_path), disguised)
    with pytest.raises(InvalidRaster, match="cannot be read as a GeoTIFF"):
        RasterImagery(disguised)


def test_the_attribution_is_the_files_own_or_its_name(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    path = write(tmp_path / "a.tif", noise(), crs, affine)
    source = RasterImagery(path)
    assert (source.name, source.attribution) == ("raster:a", "a.tif")
    with rasterio.open(path, "r+") as file:
        file.update_tags(TIFFTAG_COPYRIGHT="Public domain,\n USGS")
    source = RasterImagery(path)
    assert source.attribution == "Public domain, USGS"
    chip = source.read(*place_of(crs, affine, 32, 32), 10.0, 8)
    assert (chip.source, chip.attribution) == (source.name, source.attribution)


def shared_rasters():
    return json.loads((SHARED / "index.json").read_text()) if (SHARED / "index.json").is_file() else []


@needs_shared
@pytest.mark.parametrize("entry", shared_rasters(), ids=lambda entry: entry["file"])
def test_a_real_raster_reads_at_its_own_scale_and_place(entry):
    source = RasterImagery(SHARED / entry["file"])
    assert source.gsd == pytest.approx(entry["gsd_m"], rel=2e-3)
    np.testing.assert_allclose(source.bounds, entry["bounds_wgs84"], atol=2e-5)
    with rasterio.open(SHARED / entry["file"]) as file:
        row, col = file.height // 2, file.width // 2
        crs, affine = file.crs, file.transform
        truth = file.read([1, 2, 3])[:, row - 20 : row + 21, col - 20 : col + 21].transpose(1, 2, 0).astype(float)
    chip = source.read(*place_of(crs, affine, row, col), source.gsd, 41)
    likeness = np.corrcoef(chip.pixels.ravel(), truth.ravel())[0, 1]
    for turned in (truth[::-1], truth[:, ::-1], truth.transpose(1, 0, 2)):
        assert likeness > np.corrcoef(chip.pixels.ravel(), turned.ravel())[0, 1] + 0.1
    assert likeness > 0.8


@needs_shared
def test_dark_bytes_are_shown_as_they_are():
    source = RasterImagery(SHARED / "landsat7_olinda_rgb_28m.tif")
    west, south, east, north = source.bounds
    pixels = source.read((south + north) / 2, (west + east) / 2, source.gsd, 200).pixels
    low, high = np.percentile(pixels, [3, 97])
    assert (low, high) == pytest.approx((45, 107), abs=15)


@pytest.mark.parametrize(("metres", "read_at"), [(0.005, 0.01), (33_000, 20_000)])
def test_pixels_finer_or_coarser_than_any_chip_are_read_at_the_nearest_gsd_and_that_is_said(tmp_path, metres, read_at):
    crs, affine = "EPSG:3035", from_origin(4_000_000, 3_000_000, metres, metres)
    source = RasterImagery(write(tmp_path / "a.tif", noise(), crs, affine))
    assert source.gsd == read_at
    assert f"are read at {read_at:g} m" in source.notes[0]
    assert source.read(*place_of(crs, affine, 32, 32), source.gsd, 16).pixels.std() > 0


def test_the_gsd_of_a_projection_that_is_a_little_off_is_the_one_people_say(tmp_path):
    crs, affine = "EPSG:32614", from_origin(500_000, 4_300_000, 0.15, 0.15)
    assert RasterImagery(write(tmp_path / "a.tif", noise(), crs, affine)).gsd == pytest.approx(0.15, rel=1e-3)


def test_overviews_that_are_empty_where_single_values_were_missing_are_passed_over(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    bands = np.float32(noise(512, 512)) / 255
    bands[:, ::4, ::4] = np.nan
    path = write(tmp_path / "a.tif", bands, crs, affine, tiled=True, blockxsize=128, blockysize=128)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([4, 8])
    with rasterio.open(path, "r+", overview_level=0) as overview:
        overview.write(np.full(overview.read().shape, np.nan, np.float32))
    pixels = RasterImagery(path).read(*place_of(crs, affine, 256, 256), 40.0, 100).pixels
    assert pixels.mean() == pytest.approx(128, abs=8)


def test_overviews_in_a_file_beside_it_are_read(tmp_path):
    crs, affine, _ = GRIDS["UTM 32N"]
    path = write(tmp_path / "a.tif", noise(512, 512), crs, affine, tiled=True, blockxsize=128, blockysize=128)
    with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(path, "r+") as file:
        file.build_overviews([4], Resampling.nearest)
    beside = path.with_name("a.tif.ovr")
    with rasterio.open(beside, "r+", driver="GTiff") as overview:
        overview.write(np.full((3, *overview.shape), 77, np.uint8))
    assert (RasterImagery(path).read(*place_of(crs, affine, 256, 256), 80.0, 48).pixels == 77).all()
