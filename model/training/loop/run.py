"""A training loop that saves, resumes exactly and reports: everything random comes from (seed, step, process)."""

from __future__ import annotations

import csv
import math
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from model.errors import TrainingError, first_line
from model.files import replacing
from model.training.loop.fabric import Fabric, computing, open_fabric
from model.training.loop.schedule import LearningSchedule

Batch = TypeVar("Batch")


@dataclass(frozen=True)
class Report:
    """What a run tells while it goes: the stage, steps done of all, the loss and, after a check, its figures."""

    stage: str
    step: int
    steps: int
    loss: float
    figures: Mapping[str, float]


class _Through(nn.Module):
    """The model, with whatever is computed through it as its forward pass.

    So precision and the exchange of gradients between processes apply whichever of the model's methods a loss calls.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, compute: Callable[[], Tensor]) -> Tensor:
        """The loss."""
        return compute()


class Run(Generic[Batch]):
    """One stage of training in one folder; `fit` goes on from wherever the folder's state says it stopped.

    `fabric` (by default one device, at `precision`) says where and how precisely to compute; the model moves there.
    `step` is how many steps are done. With several processes each makes and learns from its own part of a batch, and
    the first alone checks, saves and reports.
    """

    def __init__(
        self,
        stage: str,
        folder: Path,
        model: nn.Module,
        parameters: Mapping[str, nn.Parameter],
        schedule: LearningSchedule,
        seed: int,
        fabric: Fabric | None = None,
        precision: str = "32-true",
    ) -> None:
        self.stage, self.folder, self.model, self.schedule, self.seed = stage, folder, model, schedule, seed
        self.fabric = fabric or open_fabric(precision)
        if self.fabric.world_size > 1 and self.fabric.device.type == "cuda":
            # Statistics of the whole batch, as on one device.
            nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-untyped-call]
        self.through: Callable[[Callable[[], Tensor]], Tensor] = self.fabric.setup_module(_Through(model))
        groups = _groups(parameters, schedule)
        optimizer = torch.optim.AdamW(groups, lr=schedule.learning_rate, betas=schedule.betas)
        self.optimizer: Any = self.fabric.setup_optimizers(optimizer)
        self.step = 0
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
        ahead: int = 1,
    ) -> None:
        """Train to the end of the schedule, saving at every check.

        The next batches are prepared (`ahead` at once) while this one is learnt from; all depend on (seed, step)
        and the process alone, so a run that was killed and resumed ends with the same bits as one that was not (on
        one kind of device).

        Raises:
            TrainingError: the loss is not finite, or the state cannot be read or written.
        """
        start = self._resume()
        for step, batch in self._batches(make_batch, start, ahead):
            loss = self._learn(step, batch, loss_of)
            self.step = done = step + 1
            figures: Mapping[str, float] = {}
            if done % check_every == 0 or done == self.schedule.steps:
                figures = self._check(done, loss, check)
            if self.fabric.is_global_zero:
                report(Report(self.stage, done, self.schedule.steps, loss, figures))

    def _batches(
        self, make_batch: Callable[[np.random.Generator, int], Batch], start: int, ahead: int
    ) -> Iterator[tuple[int, Batch]]:
        """Every step from `start` with its batch, made in other threads."""
        steps = iter(range(start, self.schedule.steps))
        upcoming: deque[tuple[int, Future[Batch]]] = deque()
        pool = ThreadPoolExecutor(ahead)

        def prepare() -> None:
            step = next(steps, None)
            if step is not None:
                upcoming.append((step, pool.submit(make_batch, self._rng(step), step)))

        try:
            for _ in range(ahead):
                prepare()
            while upcoming:
                step, future = upcoming.popleft()
                batch = future.result()
                prepare()
                yield step, batch
        finally:
            pool.shutdown(cancel_futures=True)

    def _learn(self, step: int, batch: Batch, loss_of: Callable[[Batch], Tensor]) -> float:
        self.model.train()
        torch.manual_seed(self.seed * 1_000_003 + step + self.fabric.global_rank * 998_244_353)
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(step)
        with computing(self.fabric):
            loss = self.through(lambda: loss_of(batch))
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingError(f"{self.stage} step {step}: the loss is {value}; lower the learning rate")
        self.optimizer.zero_grad(set_to_none=True)
        self.fabric.backward(loss)
        norm = nn.utils.clip_grad_norm_(
            [p for group in self.optimizer.param_groups for p in group["params"]], self.schedule.clip
        )
        if not math.isfinite(float(norm)):
            raise TrainingError(f"{self.stage} step {step}: the gradient is not finite; lower the learning rate")
        self.optimizer.step()
        return value

    def _rng(self, step: int) -> np.random.Generator:
        rank = self.fabric.global_rank
        return np.random.default_rng([self.seed, step, rank] if rank else [self.seed, step])

    def _check(self, step: int, loss: float, check: Callable[[], Mapping[str, float]]) -> Mapping[str, float]:
        self.model.eval()
        figures: Mapping[str, float] = {}
        if self.fabric.is_global_zero:
            figures = check()
            self._save(step)
            self._log(step, loss, figures)
        self.fabric.barrier()
        return figures

    def _resume(self) -> int:
        if not self.state_path.exists():
            return 0
        try:
            state = torch.load(self.state_path, map_location="cpu", weights_only=True)
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            return int(state["step"])
        except (OSError, RuntimeError, KeyError, ValueError, EOFError, pickle.UnpicklingError) as error:
            raise TrainingError(
                f"{self.state_path}: cannot resume from it ({first_line(error)}); remove it to start again"
            ) from error

    def _save(self, step: int) -> None:
        """Write the state whole or not at all, so that the last good one survives a full disk or a kill."""
        state = {"step": step, "model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        try:
            with replacing(self.state_path) as temporary:
                torch.save(state, temporary)
        except (OSError, RuntimeError) as error:
            raise TrainingError(f"{self.state_path}: cannot be saved: {error}") from error

    def _log(self, step: int, loss: float, figures: Mapping[str, float]) -> None:
        path = self.folder / f"{self.stage}.csv"
        is_new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(["step", "loss", *figures])
            writer.writerow([step, f"{loss:.5f}", *(f"{v:.4f}" for v in figures.values())])


def _groups(parameters: Mapping[str, nn.Parameter], schedule: LearningSchedule) -> list[dict[str, Any]]:
    """Parameters that decay and parameters that do not."""

    def decays(name: str, parameter: nn.Parameter) -> bool:
        return schedule.decay_all or (parameter.ndim >= 2 and not name.endswith("concepts"))

    decayed = [p for name, p in parameters.items() if decays(name, p)]
    plain = [p for name, p in parameters.items() if not decays(name, p)]
    groups = [{"params": decayed, "weight_decay": schedule.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    return [group for group in groups if group["params"]]
