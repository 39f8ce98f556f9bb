"""The labelled loss: labels say which pairs belong together, whatever the likeness."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from model.sat2sound.codebook import Embedding
from model.sat2sound.objective import (
    SCALES,
    contrastive,
    labelled_contrastive,
    losses,
    pseudo_positives,
    similarity,
    symmetric_cross_entropy,
)


def test_one_match_each_is_the_contrastive_loss_without_pseudo_positives():
    similarities = torch.randn(6, 6, generator=torch.Generator().manual_seed(1))
    labelled = labelled_contrastive(similarities, torch.eye(6))
    assert float(labelled) == pytest.approx(float(contrastive(similarities, 0.0)), rel=1e-6)


def test_any_match_will_do_a_lesser_one_for_less_and_a_column_without_takes_no_part():
    similarities = torch.randn(2, 3, generator=torch.Generator().manual_seed(2))
    matches = torch.tensor([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0]])
    rows, columns = F.softmax(similarities, dim=1), F.softmax(similarities, dim=0)
    by_row = -((rows[0, 0] + 0.5 * rows[0, 1]).log() + rows[1, 1].log()) / 2
    by_column = -(columns[0, 0].log() + (0.5 * columns[0, 1] + columns[1, 1]).log()) / 2
    assert float(labelled_contrastive(similarities, matches)) == pytest.approx(float(by_row + by_column) / 2, rel=1e-5)


def test_a_row_without_a_match_is_taught_to_be_undecided():
    similarities = torch.tensor([[3.0, -1.0, 0.5], [4.0, 0.0, 0.0]], requires_grad=True)
    matches = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    optimizer = torch.optim.SGD([similarities], lr=1.0)
    for _ in range(500):
        optimizer.zero_grad()
        labelled_contrastive(similarities, matches).backward()
        optimizer.step()
    undecided, decided = similarities.detach().softmax(dim=1)
    assert float(undecided[1:].max() - undecided[1:].min()) < 0.01
    assert float(decided[0]) > 0.95


def vectors(count: int = 4, dim: int = 8, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed))


SCALED = {name: torch.tensor(math.log(1 / 0.07)) for name in SCALES}


def test_similarity_is_the_scaled_cosine_whatever_the_lengths():
    x, y = vectors(3), vectors(5, seed=1)
    found = similarity(x, y, torch.tensor(math.log(10.0)))
    torch.testing.assert_close(found, 10 * F.cosine_similarity(x[:, None], y[None], dim=2), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(similarity(7 * x, y, torch.tensor(math.log(10.0))), found, atol=1e-4, rtol=1e-4)


def test_whatever_is_at_least_as_alike_as_ones_own_partner_is_a_pseudo_positive():
    similarities = torch.tensor([[1.0, 2.0, 0.0], [0.0, 3.0, 3.0], [0.0, 0.0, 0.0]])
    assert pseudo_positives(similarities).tolist() == [[1, 1, 0], [0, 1, 1], [1, 1, 1]]


@given(st.integers(1, 6), st.integers(0, 20))
@settings(max_examples=25, deadline=None)
def test_ones_own_partner_always_counts(count, seed):
    targets = pseudo_positives(torch.randn(count, count, generator=torch.Generator().manual_seed(seed)))
    assert (targets.diagonal() == 1).all()
    assert set(targets.unique().tolist()) <= {0.0, 1.0}


def test_cross_entropy_is_the_mean_of_both_directions():
    similarities = vectors(4, 4)
    target = torch.arange(4)
    expected = (F.cross_entropy(similarities, target) + F.cross_entropy(similarities.T, target)) / 2
    torch.testing.assert_close(symmetric_cross_entropy(similarities, torch.eye(4)), expected)


def test_targets_are_not_normalised():
    similarities = vectors(4, 4)
    once, twice = (symmetric_cross_entropy(similarities, weight * torch.eye(4)) for weight in (1, 2))
    torch.testing.assert_close(twice, 2 * once)


def test_pseudo_positives_weigh_alpha():
    similarities = vectors(4, 4)
    plain, more = contrastive(similarities, 0.0), contrastive(similarities, 0.5)
    expected = plain + 0.5 * symmetric_cross_entropy(similarities, pseudo_positives(similarities))
    torch.testing.assert_close(more, expected)


def test_which_pairs_are_positive_is_not_learnt():
    similarities = vectors(4, 4).requires_grad_()
    contrastive(similarities, 0.5).backward()
    assert similarities.grad.isfinite().all()


def test_the_terms_are_those_of_the_paper():
    image, audio, heard, seen = (vectors(seed=seed) for seed in range(4))
    terms = losses(image, audio, heard, seen, SCALED)
    assert terms.keys() == {"ia", "it", "at", "combined", "fdt", "multimodal", "total"}
    scale = SCALED["ia"]
    torch.testing.assert_close(terms["ia"], contrastive(similarity(image, audio, scale), 0.1))
    torch.testing.assert_close(terms["it"], contrastive(similarity(image, heard, scale), 0.1))
    torch.testing.assert_close(terms["at"], contrastive(similarity(audio, heard, scale), 0.1))
    torch.testing.assert_close(terms["combined"], contrastive(similarity(image, audio + heard, scale), 0.1))
    torch.testing.assert_close(terms["fdt"], contrastive(similarity(image, seen, scale), 0.1))
    torch.testing.assert_close(terms["multimodal"], (terms["ia"] + terms["it"] + terms["at"]) / 3 + terms["combined"])
    torch.testing.assert_close(terms["total"], terms["multimodal"] + terms["fdt"])


def test_without_captions_of_images_and_without_the_combined_term_both_are_nothing():
    image, audio, heard = (vectors(seed=seed) for seed in range(3))
    terms = losses(image, audio, heard, None, SCALED, combined=False)
    assert terms["fdt"] == terms["combined"] == 0
    torch.testing.assert_close(terms["total"], (terms["ia"] + terms["it"] + terms["at"]) / 3)


def test_embeddings_count_by_their_vectors():
    image, audio, heard = (vectors(seed=seed) for seed in range(3))
    embedded = [Embedding(x, torch.ones(4, 1)) for x in (image, audio, heard)]
    torch.testing.assert_close(
        losses(*embedded, None, SCALED)["total"], losses(image, audio, heard, None, SCALED)["total"]
    )


def test_images_that_lie_at_their_sounds_cost_less():
    image = vectors()
    right, wrong = (losses(image, x, x, None, SCALED)["total"] for x in (image, image.flip(0)))
    assert right < wrong
