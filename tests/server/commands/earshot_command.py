"""`earshot` as a person runs it, in this process: what it answers, and how a refusal reads."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.cli import main

ROOT = Path(__file__).parents[3]
RASTERS = ROOT / "../shared/data/rasters"


@dataclass
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def run_in_process(monkeypatch, capsys, arguments, variables):
    """Run `earshot` with these arguments and environment variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(sys, "argv", ["earshot", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    return Done(end.value.code, *capsys.readouterr())


def assert_refused(done, *words):
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("earshot: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
