"""What a file declares of its values wins over a guess: factors, products it names, statistics."""

import numpy as np
import pytest

from tests.tiles.imagery.raster.writing import halves, sides, write
from tiles.imagery.raster import RasterImagery

SEA = np.clip(np.random.default_rng(3).normal((41, 78, 95), 4, (64, 64, 3)), 0, 255).transpose(2, 0, 1)
"""One kind of land, which a guess could make anything of."""
REFLECTANCE = SEA / 255 * 0.35


def colour(path):
    west, east = sides(RasterImagery(path))
    return (west + east) / 2


def close(path):
    np.testing.assert_allclose(colour(path), SEA.mean(axis=(1, 2)), atol=2)


def test_scale_and_offset_that_make_reflectance_are_taken(tmp_path):
    counts = ((REFLECTANCE + 0.2) / 2.75e-5).astype(np.uint16)
    close(write(tmp_path / "a.tif", counts, scales=(2.75e-5,) * 3, offsets=(-0.2,) * 3))


def test_each_band_has_its_own_factors(tmp_path):
    scales = (1e-4, 2e-4, 5e-5)
    counts = np.stack([band / scale for band, scale in zip(REFLECTANCE, scales, strict=True)]).astype(np.uint16)
    close(write(tmp_path / "a.tif", counts, scales=scales, offsets=(0.0,) * 3))


def test_factors_that_make_another_unit_leave_the_guess_as_it_is(tmp_path):
    counts = (REFLECTANCE * 10_000).astype(np.uint16)
    plain = colour(write(tmp_path / "a.tif", counts))
    kelvin = colour(write(tmp_path / "b.tif", counts, scales=(0.1,) * 3, offsets=(150.0,) * 3))
    np.testing.assert_allclose(kelvin, plain, atol=1)


@pytest.mark.parametrize(
    ("name", "tags", "added"),
    [
        ("S2B_MSIL2A_20230704T100559_N0509_R022_T32TQS_20230704T131500.tif", {}, 1000),
        ("S2B_MSIL2A_20200704T100559_N0214_R022_T32TQS_20200704T131500.tif", {}, 0),
        ("a.tif", {"PROCESSING_BASELINE": "05.09"}, 1000),
        ("a.tif", {"PROCESSING_BASELINE": "02.14"}, 0),
        ("a.tif", {"BOA_ADD_OFFSET_B4": "-1000"}, 1000),
        ("a.tif", {"PRODUCT_URI": "S2A_MSIL1C_20240101T100401_N0510_R122_T33UUP_20240101T120000.SAFE"}, 1000),
    ],
)
def test_sentinel2s_counts_are_moved_since_baseline_0400(tmp_path, name, tags, added):
    counts = np.rint(REFLECTANCE * 10_000 + added).astype(np.uint16)
    close(write(tmp_path / name, counts, tags=tags))


def test_landsats_second_collection_is_known_by_its_name(tmp_path):
    counts = ((REFLECTANCE + 0.2) / 2.75e-5).astype(np.uint16)
    close(write(tmp_path / "LC09_L2SP_191028_20230704_20230706_02_T1_SR.tif", counts))


def test_statistics_of_the_whole_scene_tell_how_bright_a_part_of_it_is(tmp_path):
    counts = np.rint(SEA * 12 + 300 + np.random.default_rng(1).uniform(0, 12, SEA.shape)).astype(np.uint16)
    told = {"STATISTICS_MINIMUM": "300", "STATISTICS_MAXIMUM": "3360"}
    close(write(tmp_path / "a.tif", counts, band_tags=[told] * 3))


def test_a_wild_maximum_is_held_back_by_the_deviation(tmp_path):
    counts = np.rint(SEA * 12 + 300 + np.random.default_rng(1).uniform(0, 12, SEA.shape)).astype(np.uint16)
    wild = {"STATISTICS_MAXIMUM": "65535", "STATISTICS_MEAN": "1500", "STATISTICS_STDDEV": "465"}
    close(write(tmp_path / "a.tif", counts, band_tags=[{"STATISTICS_MINIMUM": "300", **wild}] * 3))


@pytest.mark.parametrize(
    "told", [{"STATISTICS_MINIMUM": "nan", "STATISTICS_MAXIMUM": "9"}, {"STATISTICS_MAXIMUM": "x"}]
)
def test_statistics_that_are_no_numbers_are_none(tmp_path, told):
    counts = (REFLECTANCE * 10_000).astype(np.uint16)
    close(write(tmp_path / "a.tif", counts, band_tags=[told] * 3))


def test_statistics_of_bytes_change_nothing(tmp_path):
    told = {"STATISTICS_MINIMUM": "40", "STATISTICS_MAXIMUM": "140"}
    west, _ = sides(RasterImagery(write(tmp_path / "a.tif", halves(), band_tags=[told] * 3)))
    np.testing.assert_allclose(west, (40, 140, 60), atol=1)
