"""What a training run tells: a bar for each stage with its loss, and a line for every check."""

from collections.abc import Callable

from model.training.loop.run import Report
from server.commands.progress import Counter, ProgressBars


def stage_bars(bars: ProgressBars) -> Callable[[Report], None]:
    """Told how far a run is: moves the stage's bar, and prints the figures of a check."""
    stages: dict[str, Counter] = {}

    def told(report: Report) -> None:
        if report.stage not in stages:
            stages[report.stage] = bars.counter(report.stage)
        stages[report.stage](report.step, report.steps, f"{report.stage} stage · loss {report.loss:.3f}")
        if report.figures:
            figures = "  ".join(f"{name} {_written(value)}" for name, value in report.figures.items())
            bars.say(f"{report.stage} {report.step}: {figures}")

    return told


def _written(value: float) -> str:
    """Counts whole, shares to the thousandth."""
    return str(value) if isinstance(value, int) else f"{value:.3f}"
