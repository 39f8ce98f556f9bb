"""The command line: fast help, one line for what is refused, and work that is imported when a command is invoked."""

import inspect
import json
import os
import subprocess
import sys
from importlib import import_module

import pytest

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


@pytest.fixture(scope="module")
def said():
    """What one process says to many command lines in turn: of each its exit code, and the heavy packages by then."""
    lines = [(), ("--help",), ("sing",), ("gallery",), ("region", "--help")]
    lines += [(*words, last) for words in commands() for last in ("--help", "--loud")]
    code = f"""
import json, sys
from server.cli import main
for arguments in json.loads(sys.argv[1]):
    sys.argv[1:] = arguments
    try: main()
    except SystemExit as end: code = end.code
    print(json.dumps([arguments, code, [name for name in {HEAVY!r} if name in sys.modules]]))
"""
    command = [sys.executable, "-c", code, json.dumps(lines)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True)
    answers = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("[["))
    return {tuple(arguments): (code, packages) for arguments, code, packages in answers}


@pytest.mark.parametrize("words", [(), ("sing",), ("gallery",)], ids=" ".join)
def test_unknown_and_missing_commands_are_told_without_loading_anything_heavy(said, words):
    assert said[words] == (2, [])


@pytest.mark.parametrize("words", [(), ("region",), *commands()], ids=" ".join)
def test_help_comes_without_loading_anything_heavy(said, words):
    assert said[*words, "--help"] == (0, [])


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_an_option_that_is_not_there_is_refused_without_loading_anything_heavy(said, words):
    # `listen` takes coordinates below zero, so that it misses the second of them
    assert said[*words, "--loud"] == (2, [])


def test_the_help_lists_every_command_with_what_it_does(run):
    listed = run("--help").stdout
    for name, command in COMMANDS.items():
        assert f" {name} " in listed
        assert inspect.getdoc(command.options) in listed
    assert "gallery" in listed
    assert "region" in listed


@pytest.mark.parametrize("group", ["gallery", "region"])
def test_a_groups_help_lists_its_commands(run, group):
    listed = run(group, "--help").stdout
    for words, command in commands().items():
        assert (inspect.getdoc(command.options) in listed) == (words[0] == group)


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_says_how_it_is_called_and_what_it_does(run, words):
    done = run(*words, "--help")
    assert done.returncode == 0, done.stderr
    assert f" {' '.join(words)} [OPTIONS]" in done.stdout
    assert inspect.getdoc(commands()[words].options) in done.stdout


@pytest.mark.parametrize("command", commands().values(), ids=lambda command: command.work)
def test_the_work_of_every_command_is_written_for_its_options(command):
    work = inspect.signature(import_module(command.work).run)
    assert [parameter.annotation for parameter in work.parameters.values()] == [command.options]


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
