"""The labelled loss: labels say which pairs belong together, whatever the likeness."""

import pytest
import torch
import torch.nn.functional as F

from model.sat2sound.objective import contrastive, labelled_contrastive


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
