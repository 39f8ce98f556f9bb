"""The workers: every job ends or is begun again, whatever stands in the table and whatever goes wrong meanwhile."""

import asyncio
import dataclasses
import errno
import json
import os
import sqlite3
import threading
import time

import pytest

from server.concurrency.retry import RetryPolicy
from server.concurrency.supervised import Supervisor
from server.errors import SoundFailed, Unavailable
from server.sound.orders import UNREADABLE
from tests.server.sound.sounding import FOREIGN, ORDER, Noise, content, running, seeds, until, write_row


@pytest.mark.parametrize(
    ("caption", "reason"), [("nothing", "caption: means nothing"), ("crash", "Something went wrong here")]
)
def test_a_job_that_fails_says_why_and_the_next_is_rendered(make, caption, reason):
    bad = dataclasses.replace(ORDER, caption=caption)

    async def main(jobs):
        with pytest.raises(SoundFailed, match=reason):
            await content(jobs, bad)
        assert await content(jobs, ORDER)
        return jobs.job(bad.key)

    job = running(make(), main)
    assert (job.state, "secret" in job.reason) == ("failed", False)


def test_an_engine_that_is_gone_fails_its_jobs_with_what_it_needs(make):
    order = dataclasses.replace(ORDER, engine="tangoflux")

    async def main(jobs):
        with pytest.raises(SoundFailed, match="earshot pull tangoflux"):
            await content(jobs, order)

    running(make(), main)


def test_a_full_disk_fails_the_job_and_the_service_lives(make, monkeypatch):
    real = os.fsync

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def main(jobs):
        monkeypatch.setattr("server.concurrency.files.os.fsync", full)
        with pytest.raises(SoundFailed, match="disk is full"):
            await content(jobs, ORDER)
        monkeypatch.setattr("server.concurrency.files.os.fsync", real)
        return await content(jobs, ORDER)

    assert running(make(), main)


def test_progress_is_told_while_a_job_is_rendered(make, noise, monkeypatch):
    monkeypatch.setattr("server.sound.worker.TELL_SECONDS", 0.0)
    noise.gate.clear()

    async def main(jobs):
        await jobs.accept(ORDER)
        told = []
        async for job in jobs.follow(ORDER.key):
            told.append((job.state, job.percent))
            if job.percent:
                noise.gate.set()
        return told

    told = running(make(), main)
    assert ("running", 25) in told
    assert told[-1] == ("done", 100)


def test_what_is_heavy_holds_up_nothing_that_is_quick(make):
    heavy = Noise()
    heavy.gate.clear()

    async def main(jobs):
        order = dataclasses.replace(ORDER, engine="tangoflux", steps=50, guidance=4.5)
        await jobs.accept(order)
        await until(jobs, order.key, "running")
        assert await content(jobs, ORDER)
        assert jobs.job(order.key).state == "running"

    running(make(tangoflux=heavy), main)


def test_a_restart_goes_on_with_what_was_promised_and_gives_the_same_bytes(make, noise):
    noise.gate.clear()

    async def promise(jobs):
        for order in seeds(5):
            await jobs.accept(order)
        await until(jobs, ORDER.key, "running")

    async def finish(jobs):
        noise.gate.set()
        for order in seeds(5):
            await until(jobs, order.key, "done")
        return [await content(jobs, order, "ogg") for order in seeds(5)]

    running(make(), promise)
    files = running(make(), finish)
    assert sorted(noise.rendered) == [("wind", seed) for seed in range(5)]
    assert len(set(files)) == 5


def test_of_two_that_share_a_folder_one_works_for_both_and_the_other_takes_over(make, noise):
    async def main(first):
        second = make()
        second.start(Supervisor())
        try:
            assert await content(second, ORDER)
            await first._tasks[0].stop()
            assert await content(second, seeds(2)[1])
        finally:
            await second.close()

    running(make(), main)
    assert len(noise.rendered) == 2


def test_a_worker_goes_on_when_the_table_was_locked_for_long(make, tmp_path, monkeypatch):
    monkeypatch.setattr("server.sound.worker.PAUSE_SECONDS", 0.05)

    async def main(jobs):
        jobs.store._writer.execute("PRAGMA busy_timeout = 10")
        with sqlite3.connect(tmp_path / "jobs" / "jobs.sqlite", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable):
                await jobs.accept(ORDER)
            time.sleep(0.1)
            other.execute("COMMIT")
        other.close()
        return await content(jobs, ORDER)

    assert running(make(), main)


def table_of(jobs):
    return jobs.sounds.folder.parent / "jobs" / "jobs.sqlite"


@pytest.fixture
def hasty(monkeypatch):
    """Failures are tried again at once."""
    monkeypatch.setattr("server.sound.worker.RETRY", RetryPolicy(first=0.01, most=0.01, attempts=3))
    monkeypatch.setattr("server.sound.worker.POLL_SECONDS", 0.02)


def test_jobs_that_cannot_be_read_fail_alone_and_by_name_and_the_others_are_rendered_also_after_a_restart(
    make, noise, caplog
):
    async def first(jobs):
        for number, text in enumerate(FOREIGN.values()):
            write_row(table_of(jobs), f"bad {number}", text, number=-number)  # before all others
        for order in seeds(3):
            await jobs.accept(order)
        for order in seeds(3):
            assert (await until(jobs, order.key, "done")).ended

    async def again(jobs):
        assert await content(jobs, dataclasses.replace(ORDER, seed=77))
        return [(jobs.store.state(f"bad {number}"), jobs.job(f"bad {number}").reason) for number in range(len(FOREIGN))]

    running(make(), first)
    assert running(make(), again) == [("failed", UNREADABLE)] * len(FOREIGN)
    assert [seed for _, seed in noise.rendered] == [0, 1, 2, 77]
    for number in range(len(FOREIGN)):
        assert f"sound bad {number} failed" in caplog.text


def test_who_waits_for_a_job_that_cannot_be_read_is_told_at_once(make):
    async def main(jobs):
        write_row(table_of(jobs), "bad", FOREIGN["cut"])
        return [job async for job in jobs.follow("bad")]

    (told,) = running(make(), main)
    assert (told.state, told.reason) == ("failed", UNREADABLE)


def test_a_job_whose_order_has_another_address_here_ends_under_its_own_id(make):
    async def main(jobs):
        told = {name: value for name, value in json.loads(ORDER.to_json()).items() if name != "place"}
        write_row(table_of(jobs), "old", json.dumps(told))  # as a version wrote it that knew no places
        return await until(jobs, "old", "done")

    assert running(make(), main).order == ORDER


def test_a_job_that_fails_by_a_fault_of_ours_is_tried_again_and_done(make, noise, hasty):
    noise.failures = [ImportError("cannot import name 'BertConfig'"), OSError("a bad moment")]

    async def main(jobs):
        assert await content(jobs, ORDER)
        return jobs.job(ORDER.key)

    job = running(make(), main)
    assert (job.state, job.reason) == ("done", "")
    assert noise.tried == 3


def test_a_job_that_always_fails_by_a_fault_of_ours_is_given_up_after_three_times(make, noise, hasty):
    noise.failures = [RuntimeError("a secret")] * 9

    async def main(jobs):
        with pytest.raises(SoundFailed, match="Something went wrong here"):
            await content(jobs, ORDER)
        tried = noise.tried
        noise.failures.clear()
        assert await content(jobs, ORDER)  # asked for anew, it is tried anew
        return tried

    assert running(make(), main) == 3


def test_what_a_request_is_refused_for_is_not_tried_again(make, noise):
    async def main(jobs):
        with pytest.raises(SoundFailed, match="means nothing"):
            await content(jobs, dataclasses.replace(ORDER, caption="nothing"))

    running(make(), main)
    assert noise.tried == 1


def test_a_job_that_waits_to_be_tried_again_holds_up_no_other_and_is_not_lost_by_a_restart(make, noise, monkeypatch):
    monkeypatch.setattr("server.sound.worker.RETRY", RetryPolicy(first=600.0, most=600.0, attempts=3))
    bad, good = seeds(2)

    async def main(jobs):
        noise.failures = [RuntimeError("a secret")]
        await jobs.accept(bad)
        assert await content(jobs, good)
        return jobs.job(bad.key).state

    async def again(jobs):
        return await until(jobs, bad.key, "done")

    assert running(make(), main) == "queued"
    assert running(make(), again).ended


def test_a_job_called_off_while_it_waits_to_be_tried_again_stays_so(make, noise, monkeypatch):
    monkeypatch.setattr("server.sound.worker.RETRY", RetryPolicy(first=600.0, most=600.0, attempts=3))
    noise.failures = [RuntimeError("a secret")]

    async def main(jobs):
        await jobs.accept(ORDER)
        while not (noise.tried and jobs.job(ORDER.key).state == "queued"):
            await asyncio.sleep(0.01)
        return (await jobs.cancel(ORDER.key)).state

    assert running(make(), main) == "cancelled"


@pytest.mark.parametrize("where", ["waits", "claim", "end", "resume"])
def test_whatever_breaks_around_a_job_is_logged_and_told_and_the_lane_goes_on(make, monkeypatch, caplog, where):
    monkeypatch.setattr("server.sound.queue.RESTART", RetryPolicy(first=0.01, most=0.01))
    jobs = make()
    real, broken = getattr(jobs.store, where), threading.Event()

    def breaks_once(*args, **options):
        if not broken.is_set():
            broken.set()
            raise ValueError("out of nowhere")
        return real(*args, **options)

    monkeypatch.setattr(jobs.store, where, breaks_once)

    async def main(jobs):
        return await content(jobs, ORDER)

    assert running(jobs, main)
    assert broken.is_set()
    assert "out of nowhere" in caplog.text


def test_a_worker_that_cannot_work_is_named_in_the_servers_troubles_until_it_can(make, monkeypatch):
    monkeypatch.setattr("server.sound.queue.RESTART", RetryPolicy(first=600.0, most=600.0))
    jobs, supervisor = make(), Supervisor()
    monkeypatch.setattr(jobs.store, "waits", lambda engines: 1 / 0 if "foley" in engines else False)

    async def main():
        jobs.start(supervisor)
        while not supervisor.troubles:
            await asyncio.sleep(0.01)
        await jobs.close()
        return supervisor.failures

    assert asyncio.run(main()) == {"quick sounds": 1, "heavy sounds": 0}


def test_workers_end_when_they_are_closed_and_leave_no_thread(make):
    async def main(jobs):
        assert await content(jobs, ORDER)

    before = set(threading.enumerate())  # tests beside this one may have workers of their own
    running(make(), main)
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("sounds ")]
