"""Positions are metres on the ground; patches keep their places; with a reach they see no further than that."""

import dataclasses

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.sat2sound import ModelConfig
from model.sat2sound.image_encoder import ImageEncoder, gelu, out_of_reach, position_embedding

CONFIG = ModelConfig.tiny()


@pytest.fixture(scope="module")
def encoder() -> ImageEncoder:
    torch.manual_seed(0)
    return ImageEncoder(CONFIG).eval().requires_grad_(False)


def images(count: int = 2, seed: int = 3) -> torch.Tensor:
    return torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


GSD = torch.tensor([0.6, 3.0])


def test_there_is_a_token_a_patch_in_the_shared_width(encoder):
    assert encoder(images(), GSD).shape == (2, 16, CONFIG.dim)
    assert encoder.backbone(images(), GSD).shape == (2, 16, CONFIG.image_width)


def test_one_position_means_one_distance_whatever_the_scale():
    near, far = position_embedding(torch.tensor([2.0]), 4, 16), position_embedding(torch.tensor([1.0]), 8, 16)
    for row in range(4):
        for column in range(4):
            torch.testing.assert_close(near[0, 4 * row + column], far[0, 8 * 2 * row + 2 * column])


def test_the_first_half_tells_the_column_and_the_second_the_row():
    grid = position_embedding(torch.tensor([1.0]), 3, 8)[0].view(3, 3, 8)
    for other in (1, 2):
        torch.testing.assert_close(grid[0, :, :4], grid[other, :, :4])
        torch.testing.assert_close(grid[:, 0, 4:], grid[:, other, 4:])
    assert not torch.allclose(grid[0, 0, :4], grid[0, 1, :4])


def test_the_origin_is_sines_of_zero_and_cosines_of_one():
    origin = position_embedding(torch.tensor([7.5]), 2, 8)[0, 0]
    assert origin.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]


@given(st.integers(1, 5), st.integers(0, 5))
@settings(max_examples=20, deadline=None)
def test_reach_is_symmetric_counts_rows_and_columns_and_never_hides_a_patch_from_itself(grid, reach):
    hidden = out_of_reach(grid, reach)
    assert torch.equal(hidden, hidden.T)
    assert not hidden.diagonal().any()
    for one in range(grid * grid):
        for other in range(grid * grid):
            apart = max(abs(one // grid - other // grid), abs(one % grid - other % grid))
            assert bool(hidden[one, other]) == (apart > reach)


def test_a_reach_over_the_whole_image_is_no_reach(encoder):
    torch.testing.assert_close(encoder(images(), GSD, reach=4), encoder(images(), GSD), atol=1e-5, rtol=1e-5)


def test_with_a_reach_of_zero_a_patch_tells_of_its_own_place_alone(encoder):
    changed = images()
    changed[:, :, :8, :8] += 1.0
    before, after = (encoder(x, GSD, reach=0) for x in (images(), changed))
    assert not torch.allclose(before[:, 0], after[:, 0])
    torch.testing.assert_close(before[:, 1:], after[:, 1:], atol=1e-6, rtol=0)


def test_without_one_every_patch_sees_a_change_anywhere(encoder):
    changed = images()
    changed[:, :, :8, :8] += 1.0
    moved = (encoder(images(), GSD) - encoder(changed, GSD)).abs().amax(dim=2)
    assert (moved > 0).all()


def test_kept_patches_are_computed_among_themselves_in_the_order_they_are_named(encoder):
    keep = torch.tensor([[5, 0, 9], [1, 2, 3]])
    kept = encoder(images(), GSD, keep)
    assert kept.shape == (2, 3, CONFIG.dim)
    turned = encoder(images(), GSD, keep.flip(1))
    torch.testing.assert_close(turned, kept.flip(1), atol=1e-5, rtol=1e-5)


def test_all_patches_kept_are_all_patches(encoder):
    keep = torch.arange(16).expand(2, -1)
    torch.testing.assert_close(encoder(images(), GSD, keep), encoder(images(), GSD), atol=1e-6, rtol=0)


def test_the_ground_distance_changes_what_is_seen(encoder):
    same = images(1).repeat(2, 1, 1, 1)
    tokens = encoder(same, GSD)
    assert not torch.allclose(tokens[0], tokens[1])


def test_a_stem_of_convolutions_ends_at_the_same_grid():
    stemmed = dataclasses.replace(CONFIG, image_stem=(4, 8, 16))
    torch.manual_seed(0)
    assert ImageEncoder(stemmed).eval()(images(), GSD).shape == (2, 16, CONFIG.dim)


def test_gelu_is_exact():
    x = torch.linspace(-4, 4, 50)
    torch.testing.assert_close(gelu(x), 0.5 * x * (1 + torch.erf(x / 2**0.5)))
