"""A build may be killed, resumed, and meet bad imagery; what it leaves behind is always the same."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.tiles.region.maker import BOX, QUERIES, Ground, embed, files_of, make, unavailable
from tiles.errors import InvalidPoint, InvalidRegion, NoImagery, RegionMismatch, RegionUnreadable
from tiles.imagery import open_imagery
from tiles.region import Condition, Grid, Progress, Region, store

ROOT = Path(__file__).parents[3]
RASTER = ROOT / "../shared/data/rasters/s2_dolomites_rgb_10m.tif"
KILLED = """
import os, pathlib, signal, sys
from tests.tiles.region.maker import make
replace = pathlib.Path.replace
def build(path, left):
    def counted(self, target):
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(self, target)
    pathlib.Path.replace = counted
    make(path)
for line in sys.stdin:
    path, left = line.rsplit(maxsplit=1)
    if (child := os.fork()) == 0:
        build(path, int(left))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A region built without interruption."""
    path = tmp_path_factory.mktemp("whole") / "ground.zarr"
    return make(path), path


@pytest.fixture(scope="module")
def kill_after():
    """Build in a process that is killed, with -9, just before it puts its nth file in place; gives how it ended.

    A process that has imported everything splits off one for each build.
    """
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as splitting:

        def kill(path, renames):
            splitting.stdin.write(f"{path} {renames}\n")
            splitting.stdin.flush()
            return int(splitting.stdout.readline())

        yield kill
        splitting.stdin.close()


@pytest.mark.parametrize("renames", [0, 2, 7, 8, 9, 10, 13, 18, 19, 20])
def test_killed_at_any_moment_and_run_again_it_leaves_the_very_same_bytes(whole, kill_after, tmp_path, renames):
    path = tmp_path / "ground.zarr"
    assert kill_after(path, renames) == -signal.SIGKILL
    region = make(path)
    assert files_of(path) == files_of(whole[1])
    assert region.hash == whole[0].hash


def test_killed_again_and_again_it_still_gets_there(whole, kill_after, tmp_path):
    path = tmp_path / "ground.zarr"
    for _ in range(9):
        if kill_after(path, 9) == 0:
            break
    else:
        raise AssertionError("the build made no headway")
    assert files_of(path) == files_of(whole[1])


def test_readers_and_their_haste_change_no_byte(whole, tmp_path):
    def slow(chips, condition):
        time.sleep(0.005)
        return embed(chips, condition)

    make(tmp_path / "ground.zarr", embed=slow, readers=7)
    assert files_of(tmp_path / "ground.zarr") == files_of(whole[1])


def test_a_finished_build_run_again_reads_nothing(whole, tmp_path):
    source = Ground()
    make(tmp_path / "ground.zarr", source=source)
    before = sum(source.reads.values())
    make(tmp_path / "ground.zarr", source=source)
    assert before == sum(source.reads.values()) == 36


def test_stopping_leaves_a_half_built_region_that_answers_and_says_how_much(whole, tmp_path):
    seen = []
    region = make(tmp_path / "ground.zarr", progress=seen.append, stop=lambda: len(seen) > 8)
    done = region.progress.done
    assert 0 < done < 36
    assert not region.complete
    assert region.valid.sum() == done
    scores = region.score(QUERIES[0])
    assert np.isfinite(scores[:done]).all()
    assert np.isnan(scores[done:]).all()
    percentiles = region.percentile(scores)
    assert np.isfinite(percentiles[:done]).all()
    assert np.isnan(percentiles[done:]).all()
    assert region.hash != whole[0].hash
    make(tmp_path / "ground.zarr")
    region.refresh()
    assert region.complete
    assert region.hash == whole[0].hash
    np.testing.assert_array_equal(region.score(QUERIES[0]), whole[0].score(QUERIES[0]))
    assert files_of(tmp_path / "ground.zarr") == files_of(whole[1])


def test_imagery_that_failed_for_a_while_is_tried_again_and_leaves_no_trace(whole, tmp_path):
    source = Ground(lambda lat, lon, nth: unavailable(lat, lon, nth) if lat > 1 and nth <= 2 else None)
    region = make(tmp_path / "ground.zarr", source=source, retries=2)
    assert region.progress == Progress(36, 0, 36)
    assert region.failures == []
    assert files_of(tmp_path / "ground.zarr") == files_of(whole[1])


def test_imagery_that_keeps_failing_is_marked_and_reported_and_a_later_run_tries_again(whole, tmp_path):
    cells = whole[0].cells
    bad = (cells.lat[13], cells.lon[13])
    path = tmp_path / "ground.zarr"
    source = Ground(lambda lat, lon, nth: unavailable(lat, lon, nth) if (lat, lon) == bad else None)
    region = make(path, source=source, retries=2)
    assert source.reads[bad] == 3
    assert region.progress == Progress(36, 1, 36)
    assert region.complete
    assert not region.valid[13]
    assert np.isnan(region.score(QUERIES[0])[13])
    assert region.failures == ["1 x the ground is closed"]
    others = np.delete(np.arange(36), 13)
    np.testing.assert_array_equal(region.vectors(0, 36)[others], whole[0].vectors(0, 36)[others])
    assert make(path).progress == Progress(36, 0, 36)
    assert files_of(path) == files_of(whole[1])


def test_where_there_is_no_imagery_cells_are_left_out_and_counted(whole, tmp_path):
    source = Ground(lambda lat, lon, nth: NoImagery("none here") if lon > 0 else None)
    region = make(tmp_path / "ground.zarr", source=source)
    assert region.progress == Progress(36, 0, 36, absent=18)
    assert (region.valid == (region.cells.lon < 0)).all()
    assert max(source.reads.values()) == 1
    here = region.valid
    np.testing.assert_array_equal(region.vectors(0, 36)[here], whole[0].vectors(0, 36)[here])


def test_a_region_with_no_imagery_at_all_is_complete_and_empty(tmp_path):
    region = make(tmp_path / "a.zarr", source=Ground(lambda lat, lon, nth: NoImagery("none here")))
    assert region.complete
    assert np.isnan(region.percentile(region.score(QUERIES[0]))).all()


def test_a_gsd_the_source_refuses_stops_the_build_at_once(tmp_path):
    with pytest.raises(InvalidPoint, match="gsd"):
        make(tmp_path / "a.zarr", source=open_imagery("null-island"), gsd=0.01)


def test_each_condition_is_a_slice_of_its_own(tmp_path):
    july, any_ = Condition(7, 14), Condition()
    region = make(tmp_path / "a.zarr", conditions=(july, any_))
    assert region.conditions == (july, any_)
    first, second = region.score(QUERIES[0], july), region.score(QUERIES[0], any_)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(region.score(QUERIES[0]), first)
    np.testing.assert_array_equal(second, make(tmp_path / "b.zarr").score(QUERIES[0]))
    with pytest.raises(InvalidRegion, match=r"condition: .*7-14.*1-any"):
        region.score(QUERIES[0], Condition(1))


@pytest.mark.parametrize("conditions", [(), (Condition(7, 14), Condition(), Condition(7, 14))])
def test_conditions_are_some_and_each_is_built_once(tmp_path, conditions):
    with pytest.raises(InvalidRegion, match=r"^condition: "):
        make(tmp_path / "a.zarr", conditions=conditions)
    assert not (tmp_path / "a.zarr").exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"checkpoint_hash": "deadbeef"}, "checkpoint_hash c0ffee, not deadbeef"),
        ({"scale": 3}, "scale 1, not 3"),
        ({"grid": Grid.over((0, 0, 1, 1), 9)}, "west"),
        ({"conditions": (Condition(7),)}, "conditions any, not 7-any"),
        ({"block": 16}, "block 8, not 16"),
        ({"background_queries": QUERIES[:2]}, "queries"),
    ],
)
def test_another_build_in_the_same_place_is_refused_by_name(whole, changed, words):
    before = files_of(whole[1])
    with pytest.raises(RegionMismatch, match=words):
        make(whole[1], **changed)
    assert files_of(whole[1]) == before


def test_what_is_not_a_region_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(RegionUnreadable, match="not empty"):
        make(tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def test_two_builds_of_one_region_do_not_run_at_once(tmp_path):
    path, refused = tmp_path / "a.zarr", []

    def meddling(chips, condition):
        if not refused:
            with pytest.raises(RegionUnreadable, match="another process") as caught:
                make(path)
            refused.append(caught.value)
        return embed(chips, condition)

    assert make(path, embed=meddling).complete
    assert refused


def test_an_encoder_that_gives_nonsense_is_not_stored(tmp_path):
    with pytest.raises(ValueError, match="direction"):
        make(tmp_path / "a.zarr", embed=lambda chips, condition: embed(chips, condition) * np.nan)
    assert Region.open(tmp_path / "a.zarr").progress.done == 0


@pytest.mark.skipif(not RASTER.is_file(), reason="the shared rasters are not here")
def test_a_real_raster_becomes_a_region_with_holes_only_outside_it(tmp_path):
    source = open_imagery(str(RASTER.resolve()))
    west, south, east, north = source.bounds
    grid = Grid.over((west - 0.02, south - 0.02, east + 0.02, north + 0.02), 13)
    region = make(tmp_path / "a.zarr", grid=grid, source=source, gsd=source.gsd)
    lat, lon = region.cells.lat, region.cells.lon
    inside = (lon > west + 0.02) & (lon < east - 0.02) & (lat > south + 0.02) & (lat < north - 0.02)
    outside = (lon < west) | (lon > east) | (lat < south) | (lat > north)
    assert region.valid[inside].all()
    assert inside.any()
    assert not region.valid[outside].any()
    assert outside.any()
    assert region.imagery == "raster:s2_dolomites_rgb_10m"


def test_a_region_finished_again_is_never_read_half_way(tmp_path, monkeypatch):
    """A cell that keeps failing makes the next build measure the background anew; it may be killed just then."""
    first = Grid.over(BOX, 9).cells
    closed = (first.lat[0], first.lon[0])

    def trouble(lat, lon, nth):
        return unavailable(lat, lon, nth) if (lat, lon) == closed else None

    path = tmp_path / "ground.zarr"
    assert make(path, source=Ground(trouble), retries=1).complete
    made = store._make

    def killed(group, name, *more):
        made(group, name, *more)
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_make", killed)
    with pytest.raises(KeyboardInterrupt):
        make(path, source=Ground(trouble), retries=1)
    region = Region.open(path)
    assert not region.complete
    assert region.background.any()
