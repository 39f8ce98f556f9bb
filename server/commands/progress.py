"""Progress on the terminal: a bar for each thing that is counted, and lines of text above the bars."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, ProgressColumn, TaskID


class Counter:
    """One bar, told what is done and of how much."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def __call__(self, done: int, total: int | None = None, title: str | None = None) -> None:
        """Move the bar; what is left out stays as it was."""
        self._progress.update(self._task, completed=done, total=total, description=title)

    def advance(self, count: int) -> None:
        """Move the bar on by so much."""
        self._progress.advance(self._task, count)

    def restart(self, done: int, total: int) -> None:
        """Begin here: what was done before does not count towards the speed."""
        self._progress.reset(self._task, total=total, completed=done)


class ProgressBars:
    """Bars on one console, from the first that is asked for until the end."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def counter(self, title: str, total: int | None = None, done: int = 0) -> Counter:
        """A bar of its own."""
        self._progress.start()
        return Counter(self._progress, self._progress.add_task(title, total=total, completed=done))

    def say(self, line: str) -> None:
        """A line of text above the bars, as it is."""
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Leave the terminal to a question."""
        showing = self._progress.live.is_started
        self.stop()
        yield
        if showing:
            self._progress.start()

    def stop(self) -> None:
        """Take the bars away, or leave them as they stand if they were to be kept."""
        if self._progress.live.is_started:  # stopping what was never begun would print an empty line
            self._progress.stop()


@contextmanager
def progress_bars(
    *columns: str | ProgressColumn, console: Console | None = None, keep: bool = False, shown: bool | None = None
) -> Iterator[ProgressBars]:
    """Bars on stderr while something lasts, only where that is a terminal unless `shown` says otherwise.

    Args:
        columns: What a bar shows, if not Rich's own choice.
        console: Where else they are drawn.
        keep: Whether they stay once all is done.
        shown: Whether they are drawn at all.
    """
    console = console or Console(stderr=True)
    disable = not (console.is_terminal if shown is None else shown)
    bars = ProgressBars(Progress(*columns, console=console, transient=not keep, disable=disable))
    try:
        yield bars
    finally:
        bars.stop()
