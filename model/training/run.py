"""A training loop that saves, resumes exactly and reports: everything random comes from (seed, step)."""

from __future__ import annotations

import csv
import math
import pickle
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from model.errors import TrainingError

Batch = TypeVar("Batch")


@dataclass(frozen=True)
class Report:
    """What a run tells while it goes: the stage, steps done of all, the loss and, after a check, its figures."""

    stage: str
    step: int
    steps: int
    loss: float
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Schedule:
    """Steps, peak learning rate, warm-up steps, weight decay and gradient clipping of one stage."""

    steps: int
    learning_rate: float
    warm_up: int
    weight_decay: float
    clip: float

    def rate(self, step: int) -> float:
        """Linear warm-up, then half a cosine to a hundredth of the peak."""
        if step < self.warm_up:
            return self.learning_rate * (step + 1) / self.warm_up
        done = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))


class Run(Generic[Batch]):
    """One stage of training in one folder; `fit` goes on from wherever the folder's state says it stopped."""

    def __init__(
        self,
        stage: str,
        folder: Path,
        model: nn.Module,
        parameters: Mapping[str, nn.Parameter],
        schedule: Schedule,
        seed: int,
    ) -> None:
        self.stage, self.folder, self.model, self.schedule, self.seed = stage, folder, model, schedule, seed
        decayed = [p for name, p in parameters.items() if p.ndim >= 2 and not name.endswith("concepts")]
        plain = [p for name, p in parameters.items() if p.ndim < 2 or name.endswith("concepts")]
        groups = [{"params": decayed, "weight_decay": schedule.weight_decay}, {"params": plain, "weight_decay": 0.0}]
        self.parameters = decayed + plain
        self.optimizer = torch.optim.AdamW(groups, lr=schedule.learning_rate, betas=(0.9, 0.98))
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def state_path(self) -> Path:
        """Where this stage's state is saved."""
        return self.folder / f"{self.stage}.state"

    def fit(
        self,
        make_batch: Callable[[np.random.Generator, int], Batch],
        loss_of: Callable[[Batch], Tensor],
        check: Callable[[], Mapping[str, float]],
        check_every: int,
        report: Callable[[Report], None],
    ) -> None:
        """Train to the end of the schedule, saving at every check.

        The next batch is prepared while this one is learnt from; both depend on (seed, step) alone, so a run that
        was killed and resumed ends with the same bits as one that was not (on one kind of device).

        Raises:
            TrainingError: the loss is not finite, or the state cannot be read or written.
        """
        start = self._resume()
        with ThreadPoolExecutor(1) as pool:
            upcoming = pool.submit(make_batch, self._rng(start), start)
            for step in range(start, self.schedule.steps):
                batch = upcoming.result()
                if step + 1 < self.schedule.steps:
                    upcoming = pool.submit(make_batch, self._rng(step + 1), step + 1)
                loss = self._learn(step, batch, loss_of)
                done = step + 1
                figures: Mapping[str, float] = {}
                if done % check_every == 0 or done == self.schedule.steps:
                    self.model.eval()
                    figures = check()
                    self._save(done)
                    self._log(done, loss, figures)
                report(Report(self.stage, done, self.schedule.steps, loss, figures))

    def _learn(self, step: int, batch: Batch, loss_of: Callable[[Batch], Tensor]) -> float:
        self.model.train()
        torch.manual_seed(self.seed * 1_000_003 + step)
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(step)
        loss = loss_of(batch)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingError(f"{self.stage} step {step}: the loss is {value}; lower the learning rate")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.parameters, self.schedule.clip)
        self.optimizer.step()
        return value

    def _rng(self, step: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, step])

    def _resume(self) -> int:
        if not self.state_path.exists():
            return 0
        try:
            state = torch.load(self.state_path, map_location="cpu", weights_only=True)
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            return int(state["step"])
        except (OSError, RuntimeError, KeyError, ValueError, EOFError, pickle.UnpicklingError) as error:
            reason = str(error).splitlines()[0]
            raise TrainingError(
                f"{self.state_path}: cannot resume from it ({reason}); remove it to start again"
            ) from error

    def _save(self, step: int) -> None:
        """Write the state whole or not at all, so that the last good one survives a full disk or a kill."""
        temporary = self.state_path.with_suffix(".partial")
        state = {"step": step, "model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        try:
            torch.save(state, temporary)
            temporary.replace(self.state_path)
        except (OSError, RuntimeError) as error:
            temporary.unlink(missing_ok=True)
            raise TrainingError(f"{self.state_path}: cannot be saved: {error}") from error

    def _log(self, step: int, loss: float, figures: Mapping[str, float]) -> None:
        path = self.folder / f"{self.stage}.csv"
        is_new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(["step", "loss", *figures])
            writer.writerow([step, f"{loss:.5f}", *(f"{v:.4f}" for v in figures.values())])
