import numpy as np
import pytest
import torch
from scipy.stats import rankdata

from model.errors import InvalidInput
from model.training.evaluation import retrieval
from model.training.evaluation.retrieval import ranks, retrieval_scores, vector_ranks


def reference(similarities: np.ndarray) -> list[float]:
    """Descending ranks with average ties, one row at a time."""
    return [float(rankdata(-row, method="average")[n]) for n, row in enumerate(similarities)]


@pytest.mark.parametrize("levels", [None, 2, 3, 7])
@pytest.mark.parametrize("n", [1, 2, 17, 64])
def test_ranks_are_those_of_scipy_ties_at_their_average(n, levels):
    rng = np.random.default_rng(n)
    similarities = rng.normal(size=(n, n)) if levels is None else rng.integers(0, levels, (n, n)).astype(float)
    assert ranks(torch.from_numpy(similarities)).tolist() == reference(similarities)


def test_ranks_are_those_of_pandas_which_the_published_figures_were_made_with():
    pandas = pytest.importorskip("pandas")
    similarities = np.random.default_rng(0).integers(0, 4, (20, 20)).astype(float)
    table = pandas.DataFrame(similarities).rank(axis=1, ascending=False)
    assert ranks(torch.from_numpy(similarities)).tolist() == np.diag(table).tolist()


def test_ranks_worked_by_hand():
    similarities = torch.tensor(
        [
            [0.9, 0.1, 0.2, 0.3],  # first
            [0.5, 0.5, 0.5, 0.1],  # three share the places 1 to 3
            [0.8, 0.7, 0.6, 0.6],  # behind two, shares the places 3 and 4
            [0.4, 0.3, 0.2, 0.1],  # last
        ]
    )
    assert ranks(similarities).tolist() == [1.0, 2.0, 3.5, 4.0]
    scores = retrieval_scores(ranks(similarities))
    assert scores.median_rank == 2.75
    assert scores.recall_100 == 1.0
    assert scores.recall_10_percent == 0.0  # no rank is below 0.4
    assert scores.queries == 4


def test_the_tenth_is_strict_and_the_hundred_is_not():
    rank = torch.arange(1, 1001).double()
    scores = retrieval_scores(rank)
    assert scores.recall_10_percent == 0.099  # rank 100 of 1000 is not below 100
    assert scores.recall_100 == 0.1


def test_a_gallery_of_9931_counts_ranks_to_993():
    rank = torch.tensor([993.0, 993.5, 1.0] + [5000.0] * 9928)
    assert retrieval_scores(rank).recall_10_percent == pytest.approx(2 / 9931)


@pytest.mark.parametrize("block", [1, 7, 64, 512])
def test_ranks_of_vectors_do_not_depend_on_the_blocks_they_are_taken_in(monkeypatch, block):
    rng = np.random.default_rng(3)
    queries, gallery = (torch.from_numpy(rng.integers(-2, 3, (100, 4)).astype(np.float64)) + 0.25 for _ in range(2))
    gallery[10:20] = gallery[0]  # a heavy tie
    unit = [v / (v.norm(dim=1, keepdim=True) + 1e-8) for v in (queries, gallery)]
    expected = ranks(unit[0] @ unit[1].T)
    monkeypatch.setattr(retrieval, "BLOCK", block)
    assert torch.allclose(vector_ranks(queries, gallery), expected, atol=6)  # rounding may part a tie of eleven
    distinct = torch.from_numpy(rng.normal(size=(100, 16)))
    rotated = distinct + 0.5 * torch.from_numpy(rng.normal(size=(100, 16)))
    unit = [v / (v.norm(dim=1, keepdim=True) + 1e-8) for v in (distinct, rotated)]
    assert vector_ranks(distinct, rotated).tolist() == ranks(unit[0] @ unit[1].T).tolist()


def test_equal_vectors_find_each_other_first_and_length_does_not_matter():
    vectors = torch.randn(30, 8, generator=torch.Generator().manual_seed(0))
    assert vector_ranks(vectors, 5 * vectors).tolist() == [1.0] * 30


def test_vectors_that_are_all_the_same_rank_in_the_middle():
    same = torch.ones(9, 4)
    assert vector_ranks(same, same).tolist() == [5.0] * 9


@pytest.mark.parametrize("shape", [(3, 4), (3,), (0, 0)])
def test_similarities_that_are_no_square_are_refused(shape):
    with pytest.raises(InvalidInput, match=r"\(n, n\)"):
        ranks(torch.zeros(shape))


def test_values_that_are_no_numbers_are_refused():
    broken = torch.eye(3)
    broken[1, 2] = float("nan")
    with pytest.raises(InvalidInput, match="NaN"):
        ranks(broken)
    with pytest.raises(InvalidInput, match="NaN"):
        vector_ranks(broken, torch.eye(3))
    with pytest.raises(InvalidInput, match="twice"):
        vector_ranks(torch.eye(3), torch.eye(4))
