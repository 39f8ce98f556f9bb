"""Estimates: the latest measurement of its like, found again after a restart, and never worth a server."""

import json
import threading

import pytest

from server.sound.estimates import Estimates


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": "b"}', '{"a": -1}'])
def test_a_damaged_file_of_estimates_tells_nothing_and_is_replaced(tmp_path, text):
    file = tmp_path / "estimates.json"
    file.write_text(text)
    estimates = Estimates(file)
    assert estimates.get("foley", "1", "cpu") is None
    estimates.keep("foley", "1", "cpu", 2.5)
    assert Estimates(file).get("foley", "1", "cpu") == 2.5


def test_estimates_that_cannot_be_written_live_as_long_as_the_process(tmp_path):
    estimates = Estimates(tmp_path / "nowhere" / "estimates.json")
    estimates.keep("foley", "1", "cpu", 2.5)
    assert estimates.get("foley", "1", "cpu") == 2.5


def test_of_one_engine_on_one_device_the_latest_release_is_kept(tmp_path):
    file = tmp_path / "estimates.json"
    estimates = Estimates(file)
    for release in ("1", "2"):
        estimates.keep("foley", release, "cpu", 2.5)
    estimates.keep("tangoflux", "1", "cpu", 100.0)
    assert len(json.loads(file.read_text())) == 2
    assert Estimates(file).get("foley", "2", "cpu") == 2.5


def test_what_was_measured_on_other_cores_tells_nothing(tmp_path, monkeypatch):
    estimates = Estimates(tmp_path / "estimates.json")
    estimates.keep("foley", "1", "cpu", 2.5)
    monkeypatch.setattr("server.sound.estimates.available_cores", lambda: 10_000)
    assert estimates.get("foley", "1", "cpu") is None


def test_without_a_file_estimates_are_kept_in_memory():
    estimates = Estimates()
    assert estimates.get("foley", "1", "cpu") is None
    estimates.keep("foley", "1", "cpu", 2.5)
    assert estimates.get("foley", "1", "cpu") == 2.5
    assert Estimates().get("foley", "1", "cpu") is None


def test_measurements_told_at_once_leave_one_whole_file_with_all_of_them(tmp_path):
    file = tmp_path / "estimates.json"
    estimates = Estimates(file)
    keep = [threading.Thread(target=estimates.keep, args=(f"engine {n}", "1", "cpu", n + 0.5)) for n in range(8)]
    for thread in keep:
        thread.start()
    for thread in keep:
        thread.join()
    again = Estimates(file)
    assert [again.get(f"engine {n}", "1", "cpu") for n in range(8)] == [n + 0.5 for n in range(8)]
    assert list(tmp_path.iterdir()) == [file]


def test_a_full_disk_keeps_the_estimates_of_before_and_leaves_nothing_behind(tmp_path, monkeypatch):
    file = tmp_path / "estimates.json"
    estimates = Estimates(file)
    estimates.keep("foley", "1", "cpu", 2.5)

    def full(path, data, *, durable):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server.sound.estimates.write_whole", full)
    estimates.keep("foley", "1", "cpu", 9.5)
    assert estimates.get("foley", "1", "cpu") == 9.5
    assert Estimates(file).get("foley", "1", "cpu") == 2.5
