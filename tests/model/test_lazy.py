"""Heavy libraries are imported when something of them is asked for, by one thread at a time."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from model.lazy import part

HEAVY = ("transformers", "diffusers", "sklearn", "scipy.stats", "scipy.signal", "datasets", "lightning_fabric", "h5py")


def test_a_part_is_what_the_module_holds():
    from fractions import Fraction

    assert part("fractions", "Fraction") is Fraction


def test_a_module_that_is_not_there_is_an_import_error():
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        part("no_such_library", "Thing")


def test_a_part_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Nothing"):
        part("fractions", "Nothing")


def test_threads_take_turns_so_that_none_meets_a_half_imported_module(tmp_path, monkeypatch):
    (tmp_path / "slow_library.py").write_text(
        "import threading\n"
        "inside = 0\n"
        "most = 0\n"
        "ready = threading.Event()\n"
        "def __getattr__(name):\n"
        "    global inside, most\n"
        "    inside += 1\n"
        "    most = max(most, inside)\n"
        "    ready.wait(0.01)\n"
        "    inside -= 1\n"
        "    return name\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    start = threading.Barrier(4)

    def ask(name: str) -> str:
        start.wait()
        return part("slow_library", name)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, ["A", "B", "C", "D"])) == ["A", "B", "C", "D"]
    assert sys.modules["slow_library"].most == 1
    del sys.modules["slow_library"]


def test_a_part_may_itself_ask_for_a_part(tmp_path, monkeypatch):
    (tmp_path / "asking_library.py").write_text("from model.lazy import part\nF = part('fractions', 'Fraction')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert part("asking_library", "F")(1, 2) == 0.5
    del sys.modules["asking_library"]


def test_the_rooms_a_server_opens_with_and_an_evaluation_import_nothing_heavy():
    rooms = ["sat2sound", "gallery", "synthesis", "synthesis.captioner", "explain", "registry", "baselines"]
    rooms += ["training.recipes", "training.evaluation.evaluate", "training.labelled.pointing"]
    code = "import sys\n" + "".join(f"import model.{room}\n" for room in rooms)
    code += f"print([name for name in {HEAVY!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
