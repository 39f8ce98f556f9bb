"""How fast a region is built: what this run worked on, and how that is told on the bar."""

import io

from rich.console import Console

from server.commands.output.region_pace import COLUMNS, RegionPace
from server.commands.progress import progress_bars
from tiles.region import Progress


def drawn(reports):
    """A pace that was told these, and what its bar looks like at the end."""
    file = io.StringIO()
    with progress_bars(*COLUMNS, console=Console(file=file, width=120), keep=True, shown=True) as bars:
        pace = RegionPace(bars.counter("island"), "island")
        for report in reports:
            pace.told(Progress(*report))
    return pace, file.getvalue()


def test_only_what_this_run_worked_on_is_counted():
    pace, _ = drawn([(10, 0, 16), (12, 0, 16), (11, 0, 16), (16, 0, 16)])
    assert pace.worked == 6
    assert pace.seconds > 0


def test_a_build_with_nothing_left_to_do_worked_on_nothing_and_took_some_time():
    pace, _ = drawn([(16, 0, 16)])
    assert pace.worked == 0
    assert pace.seconds > 0


def test_the_bar_says_how_many_cells_of_how_many_and_how_many_failed():
    assert "island, 2 failed" in drawn([(0, 0, 16), (8, 2, 16)])[1]
    assert "8/16" in drawn([(0, 0, 16), (8, 2, 16)])[1]
    assert "failed" not in drawn([(0, 0, 16), (8, 0, 16)])[1]
