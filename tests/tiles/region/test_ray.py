"""A region built on two Ray nodes, one of them killed half-way, is the same region; slices on nodes score the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import ray

from tests.tiles.region.maker import DIM, QUERIES, Ground, embed, files_of, make
from tiles.errors import InvalidPoint, RegionUnreadable
from tiles.region import Region
from tiles.region.ray import Tools, _Handle, _result, _Slice, _work
from tiles.region.score import unit

pytestmark = pytest.mark.timeout(600)
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the regions of `ray_cluster` are."""
    return tmp_path_factory.mktemp("ray")


@pytest.fixture(scope="module")
def told(folder):
    """What `ray_cluster` saw; it runs in a process of its own, as Ray and its warnings take one over."""
    # On a busy machine Ray starts slowly, and its workers, polite as they are by default, would never have their turn.
    patience = {"RAY_gcs_server_port_wait_time_s": "120", "RAY_worker_niceness": "0"}
    env = {**os.environ, **patience, "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}
    command = [sys.executable, "-m", "tests.tiles.region.ray_cluster", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads((folder / "told.json").read_text())


def test_a_node_killed_half_way_leaves_the_very_same_bytes(told, folder):
    assert told["complete"]
    assert 72 <= told["killed_at"] < 144
    before, after, killed = told["batches"], told["batches_in_the_end"], told["killed"]
    assert len(before) == len(after) == 2
    assert after[killed] == before[killed] > 0
    assert sum(after.values()) > sum(before.values())
    assert files_of(folder / "ground.zarr") == files_of(folder / "whole.zarr")


def test_slices_held_by_nodes_score_as_one_array_does_even_when_a_node_is_lost(told, folder):
    whole = Region.open(folder / "whole.zarr")
    assert told["slices"] == 3
    np.testing.assert_array_equal(np.float32(told["scores"]), whole.score(QUERIES[:4]))
    np.testing.assert_array_equal(np.float32(told["scores_after_the_loss"]), whole.score(QUERIES[4:]))


def test_a_build_can_be_stopped_on_a_cluster_too(told):
    assert told["stopped_at"] < 144


def test_what_goes_wrong_on_a_node_is_raised_by_its_own_name_and_in_one_line(told):
    assert told["refused"] == "InvalidPoint: gsd: not on this ground"


def test_a_slice_is_of_its_own_cells_and_scores_them_as_the_whole_does(tmp_path):
    whole = make(tmp_path / "ground.zarr")
    queries = unit(QUERIES, DIM).astype(np.float16)
    part = _Slice(whole.path, 0, 10, 30)
    assert (part.start, part.stop) == (10, 30)
    np.testing.assert_array_equal(part.score(queries), whole.score(QUERIES)[:, 10:30])


def test_a_slice_whose_vectors_are_lost_is_told_and_not_read_as_zeros(tmp_path):
    make(tmp_path / "ground.zarr")
    (tmp_path / "ground.zarr/vectors/c/0/2/0").unlink()
    with pytest.raises(RegionUnreadable, match="lost"):
        _Slice(str(tmp_path / "ground.zarr"), 0, 10, 30)


def test_a_task_opens_its_tools_once_in_a_process_and_does_its_blocks(tmp_path, monkeypatch):
    stopped = make(tmp_path / "ground.zarr", stop=lambda: True)
    opened = []

    def open_tools():
        opened.append(True)
        return Tools(Ground(), embed, readers=1)

    monkeypatch.setattr(ray, "get", lambda reference: reference)
    handle = _Handle("this build", open_tools)
    done = [block.block for blocks in ([0, 1], [4]) for block in _work(stopped.path, handle, blocks)]
    assert done == [0, 1, 4]
    assert opened == [True]
    stopped.refresh()
    assert stopped.valid.sum() == 8 + 8 + 4


@pytest.mark.parametrize("cause", [InvalidPoint("gsd: not on this ground"), None])
def test_what_a_task_raised_is_raised_and_ray_s_own_error_where_it_has_no_cause(monkeypatch, cause):
    error = ray.exceptions.RayTaskError("work", "a traceback", cause or ValueError("lost on the way"))
    error.cause = cause

    def fail(task):
        raise error

    monkeypatch.setattr(ray, "get", fail)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        _result("task")
    assert caught.value is (cause or error)
