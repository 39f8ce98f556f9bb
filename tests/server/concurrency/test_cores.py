"""Cores: those this process may run on, and what drawing chips has of them."""

import os
import subprocess
import sys

import pytest

from server.concurrency.cores import available_cores, chip_threads


def test_drawing_has_the_cores_the_model_leaves_and_one_at_least():
    assert chip_threads(available_cores()) == 1
    assert chip_threads(available_cores() + 7) == 1
    assert chip_threads(0) == available_cores()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system pins no process to a core")
def test_a_process_that_may_run_on_one_core_has_one_whatever_the_machine_has():
    code = (
        "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "
        "from server.concurrency.cores import available_cores; print(available_cores())"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"


def test_where_no_process_is_pinned_all_the_machine_has_are_counted(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert available_cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cores() == 1
