"""Progress on the terminal: bars where there is one, silence where there is none, and lines above the bars."""

import io

import pytest
from rich.console import Console

from server.commands.progress import progress_bars


@pytest.fixture
def terminal():
    """A terminal of 100 columns that remembers what was written."""
    return Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)


def test_where_there_is_no_terminal_nothing_is_drawn(capfd):
    with progress_bars(keep=True) as bars:
        bars.counter("embedding")(3, 4)
    assert capfd.readouterr() == ("", "")


def test_a_bar_shows_its_title_and_how_far_it_is(terminal):
    with progress_bars(console=terminal, keep=True) as bars:
        counter = bars.counter("embedding", total=4)
        counter(1)
        counter.advance(2)
    assert "embedding" in terminal.file.getvalue()
    assert " 75%" in terminal.file.getvalue()


def test_a_total_that_is_only_known_later_and_a_new_title_are_shown(terminal):
    with progress_bars(console=terminal, keep=True) as bars:
        bars.counter("embedding")(1, 2, "halfway")
    assert "halfway" in terminal.file.getvalue()
    assert " 50%" in terminal.file.getvalue()


def test_a_bar_that_starts_again_counts_from_there(terminal):
    with progress_bars("{task.completed}/{task.total}", console=terminal, keep=True) as bars:
        bars.counter("cells").restart(5, 8)
    assert "5/8" in terminal.file.getvalue()


def test_a_line_is_printed_as_it_is_above_the_bars(terminal):
    with progress_bars(console=terminal) as bars:
        bars.counter("embedding")
        bars.say("left out [bold]row 2[/bold]: " + "x" * 120)
    assert "left out [bold]row 2[/bold]: " + "x" * 120 in terminal.file.getvalue()


def test_without_a_bar_nothing_but_what_is_said_is_written(terminal):
    with progress_bars(console=terminal, keep=True) as bars:
        bars.say("nothing to do")
    assert terminal.file.getvalue() == "nothing to do\n"


def test_bars_leave_the_terminal_to_a_question_and_come_back(terminal):
    with progress_bars(console=terminal, keep=True) as bars:
        counter = bars.counter("fetching", total=2)
        with bars.hidden():
            before = terminal.file.getvalue()
            counter(1)
            assert terminal.file.getvalue() == before
        counter(2)
    assert "100%" in terminal.file.getvalue()


def test_a_question_before_any_bar_draws_none(terminal):
    with progress_bars(console=terminal, keep=True) as bars, bars.hidden():
        pass
    assert terminal.file.getvalue() == ""


def test_bars_end_when_what_they_count_fails(terminal):
    def fail():
        with progress_bars(console=terminal) as bars:
            bars.counter("embedding")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with progress_bars(console=terminal, keep=True) as bars:  # Rich refuses a second display while one is on
        bars.counter("again", total=1)(1)
    assert "again" in terminal.file.getvalue()
