import numpy as np
import pytest

from tiles.footprint import LATTICE
from tiles.imagery.resample import sample, shrink, spread, step, to_bytes


def lattice(size, offset=0.0):
    """Rows and columns of a lattice over `size` x `size` source pixels."""
    side = np.linspace(0, size, LATTICE) + offset
    return np.repeat(side[:, None], LATTICE, 1), np.repeat(side[None, :], LATTICE, 0)


def noise(size, channels=3):
    return np.random.default_rng(0).integers(0, 256, (size, size, channels)).astype(np.uint8)


def test_spreading_lands_on_cell_centres():
    rows, cols = lattice(100)
    np.testing.assert_allclose(spread(cols, 100)[3], np.arange(100) + 0.5)
    np.testing.assert_allclose(spread(rows, 50)[:, 7], 2 * np.arange(50) + 1)


def test_sampling_at_its_own_scale_gives_the_image_back():
    image = noise(64)
    np.testing.assert_allclose(sample(image, *lattice(64), 64), image, atol=1e-3)


@pytest.mark.parametrize("factor", [2.0, 4.0])
def test_shrinking_averages_what_each_pixel_covers(factor):
    image = noise(128)
    small = shrink(image, factor)
    n, k = int(128 / factor), int(factor)
    assert small.shape == (n, n, 3)
    mean = image.reshape(n, k, n, k, 3).mean(axis=(1, 3))
    assert np.abs(small - mean).mean() < 12
    assert small.mean() == pytest.approx(image.mean(), abs=1)


def test_shrinking_never_enlarges():
    image = noise(16)
    assert shrink(image, 0.5) is image


@pytest.mark.parametrize("factor", [1.5, 1.72, 2.0, 3.3])
def test_a_checkerboard_shrunk_turns_grey_and_does_not_alias(factor):
    board = np.indices((120, 120)).sum(axis=0) % 2 * 255
    small = shrink(np.repeat(board[..., None], 3, axis=2).astype(np.uint8), factor)
    assert np.abs(small[3:-3, 3:-3] - 127.5).max() < 40


def test_enlarging_runs_smoothly_between_pixels():
    ramp = np.repeat(np.repeat(np.arange(16.0)[None, :, None], 16, 0), 3, 2).astype(np.float32)
    large = sample(ramp, *lattice(16), 64)
    np.testing.assert_allclose(np.diff(large[32, 4:-4, 0]), 0.25, atol=1e-5)


def test_beyond_the_image_is_zero():
    image = np.full((32, 32, 1), 255, np.uint8)
    values = sample(image, *lattice(32, offset=16.0), 32)[..., 0]
    assert (values[:15, :15] == 255).all()
    assert (values[17:] == 0).all()
    assert (values[:, 17:] == 0).all()


def test_places_without_a_position_are_zero():
    rows, cols = lattice(32)
    rows[:, 20:] = np.nan
    cols[:, 20:] = np.nan
    values = sample(np.full((32, 32, 1), 9, np.uint8), rows, cols, 32)[..., 0]
    assert (values[1:-1, 1:18] == 9).all()
    assert (values[:, 22:] == 0).all()


def test_the_step_counts_source_pixels_per_chip_pixel():
    assert step(*lattice(100), 50) == pytest.approx(2)
    rows, cols = lattice(100)
    assert step(cols, -rows, 400) == pytest.approx(0.25)  # turned a quarter
    assert np.isnan(step(rows * np.nan, cols, 50))


def test_bytes_are_rounded_and_clipped():
    np.testing.assert_array_equal(to_bytes(np.array([-5, 0.6, 254.4, 300], np.float32)), [0, 1, 254, 255])
