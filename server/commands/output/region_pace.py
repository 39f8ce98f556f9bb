"""How fast a region is built: cells, cells per second and the time left."""

import time

from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from server.commands.progress import Counter
from tiles.region import Progress


class CellsPerSecond(ProgressColumn):
    """How fast cells are embedded now."""

    def render(self, task: Task) -> Text:
        """The speed of a bar's task."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} cells/s")


COLUMNS = (
    *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()),
    *(CellsPerSecond(), TimeRemainingColumn()),
)


class RegionPace:
    """Told how far a build is; counts the cells worked on since it began, which on a resumed build are not all."""

    def __init__(self, bar: Counter, name: str) -> None:
        self._bar, self._name = bar, name
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
            self._bar.restart(progress.done, progress.total)
            return
        self.worked = max(self.worked, progress.done - self._first)
        failed = f", {progress.failed} failed" if progress.failed else ""
        self._bar(progress.done, title=f"{self._name}{failed}")
