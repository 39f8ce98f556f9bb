"""What a training run tells: a bar for each stage with its loss, and a line for every check."""

import io

import pytest
from rich.console import Console

from model.training.loop.run import Report
from server.commands.progress import progress_bars
from server.commands.training.stages import stage_bars


@pytest.fixture
def told():
    """What is written while these reports are told."""

    def tell(*reports):
        console = Console(file=io.StringIO(), width=120)
        with progress_bars(console=console, keep=True, shown=True) as bars:
            report_to = stage_bars(bars)
            for report in reports:
                report_to(report)
        return console.file.getvalue()

    return tell


def test_every_stage_has_a_bar_of_its_own_with_the_loss_it_ended_with(told):
    said = told(Report("warm", 1, 4, 2.5, {}), Report("warm", 2, 4, 1.25, {}), Report("head", 3, 3, 0.5, {}))
    assert "warm stage · loss 1.250" in said
    assert "head stage · loss 0.500" in said
    assert "loss 2.500" not in said
    assert " 50%" in said
    assert "100%" in said


def test_a_checks_figures_are_a_line_with_counts_whole_and_shares_to_the_thousandth(told):
    said = told(Report("paired", 2, 4, 1.0, {"i2a_r10": 0.12345, "left_out": 3}))
    assert said.splitlines()[0] == "paired 2: i2a_r10 0.123  left_out 3"


def test_without_a_check_no_line_is_printed(told):
    assert "paired 2:" not in told(Report("paired", 2, 4, 1.0, {}))
