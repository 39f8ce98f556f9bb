"""A process counts the cores it may use, not those the machine has."""

import os

from tiles.cores import available_cores


def test_there_is_at_least_one_core_and_no_more_than_the_machine_has():
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


def test_only_the_cores_this_process_may_run_on_are_counted(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 5}, raising=False)
    assert available_cores() == 2


def test_where_the_system_does_not_say_it_is_all_of_the_machines(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 12)
    assert available_cores() == 12


def test_a_system_that_says_nothing_at_all_has_one(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cores() == 1
