"""Commands whose options are known at once, and whose work is imported when they are invoked."""

import sys
from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from server.commands.command import Command, command_group

WORK = """
import typer

def run(options):
    typer.echo(f"{options.notes} notes, {options}")
"""


@dataclass(frozen=True)
class Sing:
    """Sing a song."""

    notes: Annotated[int, typer.Argument(help="How many.")]
    loud: Annotated[bool, typer.Option("--loud", help="So that all hear it.")] = False
    words: Annotated[list[str] | None, typer.Option(help="What of.")] = None


@pytest.fixture
def group(tmp_path, monkeypatch):
    """A group of `sing`, whose work can be written anew, and `hum`, whose work does not exist."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "work_of_sing", raising=False)
    (tmp_path / "work_of_sing.py").write_text(WORK)
    sing = Command(Sing, "work_of_sing", {"ignore_unknown_options": True})
    yield command_group("Music.", {"sing": sing, "hum": Command(Sing, "work_of_hum")})
    sys.modules.pop("work_of_sing", None)


def invoke(group, *arguments, **settings):
    return CliRunner().invoke(group, arguments, **settings)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        (),
        ("whistle",),
        ("--loud",),
        ("sing", "--help"),
        ("sing",),
        ("sing", "many"),
        ("hum", "3", "--far"),
    ],
    ids=" ".join,
)
def test_help_and_refusals_import_no_work(group, arguments):
    done = invoke(group, *arguments)
    assert done.exit_code == (0 if "--help" in arguments else 2)
    assert "work_of_sing" not in sys.modules


def test_a_groups_help_lists_its_commands_by_what_their_options_say_of_them(group):
    listed = invoke(group, "--help").stdout
    assert listed.count("Sing a song.") == 2
    assert "hum" in listed


def test_a_commands_help_is_what_its_options_say(group):
    told = invoke(group, "sing", "--help").stdout
    for words in ("Sing a song.", "How many.", "--loud", "So that all hear it.", "--words"):
        assert words in told


def test_work_is_handed_the_options(group):
    assert invoke(group, "sing", "3").stdout == f"3 notes, {Sing(3)}\n"
    done = invoke(group, "sing", "3", "--loud", "--words", "love", "--words", "rain")
    assert done.stdout == f"3 notes, {Sing(3, True, ['love', 'rain'])}\n"


def test_a_command_is_parsed_in_its_own_context(group):
    assert invoke(group, "sing", "-3").stdout.startswith("-3 notes")
    assert invoke(group, "hum", "-3").exit_code == 2


def test_a_shell_completes_options_without_importing_work(group):
    asked = {"_MUSIC_COMPLETE": "complete_bash", "COMP_WORDS": "music sing --", "COMP_CWORD": "2"}
    done = invoke(group, prog_name="music", env=asked)
    assert done.exit_code == 0
    assert "--loud" in done.stdout
    assert "work_of_sing" not in sys.modules


def test_an_unknown_command_is_refused_with_what_is_nearest(group):
    with pytest.raises(typer.TyperException, match=r"No such command 'sang'\. Did you mean 'sing'"):
        group(["sang"], standalone_mode=False)


def test_work_that_is_missing_is_a_fault_and_no_refusal(group):
    with pytest.raises(ModuleNotFoundError, match="work_of_hum"):
        group(["hum", "3"], standalone_mode=False)
