"""The table of jobs: what is promised is there, in its turn, and can be told whatever was written into it."""

import contextlib
import dataclasses
import json
import sqlite3

import pytest

from server.errors import Overloaded, StartError, Unavailable
from server.sound.orders import UNREADABLE
from server.sound.store import JobStore
from tests.server.sound.sounding import FOREIGN, LANES, ORDER, seeds, write_row


def promise_all(store, orders):
    for order in orders:
        store.accept(order, ready=True)


def test_jobs_wait_for_their_turn_each_in_its_own_lane(store):
    heavy = dataclasses.replace(ORDER, engine="tangoflux")
    for order in (ORDER, heavy, seeds(2)[1]):
        store.accept(order, ready=False)
    assert [store.job(order.key).position for order in (ORDER, heavy, seeds(2)[1])] == [1, 1, 2]
    assert store.claim(LANES[0]).id == ORDER.key
    assert store.job(ORDER.key).position is None
    assert [store.job(order.key).position for order in (heavy, seeds(2)[1])] == [1, 1]
    assert store.claim(LANES[1]).id == heavy.key
    assert store.claim(LANES[1]) is None


def test_a_recording_goes_before_what_has_to_be_made_and_keeps_its_turn_among_recordings(store):
    made = seeds(1)
    heard = [dataclasses.replace(ORDER, recording=id) for id in ("r-surf", "r-birds")]
    for order in (*made, *heard):
        store.accept(order, ready=False)
    assert [store.job(order.key).position for order in (*heard, *made)] == [1, 2, 3]
    assert [store.claim(("foley",)).id for _ in range(3)] == [order.key for order in (*heard, *made)]


def test_more_than_may_be_promised_is_refused_and_what_is_promised_is_not(store):
    for order in seeds(3):
        store.accept(order, ready=False)
    with pytest.raises(Overloaded) as refused:
        store.accept(seeds(4)[3], ready=False)
    assert refused.value.retry_after >= 1
    store.accept(ORDER, ready=False)  # promised already
    store.accept(seeds(4)[3], ready=True)  # there already


def test_what_ended_without_a_sound_or_lost_it_is_promised_anew(store):
    for end in ("failed", "done"):
        store.accept(ORDER, ready=False)
        store.claim(LANES[0])
        store.end(ORDER.key, end, "why")
        assert store.state(ORDER.key) == end
    store.accept(ORDER, ready=True)
    assert store.state(ORDER.key) == "done"
    store.accept(ORDER, ready=False)
    assert (store.state(ORDER.key), store.job(ORDER.key).reason) == ("queued", "")


def test_a_cancelled_job_stays_cancelled_whatever_its_worker_says_of_it(store):
    store.accept(ORDER, ready=False)
    store.claim(LANES[0])
    store.cancel(ORDER.key)
    store.progress(ORDER.key, 50)
    store.end(ORDER.key, "done")
    job = store.job(ORDER.key)
    assert (job.state, job.percent) == ("cancelled", 0)


def test_a_table_that_is_none_refuses_the_start_and_a_disk_that_is_full_the_promise(tmp_path, store):
    (tmp_path / "other.sqlite").write_bytes(b"not a table" * 1000)
    with pytest.raises(StartError, match=r"other\.sqlite"):
        JobStore(tmp_path / "other.sqlite", 3, LANES)
    pages = store._writer.execute("PRAGMA page_count").fetchone()[0]
    store._writer.execute(f"PRAGMA max_page_count = {pages}")  # as SQLite says when the disk takes no more
    with pytest.raises(Unavailable, match="full"):
        promise_all(store, seeds(200))
    store._writer.execute("PRAGMA max_page_count = 100000")
    store.accept(dataclasses.replace(ORDER, seed=999), ready=False)


def test_the_ended_are_forgotten_when_there_are_too_many(store, monkeypatch):
    monkeypatch.setattr("server.sound.store.MAX_ENDED", 5)
    for order in seeds(9):
        store.accept(order, ready=True)
    assert [store.state(order.key) for order in seeds(9)] == [None] * 4 + ["done"] * 5


@pytest.mark.parametrize("request_text", FOREIGN.values(), ids=FOREIGN)
def test_an_order_that_cannot_be_read_is_told_as_failed_with_its_words_and_keeps_no_other_from_its_turn(
    store, tmp_path, request_text
):
    store.accept(ORDER, ready=False)
    write_row(tmp_path / "jobs.sqlite", "bad", request_text)
    bad = store.job("bad")
    assert (bad.state, bad.reason, bad.ended, bad.position) == ("failed", UNREADABLE, True, None)
    assert bad.order.engine == "foley"
    assert bad.order.caption in ("wind", "")
    assert store.job(ORDER.key).position in (1, 2)
    claims = [store.claim(LANES[0]) for _ in range(3)]
    assert {claim.id for claim in claims[:2]} == {"bad", ORDER.key}
    assert claims[2] is None


def test_an_order_of_an_older_version_that_lacks_what_has_a_default_is_read(store, tmp_path):
    told = {name: value for name, value in json.loads(ORDER.to_json()).items() if name not in ("loop", "place")}
    write_row(tmp_path / "jobs.sqlite", "old", json.dumps(told))
    assert (store.job("old").order, store.job("old").state) == (ORDER, "queued")


def test_a_job_that_was_called_off_stays_so_even_if_it_cannot_be_read(store, tmp_path):
    write_row(tmp_path / "jobs.sqlite", "bad", "", state="cancelled")
    assert (store.job("bad").state, store.job("bad").reason) == ("cancelled", "")


def test_a_state_or_an_engine_that_is_unknown_here_counts_as_failed_and_takes_no_room(store, tmp_path):
    write_row(tmp_path / "jobs.sqlite", "dreaming", ORDER.to_json(), state="dreaming")
    for number in range(3):
        write_row(tmp_path / "jobs.sqlite", f"moog {number}", ORDER.to_json(), engine="moog")
    assert [store.job(id).state for id in ("dreaming", "moog 0")] == ["failed", "failed"]
    assert store.state("moog 0") == "queued"  # a server that has the engine may share the table
    for order in seeds(3):
        store.accept(order, ready=False)
    assert store.job(seeds(3)[2].key).position == 3


def test_text_that_is_no_text_any_more_is_still_a_job(store, tmp_path):
    write_row(tmp_path / "jobs.sqlite", "bad", "x")
    with contextlib.closing(sqlite3.connect(tmp_path / "jobs.sqlite", isolation_level=None)) as table:
        table.execute("UPDATE jobs SET request = CAST(x'fffe' AS TEXT)")
    assert store.job("bad").state == "failed"
    assert store.claim(LANES[0]).id == "bad"


def test_a_job_that_is_to_be_tried_later_is_passed_over_and_keeps_its_turn(store):
    first, second = seeds(2)
    for order in (first, second):
        store.accept(order, ready=False)
    assert store.claim(LANES[0]).id == first.key
    store.requeue(first.key)
    assert store.job(first.key).position == 1
    assert store.claim(LANES[0], but=[first.key]).id == second.key
    assert store.claim(LANES[0], but=[first.key]) is None
    assert store.claim(LANES[0]).id == first.key


def test_only_what_runs_is_put_back_into_the_queue(store):
    store.accept(ORDER, ready=False)
    store.claim(LANES[0])
    store.cancel(ORDER.key)
    store.requeue(ORDER.key)
    assert store.state(ORDER.key) == "cancelled"


def test_what_ran_when_its_worker_died_is_queued_again_in_its_own_lane(store):
    heavy = dataclasses.replace(ORDER, engine="tangoflux")
    for order, lane in ((ORDER, LANES[0]), (heavy, LANES[1])):
        store.accept(order, ready=False)
        store.claim(lane)
    assert store.resume(LANES[0]) == 1
    assert [store.state(order.key) for order in (ORDER, heavy)] == ["queued", "running"]


def test_jobs_are_counted_by_state(store):
    for order in seeds(3):
        store.accept(order, ready=False)
    store.claim(LANES[0])
    store.end(ORDER.key, "failed", "why")
    assert store.counts() == {"queued": 2, "running": 0, "done": 0, "failed": 1, "cancelled": 0}


def test_progress_is_of_running_jobs_alone(store):
    store.accept(ORDER, ready=False)
    store.progress(ORDER.key, 50)
    assert store.job(ORDER.key).percent == 0
    store.claim(LANES[0])
    store.progress(ORDER.key, 50)
    assert store.job(ORDER.key).percent == 50
    store.end(ORDER.key, "done")
    assert store.job(ORDER.key).percent == 100


def test_a_table_that_is_locked_answers_unavailable_with_when_to_come_back(store, tmp_path):
    store._writer.execute("PRAGMA busy_timeout = 10")
    with contextlib.closing(sqlite3.connect(tmp_path / "jobs.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable) as refused:
            store.accept(ORDER, ready=False)
        assert store.job(ORDER.key) is None  # reading goes on
    assert refused.value.retry_after >= 1
    store.accept(ORDER, ready=False)
    assert store.state(ORDER.key) == "queued"
