"""How fast a run learns at each step: a warm-up and half a cosine, a cosine that starts again, or always the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class LearningSchedule(Protocol):
    """What a run asks of its schedule.

    `betas` are AdamW's; `decay_all` says whether weight decay falls on every parameter or on weight matrices alone.
    """

    @property
    def steps(self) -> int:
        """Steps in all."""
        ...

    @property
    def learning_rate(self) -> float:
        """The peak."""
        ...

    @property
    def weight_decay(self) -> float:
        """AdamW's weight decay."""
        ...

    @property
    def clip(self) -> float:
        """Largest norm of the gradient."""
        ...

    @property
    def betas(self) -> tuple[float, float]:
        """AdamW's betas."""
        ...

    @property
    def decay_all(self) -> bool:
        """Whether biases, norms and concepts decay too."""
        ...

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        ...


@dataclass(frozen=True)
class Schedule:
    """Steps, peak learning rate, warm-up steps, weight decay and gradient clipping of one stage."""

    steps: int
    learning_rate: float
    warm_up: int
    weight_decay: float
    clip: float
    betas: tuple[float, float] = (0.9, 0.98)
    decay_all: bool = False

    def rate(self, step: int) -> float:
        """Linear warm-up, then half a cosine to a hundredth of the peak."""
        if step < self.warm_up:
            return self.learning_rate * (step + 1) / self.warm_up
        done = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))


@dataclass(frozen=True)
class WarmRestarts:
    """Cosine annealing to zero that starts again every `period` steps (Loshchilov & Hutter 2017, eq. 5)."""

    steps: int
    learning_rate: float
    period: int
    weight_decay: float
    clip: float
    betas: tuple[float, float] = (0.9, 0.98)
    decay_all: bool = True

    def rate(self, step: int) -> float:
        """The value torch's CosineAnnealingWarmRestarts(T_0=period) has at this step."""
        return self.learning_rate * (1 + math.cos(math.pi * (step % self.period) / self.period)) / 2


@dataclass(frozen=True)
class Constant:
    """One learning rate throughout."""

    steps: int
    learning_rate: float
    weight_decay: float
    clip: float
    betas: tuple[float, float] = (0.9, 0.999)
    decay_all: bool = True

    def rate(self, step: int) -> float:
        """The same at every step."""
        return self.learning_rate
