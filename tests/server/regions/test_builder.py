"""The process that builds regions is of this installation, wherever it is begun, and is stopped with its owner."""

import asyncio
import os
import signal
import subprocess
import sys
import sysconfig

import pytest

from server.errors import BuildFailed
from server.regions.builder import ROOT, Builder, earshot_command, environment


def run(command, cwd, **variables):
    """Run a command with no more of our own variables than are told."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        command, cwd=cwd, env={**inherited, **variables}, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def strangers_folder(tmp_path):
    """A working folder with a package called as ours is."""
    for name in ("server", "model", "tiles"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('a stranger was run')")
    (tmp_path / "server" / "cli.py").write_text("")
    return tmp_path


def test_a_strangers_server_in_the_working_folder_is_not_run(strangers_folder):
    assert "a stranger was run" in run([sys.executable, "-c", "import server"], strangers_folder).stderr
    done = run(earshot_command("region", "--help"), strangers_folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "build" in done.stdout


def test_it_runs_uninstalled_from_another_folder_and_keeps_the_users_path(tmp_path):
    users = tmp_path / "users"
    users.mkdir()
    (users / "sitecustomize.py").write_text("print('the path of the user was kept')")
    executable, *rest = earshot_command("region", "--help")
    # -S: nothing that is installed is found but what the user's path says, which has all we need and not ourselves.
    packages = sysconfig.get_path("purelib")
    done = run([executable, "-S", *rest], tmp_path, PYTHONPATH=os.pathsep.join((str(users), packages)))
    assert (done.returncode, done.stderr) == (0, "")
    assert "build" in done.stdout
    kept = run([executable, *rest], tmp_path, PYTHONPATH=os.pathsep.join((str(users), packages)))
    assert "the path of the user was kept" in kept.stdout


def test_the_rooms_are_taken_from_the_folder_this_process_has_them_from():
    assert (ROOT / "server" / "regions" / "builder.py").is_file()
    assert str(ROOT) in earshot_command()


def test_a_builder_is_told_the_settings_and_the_users_variables_stay(make_settings, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/home/ann/python")
    settings = make_settings(gallery=["embedded", "/a,b"])
    told = environment(settings, "null-island")
    assert told["PYTHONPATH"] == "/home/ann/python"
    assert told["EARSHOT_DATA_DIR"] == str(settings.data_dir)
    assert told["EARSHOT_GALLERY"] == '["embedded", "/a,b"]'
    assert (told["EARSHOT_IMAGERY"], told["EARSHOT_TORCH_THREADS"]) == ("null-island", "1")


def test_one_that_fails_says_so_and_what_it_said_is_in_the_log(caplog):
    command = [sys.executable, "-c", "import sys; print('secret', file=sys.stderr); sys.exit(7)"]
    with pytest.raises(BuildFailed, match="code 7") as failed:
        asyncio.run(Builder().run("island", command, {}))
    assert "secret" not in str(failed.value)
    assert "secret" in caplog.text


def test_one_that_ends_well_is_no_failure_and_gives_way_to_everything_else():
    command = [sys.executable, "-c", "import sys; sys.exit(0)"]
    builder = Builder()
    asyncio.run(builder.run("island", command, {}))
    assert builder.process.returncode == 0


SLEEP = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(99)"


def call_off(code, folder):
    """Begin a builder, call it off once it runs, and answer how it ended."""

    async def main():
        builder, begun = Builder(), folder / "begun"
        task = asyncio.create_task(builder.run("island", [sys.executable, "-c", code, str(begun)], {}))
        while not begun.exists():
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return builder.process.returncode

    return asyncio.run(main())


def test_one_that_is_called_off_is_told_to_stop(tmp_path):
    assert call_off(SLEEP, tmp_path) == -signal.SIGTERM


def test_one_that_does_not_listen_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("server.regions.builder.PATIENCE", 0.2)
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
    assert call_off(deaf, tmp_path) == -signal.SIGKILL
