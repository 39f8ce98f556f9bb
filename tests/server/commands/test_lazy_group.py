"""Groups whose commands are imported when one is asked for."""

import sys

import pytest
import typer
from typer.testing import CliRunner

from server.commands.lazy_group import Command, lazy_group

HELP = "Sing a song."
SONG = """
import typer
app = typer.Typer(add_completion=False)

@app.command(context_settings={"ignore_unknown_options": True})
def sing(notes: int):
    \"""Sing a song.\"""
    typer.echo(f"{notes} notes")
"""


@pytest.fixture
def group(tmp_path, monkeypatch):
    """A group of `sing`, whose module can be written anew, and `hum`, whose module does not exist."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "lazy_song", raising=False)
    (tmp_path / "lazy_song.py").write_text(SONG)
    yield lazy_group("Music.", {"sing": Command("lazy_song", HELP), "hum": Command("lazy_hum", "Hum.")})
    sys.modules.pop("lazy_song", None)


def invoke(group, *arguments):
    return CliRunner().invoke(group, arguments)


@pytest.mark.parametrize("arguments", [("--help",), (), ("whistle",), ("--loud",)], ids=" ".join)
def test_a_groups_help_and_refusals_import_none_of_its_commands(group, arguments):
    done = invoke(group, *arguments)
    assert "lazy_song" not in sys.modules
    if arguments == ("--help",):
        assert HELP in done.stdout
        assert "hum" in done.stdout


def test_a_command_runs_with_its_modules_own_options(group):
    assert invoke(group, "sing", "-3").stdout == "-3 notes\n"
    assert "lazy_song" in sys.modules


def test_a_commands_own_help_and_refusals_are_its_modules(group):
    assert "notes" in invoke(group, "sing", "--help").stdout
    assert invoke(group, "sing", "many").exit_code == 2


def test_an_unknown_command_is_refused_with_what_is_nearest(group):
    with pytest.raises(typer.TyperException, match=r"No such command 'sang'\. Did you mean 'sing'"):
        group(["sang"], standalone_mode=False)


def test_a_module_that_is_missing_is_a_fault_and_no_refusal(group):
    with pytest.raises(ModuleNotFoundError, match="lazy_hum"):
        group(["hum"], standalone_mode=False)
