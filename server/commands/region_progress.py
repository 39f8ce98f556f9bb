"""The bar of a region's build: cells, cells per second and the time left, on a terminal."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from tiles.region import Progress


class CellsPerSecond(ProgressColumn):
    """How fast cells are embedded now."""

    def render(self, task: Task) -> Text:
        """The speed of a bar's task."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} cells/s")


class RegionBar:
    """Told how far a build is; counts the cells worked on since it began, which on a resumed build are not all."""

    def __init__(self, bar: Bar, name: str) -> None:
        self._bar, self._name = bar, name
        self._task = bar.add_task(name, total=None)
        self._first: int | None = None
        self._began = self._last = time.perf_counter()
        self.worked = 0

    @property
    def seconds(self) -> float:
        """How long cells were worked on, without the loading before."""
        return max(self._last - self._began, 1e-9)

    def told(self, progress: Progress) -> None:
        """Move the bar; the first call says where the build begins."""
        self._last = time.perf_counter()
        if self._first is None:
            self._began = self._last
            self._first = progress.done
            self._bar.reset(self._task, total=progress.total, completed=progress.done)
            return
        self.worked = max(self.worked, progress.done - self._first)
        failed = f", {progress.failed} failed" if progress.failed else ""
        self._bar.update(self._task, completed=progress.done, description=f"{self._name}{failed}")


@contextmanager
def region_bar(name: str) -> Iterator[RegionBar]:
    """A bar on stderr while a build lasts; silent where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), CellsPerSecond())
    with Bar(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar:
        yield RegionBar(bar, name)
