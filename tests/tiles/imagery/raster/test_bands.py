"""Which bands make the picture: as asked for, by interpretation, names or wavelengths; else the first, and said so."""

import numpy as np
import pytest
from rasterio.enums import ColorInterp

from tests.tiles.imagery.raster.writing import halves, sides, write
from tiles.errors import InvalidRaster
from tiles.imagery.raster import RasterImagery

RED, GREEN, BLUE = halves().astype(np.uint16) * 257
NIR = np.full_like(RED, 50_000)
SEA, SAND = (40, 140, 60), (220, 190, 120)


def read(tmp_path, bands, asked=(), **profile):
    return RasterImagery(write(tmp_path / "a.tif", np.stack(bands), **profile), bands=asked)


def is_picture(source):
    west, east = sides(source)
    return np.allclose(west, SEA, atol=2) and np.allclose(east, SAND, atol=2)


NAMED = {
    "Sentinel-2": [("B02", BLUE), ("B03", GREEN), ("B04", RED), ("B08", NIR)],
    "Sentinel-2 with its aerosols": [("B1", NIR), ("B2", BLUE), ("B3", GREEN), ("B4", RED)],
    "Sentinel-2 with wavelengths": [("B04 (665 nm)", RED), ("B03 (560 nm)", GREEN), ("B02 (490 nm)", BLUE)],
    "Landsat 8": [("SR_B2", BLUE), ("SR_B3", GREEN), ("SR_B4", RED), ("SR_B5", NIR)],
    "words": [("Blue", BLUE), ("Green", GREEN), ("Red", RED), ("NIR", NIR)],
    "words, infrared first": [("nir", NIR), ("red", RED), ("green", GREEN), ("blue", BLUE)],
    "Planet's eight": [
        *(("coastal_blue", NIR), ("blue", BLUE), ("green_i", GREEN), ("green", GREEN), ("yellow", NIR), ("red", RED)),
        *(("rededge", NIR), ("nir", NIR)),
    ],
    "a drone's five": [("Blue", BLUE), ("Green", GREEN), ("Red", RED), ("Red edge", NIR), ("NIR", NIR)],
    "letters": [("B", BLUE), ("G", GREEN), ("R", RED)],
    "band words": [("Band 3 - Blue", BLUE), ("Band 2 - Green", GREEN), ("Band 1 - Red", RED)],
}


@pytest.mark.parametrize("kind", NAMED)
def test_names_tell_colours_in_any_order(tmp_path, kind):
    names, bands = zip(*NAMED[kind], strict=True)
    source = read(tmp_path, bands, names=names)
    assert is_picture(source)
    assert "by their names" in source.notes[0]


@pytest.mark.parametrize("tag", ["wavelength", "CENTRAL_WAVELENGTH_UM"])
def test_wavelengths_tell_colours_in_nanometres_or_micrometres(tmp_path, tag):
    lengths = (0.842, 0.49, 0.56, 0.665) if tag.endswith("UM") else (842, 490, 560, 665)
    source = read(tmp_path, (NIR, BLUE, GREEN, RED), band_tags=[{tag: str(length)} for length in lengths])
    assert is_picture(source)


def test_colour_interpretation_is_taken_without_a_word(tmp_path):
    order = (ColorInterp.blue, ColorInterp.green, ColorInterp.red, ColorInterp.undefined)
    source = read(tmp_path, (BLUE, GREEN, RED, NIR), colours=order)
    assert is_picture(source)
    assert source.notes == ()


def test_names_are_believed_over_what_three_bytes_are_always_written_as(tmp_path):
    red, green, blue = halves()
    source = read(tmp_path, (blue, green, red), names=("B02", "B03", "B04"), photometric="RGB")
    assert is_picture(source)


@pytest.mark.parametrize("asked", [("3", "2", "1"), ("rot", "GRUEN", "blau"), (" 3", "gruen", "1 ")])
def test_bands_are_taken_as_asked_for_by_number_or_name(tmp_path, asked):
    assert is_picture(read(tmp_path, (BLUE, GREEN, RED, NIR), asked, names=("blau", "gruen", "rot", "nah")))


def test_one_band_asked_for_is_grey(tmp_path):
    source = read(tmp_path, (BLUE, GREEN, RED), ("2",))
    assert (np.ptp(np.stack(sides(source)), axis=1) == 0).all()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("0", "1", "2"), r"'0' is none of its 3 bands"),
        (("4", "1", "2"), r"'4' is none of its 3 bands \(one, two, three\)"),
        (("red", "1", "2"), "'red' is none of its 3 bands"),
        (("1", "2"), "one for grey or three"),
        (("",), "'' is none of its 3 bands"),
    ],
)
def test_bands_it_has_not_are_refused_by_name(tmp_path, asked, words):
    with pytest.raises(InvalidRaster, match=words):
        read(tmp_path, (BLUE, GREEN, RED), asked, names=("one", "two", "three"))


def test_bands_without_any_word_are_taken_in_order_and_that_is_said(tmp_path):
    source = read(tmp_path, (RED, GREEN, BLUE, NIR, NIR))
    assert is_picture(source)
    assert source.notes == (
        "Bands 1, 2, 3 were taken for red, green and blue, as nothing tells their colours (say them with "
        "bands=RED,GREEN,BLUE).",
    )


def test_of_two_bands_the_first_is_shown_in_grey_and_that_is_said(tmp_path):
    assert read(tmp_path, (RED, GREEN), names=("VV", "VH")).notes == (
        "Band 1 of 2 is shown in grey; the other is left out.",
    )


PALETTE = {1: (40, 140, 60, 255), 2: (220, 190, 120, 255), 300: (220, 190, 120, 255)}


def vrt(path, values, palette):
    """A VRT with a palette over a TIFF of classes."""
    classes = np.full((1, 64, 64), values[1], np.uint16)
    classes[..., :32] = values[0]
    write(path.with_suffix(".tif"), classes)
    entries = "".join(
        '<Entry c1="{}" c2="{}" c3="{}" c4="{}"/>'.format(*palette.get(value, (0, 0, 0, 255)))
        for value in range(max(palette) + 1)
    )
    path.write_text(
        '<VRTDataset rasterXSize="64" rasterYSize="64"><SRS>EPSG:32632</SRS>'
        "<GeoTransform>740350, 10, 0, 5168160, 0, -10</GeoTransform>"
        '<VRTRasterBand dataType="UInt16" band="1"><ColorInterp>Palette</ColorInterp>'
        f"<ColorTable>{entries}</ColorTable><SimpleSource>"
        f'<SourceFilename relativeToVRT="1">{path.stem}.tif</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    return path


@pytest.mark.parametrize("values", [(1, 2), (1, 300)])
def test_a_palette_over_sixteen_bits_gives_its_colours(tmp_path, values):
    assert is_picture(RasterImagery(vrt(tmp_path / "a.vrt", values, PALETTE), trusted=True))


def test_a_clear_entry_of_a_palette_is_no_data(tmp_path):
    palette = {1: (40, 140, 60, 255), 2: (220, 190, 120, 0)}
    source = RasterImagery(vrt(tmp_path / "a.vrt", (1, 2), palette), trusted=True)
    west, east = sides(source)
    np.testing.assert_allclose(west, SEA, atol=1)
    np.testing.assert_allclose(east, SEA, atol=1)  # what is not there takes the colour of the rest


def test_a_class_without_an_entry_is_no_data(tmp_path):
    source = RasterImagery(vrt(tmp_path / "a.vrt", (1, 900), {1: (40, 140, 60, 255)}), trusted=True)
    np.testing.assert_allclose(sides(source)[1], SEA, atol=1)
