"""The same place as other sensors, seasons and heights would show it, with the metres it shows."""

import numpy as np
import pytest
import torch
from PIL import Image

from model.training.labelled.augment import (
    _mosaic,
    _process,
    _soften,
    _stretch,
    _turned,
    jitter_colours,
    jitter_gsd,
    plain_view,
    random_view,
)
from model.training.labelled.samples import ImageSample


def sample(side=64, dataset="null-island"):
    pixels = np.random.default_rng(0).integers(0, 255, (side, side + 8, 3), dtype=np.uint8)
    return ImageSample(pixels, 10.0, dataset, "x", ("sea",))


def test_a_view_states_the_metres_it_shows():
    for seed in range(20):
        view, metres = random_view(sample(), sample, np.random.default_rng(seed), 32)
        assert view.shape == (32, 32, 3)
        assert 0.45 * 640 - 10 <= metres <= 640


def test_mosaics_reach_footprints_their_data_set_does_not():
    seen = [random_view(sample(dataset="eurosat"), sample, np.random.default_rng(i), 32)[1] for i in range(60)]
    assert max(seen) > 900
    assert min(seen) < 640
    large = sample(256, "ucm")
    widths = [random_view(large, lambda: large, np.random.default_rng(i), 32)[1] for i in range(60)]
    assert max(widths) > 4 * 2560


def test_the_same_generator_gives_the_same_view():
    views = [random_view(sample(), sample, np.random.default_rng(5), 32)[0] for _ in range(2)]
    np.testing.assert_array_equal(*views)


def test_colours_and_distances_vary_within_bounds():
    images = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    changed = jitter_colours(images, np.random.default_rng(0))
    assert changed.shape == images.shape
    assert 0 <= float(changed.min()) < float(changed.max()) <= 1
    assert not torch.allclose(changed, images)
    gsd = jitter_gsd(np.full(2000, 256.0), 256, (0.2, 30.0), np.random.default_rng(0))
    assert 0.2 <= float(gsd.min()) < 0.3
    assert 20 < float(gsd.max()) <= 30
    rough = ((gsd > 0.6) & (gsd < 1.7)).float().mean()
    assert 0.8 < float(rough) < 0.95


def test_a_plain_view_is_the_whole_square_turned():
    view, metres = plain_view(sample(32), np.random.default_rng(1), 32)
    whole = sample(32).pixels[:, 4:36]
    turns = [np.rot90(flip, n) for n in range(4) for flip in (whole, whole[:, ::-1])]
    assert any(np.array_equal(view, turn) for turn in turns)
    assert metres == 320


def test_an_unknown_distance_is_taken_as_a_metre_a_pixel():
    pixels = np.zeros((20, 20, 3), np.uint8)
    assert plain_view(ImageSample(pixels, float("nan"), "x", "y", ()), np.random.default_rng(0), 16)[1] == 20


@pytest.mark.parametrize("n", [2, 3])
def test_a_mosaic_holds_the_image_among_its_neighbours(n):
    own, other = np.full((64, 64, 3), 200, np.uint8), np.full((64, 64, 3), 10, np.uint8)
    whole = _mosaic(own, lambda: ImageSample(other, 1.0, "x", "y", ()), n, np.random.default_rng(0))
    assert whole.shape == (n * 64, n * 64, 3)
    assert (whole == 200).mean() == pytest.approx(1 / n**2)


def test_an_odd_mosaic_has_the_image_at_its_middle():
    own, other = np.full((64, 64, 3), 200, np.uint8), np.full((64, 64, 3), 10, np.uint8)
    whole = _mosaic(own, lambda: ImageSample(other, 1.0, "x", "y", ()), 3, np.random.default_rng(0))
    assert (whole[64:128, 64:128] == 200).all()


def test_turning_moves_pixels_and_changes_none():
    view = sample(16).pixels[:, :16]
    turned = _turned(view, np.random.default_rng(3))
    assert turned.shape == view.shape
    assert np.array_equal(np.sort(turned.ravel()), np.sort(view.ravel()))


def test_views_are_softened_now_and_then():
    view = sample(64).pixels[:, :64]
    sides = [_soften(view, np.random.default_rng(seed)).shape[0] for seed in range(60)]
    assert 5 < sum(side < 64 for side in sides) < 30
    assert min(sides) >= 16


def test_what_makers_of_imagery_do_keeps_size_and_kind():
    view = Image.fromarray(sample(32).pixels[:, :32])
    for seed in range(20):
        done = _process(view, np.random.default_rng(seed))
        assert done.shape == (32, 32, 3)
        assert done.dtype == np.uint8


def test_colours_differ_by_row_and_are_the_same_for_the_same_generator():
    images = torch.full((2, 3, 16, 16), 0.5)
    images[:, :, ::2] = 0.3
    one, again = (jitter_colours(images, np.random.default_rng(1)) for _ in range(2))
    assert torch.equal(one, again)
    assert not torch.allclose(one[0], one[1])


def test_a_stretch_of_nothing_changes_nothing():
    images = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(_stretch(images, torch.zeros(2, 1, 1, 1)), images)


def test_a_whole_stretch_pulls_an_image_to_its_percentiles():
    images = 0.4 + 0.2 * torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    stretched = _stretch(images, torch.ones(1, 1, 1, 1))
    assert float(stretched.max() - stretched.min()) > 0.9


def test_one_colour_is_not_stretched_beyond_all_bounds():
    assert _stretch(torch.full((1, 3, 16, 16), 0.5), torch.ones(1, 1, 1, 1)).isfinite().all()
