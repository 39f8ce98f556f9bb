"""Progress of a training run on the terminal: bars that count, and a line for every check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, TaskID

from model.training.loop.run import Report


class TrainingProgress:
    """A bar a stage with its loss; `say` prints a line above the bars."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self._stages: dict[str, TaskID] = {}

    @classmethod
    @contextmanager
    def on(cls, console: Console) -> Iterator[TrainingProgress]:
        """Bars on this console, from the first one asked for until the end."""
        bar = Progress(console=console, disable=console.quiet)
        try:
            yield cls(bar)
        finally:
            if bar.live.is_started:  # stopping what was never begun would print an empty line
                bar.stop()

    def say(self, line: str) -> None:
        """A line of text, as it is."""
        self.bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def counter(self, title: str) -> Callable[[int, int], None]:
        """A bar of its own, told (done, of all)."""
        task = self._add(title)
        return lambda done, total: self.bar.update(task, completed=done, total=total)

    def report(self, event: Report) -> None:
        """Move the stage's bar, and print the figures of a check."""
        if event.stage not in self._stages:
            self._stages[event.stage] = self._add(event.stage)
        title = f"{event.stage} stage · loss {event.loss:.3f}"
        self.bar.update(self._stages[event.stage], completed=event.step, total=event.steps, description=title)
        if event.figures:
            figures = "  ".join(f"{name} {_written(value)}" for name, value in event.figures.items())
            self.say(f"{event.stage} {event.step}: {figures}")

    def _add(self, title: str) -> TaskID:
        self.bar.start()
        return self.bar.add_task(title, total=None)


def _written(value: float) -> str:
    """Counts whole, shares to the thousandth."""
    return str(value) if isinstance(value, int) else f"{value:.3f}"
