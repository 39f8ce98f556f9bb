"""The command line: fast help, one line for what is refused, and commands that are imported when they are asked for."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest
from typer.main import get_command

from server.cli import COMMANDS, GALLERY_COMMANDS, REGION_COMMANDS
from tests.server.commands.earshot_command import ROOT, assert_refused, run_in_process

HEAVY = ("torch", "fastapi", "scipy", "rasterio", "transformers", "pydantic_settings")


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `earshot` in this process."""
    return lambda *arguments: run_in_process(monkeypatch, capsys, arguments, {"COLUMNS": 200})


def commands():
    """Every command's words, and where it is."""
    tables = {(): COMMANDS, ("gallery",): GALLERY_COMMANDS, ("region",): REGION_COMMANDS}
    return {(*group, name): command for group, table in tables.items() for name, command in table.items()}


def loaded_by(*arguments, **variables):
    """Which heavy packages a command has imported at its end, and what it printed before."""
    code = f"""
import json, sys
from server.cli import main
try: main()
finally: print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True)
    *printed, packages = done.stdout.splitlines()
    return json.loads(packages), "\n".join(printed), done


@pytest.mark.parametrize("arguments", [("--help",), ("region", "--help"), ("gallery",), ("sing",)], ids=" ".join)
def test_help_and_unknown_commands_come_without_loading_anything_heavy(arguments):
    packages, _, done = loaded_by(*arguments)
    assert done.returncode == (0 if "--help" in arguments else 2), done.stderr
    assert packages == []


def test_the_help_lists_every_command_with_what_it_does(run):
    listed = run("--help").stdout
    for name, command in COMMANDS.items():
        assert f" {name} " in listed
        assert command.help in listed
    assert "gallery" in listed
    assert "region" in listed


@pytest.mark.parametrize("group", ["gallery", "region"])
def test_a_groups_help_lists_its_commands(run, group):
    listed = run(group, "--help").stdout
    for words, command in commands().items():
        assert (command.help in listed) == (words[0] == group)


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_what_the_list_says_of_a_command_is_what_its_own_help_says(run, words):
    command = commands()[words]
    assert get_command(import_module(command.module).app).help == command.help
    done = run(*words, "--help")
    assert done.returncode == 0, done.stderr
    assert f" {' '.join(words)} [OPTIONS]" in done.stdout
    assert command.help in done.stdout


def test_without_a_command_the_help_is_printed_and_nothing_else(run):
    done = run()
    assert done.returncode == 2
    assert done.stderr == ""
    assert "Usage" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sing"], ["No such command 'sing'"]),
        (["lisen"], ["No such command 'lisen'. Did you mean 'listen'?"]),
        (["region", "exprt"], ["No such command 'exprt'. Did you mean 'export'?"]),
        (["--loud"], ["No such option: --loud"]),
        (["info", "--loud"], ["No such option: --loud"]),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_refused_in_one_line_with_exit_code_2(run, arguments, words):
    assert_refused(run(*arguments), *words)


def test_a_command_that_is_interrupted_ends_with_130_and_no_traceback(run, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("server.commands.region_list.open_shelf", interrupted)
    done = run("region", "list")
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
