"""How long a sound takes is learnt from one step and a few frames, and counted up for the whole of it."""

import pytest
import torch

from model.synthesis.device import Placement
from model.synthesis.tangoflux import timing
from model.synthesis.tangoflux.decoding import MARGIN
from model.synthesis.tangoflux.timing import _frames, _timed, estimate_seconds


class Clock:
    """A clock that goes on by what the work says it took."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timing.time, "perf_counter", clock.perf_counter)
    return clock


def timed_stages(monkeypatch, clock, reading=1.0, step=0.5, frame=0.1):
    """Each stage takes as long as it is told to, by the clock."""

    def takes(seconds, result):
        def work(*_, **__):
            clock.now += seconds() if callable(seconds) else seconds
            return result

        return work

    monkeypatch.setattr(timing, "sample", takes(step, torch.zeros(1, 96, 64)))
    monkeypatch.setattr(timing, "decode", lambda decoder, row, seconds: takes(frame * _frames(seconds), None)())
    return takes(reading, None)


def test_the_work_is_timed_and_its_result_given(clock):
    def work():
        clock.now += 3
        return "done"

    assert _timed(torch.device("cpu"), work) == (3.0, "done")


@pytest.mark.parametrize(("seconds", "frames"), [(0.0, MARGIN), (2048 / 44_100, MARGIN + 1), (1.0, MARGIN + 22)])
def test_frames_are_those_that_would_be_decoded(seconds, frames):
    assert _frames(seconds) == frames


@pytest.mark.parametrize(("seconds", "steps"), [(1.0, 1), (10.0, 50)])
def test_an_estimate_is_the_reading_the_steps_and_the_frames(tangoflux, monkeypatch, clock, seconds, steps):
    monkeypatch.setattr(tangoflux, "condition", timed_stages(monkeypatch, clock))
    expected = 1.0 + 0.5 * steps + 0.1 * _frames(seconds)
    assert estimate_seconds(tangoflux, seconds, steps, 4.5) == pytest.approx(expected)


def test_more_steps_and_longer_sounds_take_longer(tangoflux, monkeypatch, clock):
    monkeypatch.setattr(tangoflux, "condition", timed_stages(monkeypatch, clock))
    few, many = (estimate_seconds(tangoflux, 5.0, steps, 4.5) for steps in (10, 100))
    short, long = (estimate_seconds(tangoflux, seconds, 10, 4.5) for seconds in (1.0, 30.0))
    assert few < many
    assert short < long


def test_where_kernels_are_compiled_the_first_round_is_not_counted(tangoflux, monkeypatch, clock):
    rounds = iter([100.0, 1.0])
    monkeypatch.setattr(tangoflux, "condition", timed_stages(monkeypatch, clock, reading=lambda: next(rounds)))
    monkeypatch.setattr(tangoflux, "placement", Placement(compiled=True))
    assert estimate_seconds(tangoflux, 1.0, 1, 4.5) < 50
