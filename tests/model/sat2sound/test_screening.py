"""Concepts found in bfloat16 and weighed in float32 are those that float32 alone would have found."""

import math

import pytest
import torch

from model.sat2sound import screening
from model.sat2sound.codebook import sparsemax
from model.sat2sound.precision import is_possible
from model.sat2sound.screening import Screen

kernels = pytest.mark.skipif(not is_possible(), reason="this CPU has no bfloat16 kernels")

DIM, UNIT = 32, math.sqrt(32)


def drawn(concepts: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Concepts (M, dim) and the queries (T, dim) of one image."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(concepts, DIM, generator=generator), torch.randn(9, DIM, generator=generator)


def exact(concepts: torch.Tensor, queries: torch.Tensor, unit: float) -> tuple[torch.Tensor, torch.Tensor]:
    weights = sparsemax(((queries @ concepts.T).amax(dim=0) / unit)[None])[0]
    return weights @ concepts, weights


@kernels
@pytest.mark.parametrize("concepts", [1, 5, 600, 3000])
@pytest.mark.parametrize("unit", [0.3, UNIT])
def test_weights_and_vector_are_those_of_every_concept_in_float32(concepts, unit):
    book, queries = drawn(concepts)
    vector, weights = Screen(book).weigh(queries, unit, sparsemax)
    expected_vector, expected = exact(book, queries, unit)
    torch.testing.assert_close(weights, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(vector, expected_vector, atol=1e-4, rtol=0)


@kernels
def test_few_candidates_are_widened_until_none_that_matters_is_left_out(monkeypatch):
    monkeypatch.setattr(screening, "CANDIDATES", 2)
    book, queries = drawn(400)
    looked_at: list[int] = []

    def weigh(logits: torch.Tensor) -> torch.Tensor:
        looked_at.append(logits.shape[1])
        return sparsemax(logits)

    _, weights = Screen(book).weigh(queries, 100 * UNIT, weigh)
    torch.testing.assert_close(weights, exact(book, queries, 100 * UNIT)[1], atol=1e-5, rtol=0)
    assert looked_at == sorted(looked_at)
    assert len(looked_at) > 1


@kernels
def test_one_look_is_enough_where_one_concept_stands_out():
    book, queries = drawn(2000)
    book[7] = 20 * queries[0]
    looked_at: list[int] = []

    def weigh(logits: torch.Tensor) -> torch.Tensor:
        looked_at.append(logits.shape[1])
        return sparsemax(logits)

    _, weights = Screen(book).weigh(queries, UNIT, weigh)
    assert weights.nonzero().flatten().tolist() == [7]
    assert looked_at == [screening.CANDIDATES]


@kernels
def test_slices_are_one_codebook(monkeypatch):
    book, queries = drawn(100)
    whole = Screen(book).weigh(queries, UNIT, sparsemax)
    monkeypatch.setattr(screening, "SLICE", 32)
    parts = Screen(book).weigh(queries, UNIT, sparsemax)
    torch.testing.assert_close(parts[1], whole[1], atol=1e-6, rtol=0)


def test_a_result_is_settled_only_when_the_best_left_out_lies_well_below_the_threshold():
    logits, weights = torch.tensor([2.0, 1.0]), torch.tensor([1.0, 0.0])  # the threshold is 1
    near, far = torch.tensor([2.01, 1.0, 0.99]), torch.tensor([2.01, 1.0, 0.5])
    assert not Screen._is_settled(near, logits, weights)
    assert Screen._is_settled(far, logits, weights)
