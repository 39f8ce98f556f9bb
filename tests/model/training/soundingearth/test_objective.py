"""A hinge on every wrong pair of a batch, in both directions."""

import pytest
import torch

from model.training.soundingearth.objective import MARGIN, batch_triplet_loss


def test_the_loss_is_a_hinge_on_every_wrong_pair_in_both_directions():
    torch.manual_seed(0)
    images, sounds = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    expected = 0.0
    for i in range(5):
        own = (sounds[i] - images[i]).norm()
        for j in range(5):
            if j != i:
                expected += max(0.0, float(own - (sounds[i] - images[j]).norm() + 1))
                expected += max(0.0, float(own - (sounds[j] - images[i]).norm() + 1))
    assert batch_triplet_loss(images, sounds).item() == pytest.approx(expected, rel=1e-9)


def test_the_loss_has_a_gradient_where_a_pair_coincides():
    images = torch.zeros(2, 3, requires_grad=True)
    batch_triplet_loss(images, torch.tensor([[0.0, 0, 0], [1, 0, 0]])).backward()
    assert bool(images.grad.isfinite().all())


def test_right_pairs_that_lie_together_far_from_all_others_cost_nothing():
    places = 10 * torch.eye(4)
    assert batch_triplet_loss(places, places.clone()).item() == 0


def test_a_batch_that_lies_in_one_point_costs_the_margin_for_every_wrong_pair():
    same = torch.zeros(4, 3)
    assert batch_triplet_loss(same, same).item() == pytest.approx(2 * 4 * 3 * MARGIN)


def test_the_order_of_rows_does_not_matter():
    torch.manual_seed(0)
    images, sounds = torch.randn(5, 3), torch.randn(5, 3)
    turned = torch.tensor([3, 1, 4, 0, 2])
    torch.testing.assert_close(batch_triplet_loss(images, sounds), batch_triplet_loss(images[turned], sounds[turned]))


def test_both_sides_are_alike():
    torch.manual_seed(0)
    images, sounds = torch.randn(5, 3), torch.randn(5, 3)
    torch.testing.assert_close(batch_triplet_loss(images, sounds), batch_triplet_loss(sounds, images))


def test_a_sound_further_from_its_image_costs_more():
    images = 10 * torch.eye(3)
    near, far = images.clone(), images.clone()
    near[0, 1], far[0, 1] = 9.5, 12.0
    assert batch_triplet_loss(images, far) > batch_triplet_loss(images, near)
