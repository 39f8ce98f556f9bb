"""Sparsemax is the projection onto the simplex; tokens become weights that sum to one and the vector they make."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.sat2sound import ModelConfig
from model.sat2sound import codebook as module
from model.sat2sound.codebook import Codebook, Embedding, QueryMap, normalise, sparsemax

LOGITS = arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 12)), elements=st.floats(-50, 50, width=32))


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    torch.manual_seed(0)
    return Codebook(ModelConfig.tiny()).eval().requires_grad_(False)


def tokens(rows: int = 2, length: int = 5, seed: int = 1) -> torch.Tensor:
    return torch.randn(rows, length, 32, generator=torch.Generator().manual_seed(seed))


@given(LOGITS)
@settings(max_examples=60, deadline=None)
def test_sparsemax_gives_weights_that_are_never_negative_and_sum_to_one(z):
    weights = sparsemax(torch.from_numpy(z))
    assert (weights >= 0).all()
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(len(z), dtype=torch.float64))


@given(LOGITS, st.floats(-100, 100))
@settings(max_examples=40, deadline=None)
def test_sparsemax_does_not_change_when_all_logits_are_raised_alike(z, shift):
    torch.testing.assert_close(
        sparsemax(torch.from_numpy(z)), sparsemax(torch.from_numpy(z + shift)), atol=1e-9, rtol=0
    )


@given(LOGITS)
@settings(max_examples=40, deadline=None)
def test_a_larger_logit_never_weighs_less(z):
    weights = sparsemax(torch.from_numpy(z)).numpy()
    for row, own in zip(z, weights, strict=True):
        assert (np.diff(own[np.argsort(row, kind="stable")]) >= -1e-12).all()


def test_sparsemax_is_the_nearest_point_of_the_simplex():
    z = torch.tensor([[0.3, 0.1, -0.4, 0.9]], dtype=torch.float64)
    found = sparsemax(z)
    points = torch.distributions.Dirichlet(torch.full((4,), 0.3, dtype=torch.float64)).sample((4000,))
    assert ((points - z).norm(dim=1) >= (found - z).norm() - 1e-12).all()


def test_one_far_above_the_others_takes_all():
    assert sparsemax(torch.tensor([[0.0, 5.0, 1.0]])).tolist() == [[0.0, 1.0, 0.0]]


def test_equal_logits_share_equally():
    torch.testing.assert_close(sparsemax(torch.zeros(1, 8)), torch.full((1, 8), 1 / 8))


def test_a_support_wider_than_was_put_in_order_is_found_all_the_same(monkeypatch):
    z = torch.linspace(0, 0.001, 100, dtype=torch.float64)[None]
    whole = sparsemax(z)
    monkeypatch.setattr(module, "LIKELY_SUPPORT", 2)
    torch.testing.assert_close(sparsemax(z), whole)
    assert (whole > 0).all()


def test_rows_are_weighed_each_for_itself():
    z = torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.5, 0.0]])
    torch.testing.assert_close(sparsemax(z)[1:], sparsemax(z[1:]))


def test_normalise_scales_to_length_one_and_leaves_zero_alone():
    x = torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    torch.testing.assert_close(normalise(x), torch.tensor([[0.6, 0.8], [0.0, 0.0]]))


def test_an_embeddings_normalised_vectors_are_as_similarities_use_them():
    embedding = Embedding(torch.tensor([[0.0, 2.0]]), torch.ones(1, 1))
    torch.testing.assert_close(embedding.normalised(), torch.tensor([[0.0, 1.0]]))


def test_queries_keep_their_tokens_apart():
    torch.manual_seed(0)
    ask = QueryMap(6, 4)
    x = torch.randn(2, 3, 6)
    torch.testing.assert_close(ask(x)[:, 1:2], ask(x[:, 1:2]))


def test_a_vector_is_its_weights_times_the_concepts(codebook):
    found = codebook(tokens(), "image")
    torch.testing.assert_close(found.vector, found.weights @ codebook.concepts)
    torch.testing.assert_close(found.weights.sum(dim=1), torch.ones(2))


def test_a_concept_counts_by_the_token_that_asks_for_it_most(codebook):
    x = tokens(1)
    logits = codebook.affinity(x, "image").amax(dim=1) / math.sqrt(32) / codebook.temperature
    torch.testing.assert_close(codebook(x, "image").weights, sparsemax(logits))


def test_the_order_of_tokens_does_not_matter(codebook):
    x = tokens(1)
    torch.testing.assert_close(codebook(x.flip(1), "image").vector, codebook(x, "image").vector)


def test_a_masked_token_counts_as_zero_affinity(codebook):
    x, mask = tokens(1), torch.tensor([[True, True, True, False, False]])
    short = torch.cat([codebook.affinity(x[:, :3], "image"), torch.zeros(1, 1, 48)], dim=1)
    expected = sparsemax(short.amax(dim=1) / math.sqrt(32) / codebook.temperature)
    torch.testing.assert_close(codebook(x, "image", mask).weights, expected)


def test_a_mask_of_ones_changes_nothing(codebook):
    x = tokens(1)
    torch.testing.assert_close(codebook(x, "image", torch.ones(1, 5).bool()).vector, codebook(x, "image").vector)


def test_affinity_is_the_product_of_query_and_concept(codebook):
    x = tokens()
    torch.testing.assert_close(codebook.affinity(x, "image"), codebook.ask(x, "image") @ codebook.concepts.T)


def test_products_stay_float32_in_mixed_precision(codebook):
    with torch.autocast("cpu", torch.bfloat16):
        assert codebook.products(torch.randn(1, 2, 32).bfloat16()).dtype == torch.float32
