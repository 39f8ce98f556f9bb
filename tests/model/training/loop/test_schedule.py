"""Learning rates are those of torch's own schedulers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
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


@given(st.integers(1, 300), st.integers(0, 50), st.floats(1e-6, 1.0))
def test_a_rate_is_never_above_the_peak_nor_below_nothing(steps, warm_up, peak):
    schedules = (
        Schedule(steps, peak, warm_up, 0.0, 1.0),
        WarmRestarts(steps, peak, max(1, warm_up), 0.0, 1.0),
        Constant(steps, peak, 0.0, 1.0),
    )
    for schedule in schedules:
        rates = [schedule.rate(step) for step in range(steps)]
        assert all(0 <= rate <= peak * (1 + 1e-12) for rate in rates)


def test_no_warm_up_begins_at_the_peak():
    assert Schedule(10, 1.0, 0, 0.0, 1.0).rate(0) == 1.0


def test_a_warm_up_longer_than_the_run_only_rises():
    schedule = Schedule(5, 1.0, 10, 0.0, 1.0)
    rates = [schedule.rate(step) for step in range(5)]
    assert rates == sorted(rates)


def test_a_restart_begins_at_the_peak_again():
    schedule = WarmRestarts(20, 1.0, 5, 0.0, 1.0)
    assert [schedule.rate(step) for step in (0, 5, 10)] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("schedule", "decays", "betas"),
    [
        (Schedule(1, 1.0, 0, 0.0, 1.0), False, (0.9, 0.98)),
        (WarmRestarts(1, 1.0, 1, 0.0, 1.0), True, (0.9, 0.98)),
        (Constant(1, 1.0, 0.0, 1.0), True, (0.9, 0.999)),
    ],
)
def test_what_decays_and_how_gradients_are_averaged_is_each_recipes_own(schedule, decays, betas):
    assert (schedule.decay_all, schedule.betas) == (decays, betas)
