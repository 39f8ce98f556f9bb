"""What is installed without an extra serves, listens and helps; what needs one says which."""

import json
import os
import subprocess
import sys

import pytest

from tests.server.commands.earshot_command import ROOT

EXTRA = ("lightning_fabric", "sklearn", "datasets", "h5py", "pyarrow", "ray", "leafmap")
SCRIPT = f"""
import contextlib, io, json, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRA!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
import server.app
from server.cli import main

def run(*arguments):
    sys.argv = ["earshot", *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try: main()
        except SystemExit as end: return [end.code, out.getvalue(), err.getvalue()]

print(json.dumps({{line: run(*line.split()) for line in sys.argv[1:]}}))
"""
LINES = ("--help", "listen 0.05 0.02 --no-sound --json", "evaluate --help", "train", "probe .", "evaluate x --data x")


@pytest.fixture(scope="module")
def done(home, tmp_path_factory):
    """What each command line ended with, printed and complained of, where no extra's package can be imported."""
    folder = tmp_path_factory.mktemp("base")
    own = {"CHECKPOINT": home / "checkpoint.safetensors", "GALLERY": home / "gallery", "DATA_DIR": folder}
    named = {f"EARSHOT_{name}": str(value) for name, value in own.items()}
    variables = os.environ | named | {"EARSHOT_IMAGERY": "null-island", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SCRIPT, *LINES]
    run = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_server_and_the_help_need_no_extra(done):
    assert done["--help"][0] == 0
    assert "train" in done["--help"][1]


def test_listening_needs_no_extra(done):
    code, printed, complaint = done["listen 0.05 0.02 --no-sound --json"]
    assert code == 0, complaint
    assert json.loads(printed)["captions"]


def test_evaluating_needs_no_extra(done):
    assert done["evaluate --help"][0] == 0
    code, _, complaint = done["evaluate x --data x"]
    assert (code, "earshot[" in complaint) == (2, False)


@pytest.mark.parametrize("line", ["train", "probe ."])
def test_what_trains_says_in_one_line_which_extra_brings_it(done, line):
    code, _, complaint = done[line]
    assert code == 2
    assert complaint.startswith("earshot: ")
    assert complaint.endswith("pip install 'earshot[train]'\n")
    assert complaint.count("\n") == 1
