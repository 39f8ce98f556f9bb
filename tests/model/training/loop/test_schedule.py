"""Learning rates are those of torch's own schedulers."""

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts

from model.training.loop.schedule import Constant, Schedule, WarmRestarts


@pytest.mark.parametrize("period", [1, 7, 40])
def test_warm_restarts_equal_torchs(period):
    ours = WarmRestarts(steps=100, learning_rate=5e-5, period=period, weight_decay=0.2, clip=0.5)
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.ones(1))], lr=5e-5)
    theirs = CosineAnnealingWarmRestarts(optimizer, T_0=period)
    for step in range(100):
        assert ours.rate(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
        optimizer.step()
        theirs.step()


def test_warm_up_rises_to_the_peak_and_ends_at_a_hundredth():
    schedule = Schedule(steps=101, learning_rate=1.0, warm_up=10, weight_decay=0, clip=1)
    assert [schedule.rate(s) for s in (0, 9, 10)] == pytest.approx([0.1, 1.0, 1.0])
    assert schedule.rate(101) == pytest.approx(0.01)
    assert all(schedule.rate(s) > schedule.rate(s + 1) for s in range(10, 100))


def test_a_constant_rate_is_constant():
    schedule = Constant(steps=10, learning_rate=1e-3, weight_decay=0, clip=1)
    assert {schedule.rate(step) for step in range(10)} == {1e-3}
