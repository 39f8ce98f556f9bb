"""The command line around the tiny checkpoint, in an empty folder with a data folder of its own."""

import json

import pytest

from tests.server.commands.earshot_command import run_in_process


@pytest.fixture
def variables(home, tmp_path):
    """What a shell would have set to use the tiny checkpoint."""
    return {
        "EARSHOT_CHECKPOINT": home / "checkpoint.safetensors",
        "EARSHOT_GALLERY": home / "gallery",
        "EARSHOT_DATA_DIR": tmp_path / "data",
        "EARSHOT_IMAGERY": "null-island",
        "EARSHOT_TORCH_THREADS": 1,
        "COLUMNS": 200,
    }


@pytest.fixture
def run(variables, tmp_path, monkeypatch, capsys):
    """Run `earshot` in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)

    def earshot(*arguments, **changed):
        return run_in_process(monkeypatch, capsys, arguments, {**variables, **changed})

    return earshot


BOX = "-2.2,-2.2,2.2,2.2"


@pytest.fixture(scope="session")
def region_build():
    """The command that builds a region of 16 cells called island."""
    island = ("island", "--imagery", "null-island", "--zoom", "8", f"--bbox={BOX}", "--batch", "4")
    return ("region", "build", *island)


@pytest.fixture
def built(run, region_build):
    """What was said about that region once it was built in this test's data folder."""
    done = run(*region_build, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
