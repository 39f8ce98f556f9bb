"""A run saves, resumes to the same bits, reports every step, and stops where there is nothing more to learn."""

import csv
import threading

import numpy as np
import pytest
import torch
from torch import nn

from model.errors import TrainingError
from model.training.loop.run import Report, Run, _groups
from model.training.loop.schedule import Constant, Schedule, WarmRestarts


class Stopped(Exception):
    """Stands for a kill."""


class Line(nn.Module):
    """y = a x, which is to be 3 x."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.slope = nn.Linear(1, 1, bias=False)
        self.norm = nn.BatchNorm1d(1, affine=False)

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        self.norm(x)
        return (self.slope(x) - 3 * x).square().mean()


def draw(rng: np.random.Generator, step: int) -> torch.Tensor:
    return torch.from_numpy(rng.normal(size=(4, 1)).astype(np.float32))


def line(folder, steps: int = 8, seed: int = 0) -> tuple[Line, Run]:
    model = Line()
    schedule = Schedule(steps, 0.1, 2, 0.0, 1.0)
    return model, Run("line", folder, model, dict(model.named_parameters()), schedule, seed)


def fit(run: Run, model: Line, report=lambda _: None, every: int = 3, **options) -> None:
    run.fit(draw, model.loss, lambda: {"slope": model.slope.weight.item()}, every, report, **options)


def test_every_step_is_reported_and_figures_come_with_the_checks(tmp_path):
    model, run = line(tmp_path)
    reports: list[Report] = []
    fit(run, model, reports.append)
    assert [r.step for r in reports] == list(range(1, 9))
    assert {(r.stage, r.steps) for r in reports} == {("line", 8)}
    assert [r.step for r in reports if r.figures] == [3, 6, 8]
    assert run.step == 8


def test_it_learns(tmp_path):
    model, run = line(tmp_path, steps=80)
    losses: list[float] = []
    fit(run, model, lambda r: losses.append(r.loss), every=80)
    assert losses[-1] < 0.1 * losses[0]


def test_checks_are_logged_with_their_figures(tmp_path):
    model, run = line(tmp_path)
    fit(run, model)
    rows = list(csv.DictReader((tmp_path / "line.csv").read_text().splitlines()))
    assert [row["step"] for row in rows] == ["3", "6", "8"]
    assert float(rows[-1]["slope"]) == pytest.approx(model.slope.weight.item(), abs=1e-3)


@pytest.mark.parametrize("killed_at", [1, 4, 5, 7])
def test_a_killed_run_ends_with_the_same_bits(tmp_path, killed_at):
    whole, run = line(tmp_path / "whole")
    fit(run, whole)

    def stop(report: Report) -> None:
        if report.step == killed_at:
            raise Stopped

    model, run = line(tmp_path / "killed")
    with pytest.raises(Stopped):
        fit(run, model, stop)
    model, run = line(tmp_path / "killed")
    steps: list[int] = []
    fit(run, model, lambda r: steps.append(r.step))
    assert steps[0] == 3 * (killed_at // 3) + 1
    for name, tensor in whole.state_dict().items():
        assert torch.equal(model.state_dict()[name], tensor), name


def test_a_finished_run_has_nothing_left_to_do(tmp_path):
    model, run = line(tmp_path)
    fit(run, model)
    again, run = line(tmp_path)
    fit(run, again, lambda _: pytest.fail("another step"))
    assert torch.equal(again.slope.weight, model.slope.weight)


def test_batches_depend_on_seed_and_step_alone_however_many_are_made_ahead(tmp_path):
    found = []
    for name, ahead in (("one", 1), ("three", 3)):
        model, run = line(tmp_path / name)
        fit(run, model, ahead=ahead)
        found.append(model.slope.weight)
    assert torch.equal(*found)
    other, run = line(tmp_path / "other", seed=1)
    fit(run, other)
    assert not torch.equal(other.slope.weight, found[0])


def test_batches_are_made_in_other_threads_and_in_order(tmp_path):
    made: list[tuple[int, bool]] = []

    def make(rng: np.random.Generator, step: int) -> torch.Tensor:
        made.append((step, threading.current_thread() is threading.main_thread()))
        return draw(rng, step)

    model, run = line(tmp_path)
    run.fit(make, model.loss, dict, 8, lambda _: None)
    assert made == [(step, False) for step in range(8)]


def test_a_batch_that_cannot_be_made_is_the_runs_error(tmp_path):
    def make(rng: np.random.Generator, step: int) -> torch.Tensor:
        if step == 2:
            raise TrainingError("row 2: no image")
        return draw(rng, step)

    model, run = line(tmp_path)
    with pytest.raises(TrainingError, match="row 2"):
        run.fit(make, model.loss, dict, 8, lambda _: None)


def test_a_model_learns_in_training_mode_and_is_checked_in_evaluation_mode(tmp_path):
    modes: list[bool] = []
    model, run = line(tmp_path, steps=2)

    def loss(x: torch.Tensor) -> torch.Tensor:
        modes.append(model.training)
        return model.loss(x)

    run.fit(draw, loss, lambda: modes.append(model.training) or {}, 2, lambda _: None)
    assert modes == [True, True, False]


def test_a_gradient_that_is_not_finite_stops_the_run(tmp_path):
    model, run = line(tmp_path)
    with pytest.raises(TrainingError, match="the gradient is not finite"):
        run.fit(draw, lambda x: (model.slope(x) * 0).clamp(min=0).sqrt().sum(), dict, 8, lambda _: None)


def test_a_state_of_another_model_is_named_with_what_to_do(tmp_path):
    model, run = line(tmp_path)
    fit(run, model)
    other = nn.Linear(2, 2)
    run = Run("line", tmp_path, other, dict(other.named_parameters()), Schedule(9, 0.1, 1, 0.0, 1.0), 0)
    with pytest.raises(TrainingError, match=r"line\.state: cannot resume .*remove it to start again"):
        run.fit(draw, lambda x: other.weight.sum(), dict, 9, lambda _: None)


@pytest.mark.parametrize("content", [b"", b"no state", b"PK\x03\x04"])
def test_a_state_that_is_none_is_named(tmp_path, content):
    (tmp_path / "line.state").write_bytes(content)
    model, run = line(tmp_path)
    with pytest.raises(TrainingError, match=r"line\.state"):
        fit(run, model)


def test_a_state_cut_in_half_is_named_and_left_to_be_looked_at(tmp_path):
    model, run = line(tmp_path)
    fit(run, model)
    content = run.state_path.read_bytes()
    run.state_path.write_bytes(content[: len(content) // 2])
    with pytest.raises(TrainingError, match="cannot resume"):
        fit(*reversed(line(tmp_path)))
    assert run.state_path.stat().st_size == len(content) // 2


def test_nothing_but_the_state_and_the_log_is_left(tmp_path):
    model, run = line(tmp_path)
    fit(run, model)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["line.csv", "line.state"]


def parameters() -> dict[str, nn.Parameter]:
    return {
        "layer.weight": nn.Parameter(torch.ones(2, 2)),
        "layer.bias": nn.Parameter(torch.ones(2)),
        "codebook.concepts": nn.Parameter(torch.ones(3, 2)),
    }


def test_weight_matrices_decay_and_biases_and_concepts_do_not():
    decayed, plain = _groups(parameters(), Schedule(1, 0.1, 0, 0.3, 1.0))
    assert (len(decayed["params"]), decayed["weight_decay"]) == (1, 0.3)
    assert (len(plain["params"]), plain["weight_decay"]) == (2, 0.0)


@pytest.mark.parametrize("schedule", [Constant(1, 0.1, 0.3, 1.0), WarmRestarts(1, 0.1, 5, 0.3, 1.0)])
def test_where_everything_decays_there_is_one_group(schedule):
    (group,) = _groups(parameters(), schedule)
    assert (len(group["params"]), group["weight_decay"]) == (3, 0.3)


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_last_state(tmp_path):
    layer = torch.nn.Linear(1, 1)
    run: Run[int] = Run("odd", tmp_path, layer, dict(layer.named_parameters()), Schedule(9, 1e-3, 1, 0.0, 1.0), 0)

    def loss_of(step: int) -> torch.Tensor:
        return layer.weight.sum() * (float("nan") if step == 5 else 1.0)

    with pytest.raises(TrainingError, match="odd step 5: the loss is nan"):
        run.fit(lambda _, step: step, loss_of, dict, 2, lambda _: None)
    assert torch.load(run.state_path, weights_only=True)["step"] == 4


def test_a_state_that_cannot_be_saved_leaves_the_last_good_one(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    layer = torch.nn.Linear(1, 1)
    run: Run[int] = Run("full", tmp_path, layer, dict(layer.named_parameters()), Schedule(4, 1e-3, 1, 0.0, 1.0), 0)

    def report(event: Report) -> None:
        if event.step == 2:
            monkeypatch.setattr(torch, "save", full)

    with pytest.raises(TrainingError, match="cannot be saved"):
        run.fit(lambda _, step: step, lambda _: layer.weight.sum(), dict, 2, report)
    assert torch.load(run.state_path, weights_only=True)["step"] == 2
