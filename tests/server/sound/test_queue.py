"""Jobs: promised once, rendered in turn, called off, and found again after whatever happens."""

import asyncio
import contextlib
import dataclasses
import errno
import os
import sqlite3
import time

import pytest

from server.errors import JobEnded, NotFound, Overloaded, SoundFailed, StartError, Unavailable
from server.settings import Settings
from server.sound.cache import Sounds
from server.sound.engines import RECORDING
from server.sound.orders import SoundOrder
from server.sound.queue import Jobs
from server.sound.store import JobStore
from tests.server.sound.sounding import Noise, engines_of

ORDER = SoundOrder("foley", "wind", 1.0, 0, release="1")
LANES = [(RECORDING, "foley"), ("tangoflux",)]


@pytest.fixture
def noise():
    return Noise()


@pytest.fixture
def make(tmp_path, noise):
    """Jobs around one folder; each is another process that shares it, as far as the folder can tell."""

    def jobs(max_queued_sounds=300, **opened):
        settings = Settings(data_dir=tmp_path, max_queued_sounds=max_queued_sounds)
        engines = engines_of(**{"foley": noise, **opened})
        return Jobs(Sounds(settings.folder("sounds"), 10_000_000, engines), settings)

    return jobs


@pytest.fixture
def store(tmp_path):
    opened = JobStore(tmp_path / "jobs.sqlite", 3, LANES)
    yield opened
    opened.close()


def seeds(count):
    return [dataclasses.replace(ORDER, seed=seed) for seed in range(count)]


def running(jobs, main):
    async def whole():
        jobs.start()
        try:
            return await main(jobs)
        finally:
            await jobs.close()

    return asyncio.run(whole())


async def until(jobs, id, *states):
    async with contextlib.aclosing(jobs.follow(id)) as changes:
        async for job in changes:
            if job.state in states:
                return job
    raise AssertionError(f"{id} ended without being {states}")


def promise_all(store, orders):
    for order in orders:
        store.accept(order, ready=True)


def test_jobs_wait_for_their_turn_each_in_its_own_lane(store):
    heavy = dataclasses.replace(ORDER, engine="tangoflux")
    for order in (ORDER, heavy, seeds(2)[1]):
        store.accept(order, ready=False)
    assert [store.job(order.key).position for order in (ORDER, heavy, seeds(2)[1])] == [1, 1, 2]
    assert store.claim(LANES[0]) == ORDER
    assert store.job(ORDER.key).position is None
    assert [store.job(order.key).position for order in (heavy, seeds(2)[1])] == [1, 1]
    assert store.claim(LANES[1]) == heavy
    assert store.claim(LANES[1]) is None


def test_a_recording_goes_before_what_has_to_be_made_and_keeps_its_turn_among_recordings(store):
    made = seeds(1)
    heard = [dataclasses.replace(ORDER, recording=id) for id in ("r-surf", "r-birds")]
    for order in (*made, *heard):
        store.accept(order, ready=False)
    assert [store.job(order.key).position for order in (*heard, *made)] == [1, 2, 3]
    assert [store.claim(("foley",)) for _ in range(3)] == [*heard, *made]


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


def test_fifty_who_ask_for_the_same_at_once_get_one_render(make, noise):
    noise.gate.clear()

    async def main(jobs):
        asked = [asyncio.create_task(jobs.ask(ORDER, "ogg", 20)) for _ in range(50)]
        await until(jobs, (await jobs.accept(ORDER)).id, "running")
        assert jobs.state(ORDER) == "rendering"
        noise.gate.set()
        return await asyncio.gather(*asked)

    paths = running(make(), main)
    assert len(set(paths)) == 1
    assert len(noise.rendered) == 1


def test_an_impatient_request_is_told_to_come_back_and_the_sound_is_finished_meanwhile(make, noise):
    noise.gate.clear()

    async def main(jobs):
        early = await jobs.ask(ORDER, "wav", 0.1)
        noise.gate.set()
        return early, await jobs.ask(ORDER, "wav", 20), jobs.bell.listeners

    early, late, listeners = running(make(), main)
    assert early is None
    assert late.is_file()
    assert len(noise.rendered) == 1
    assert listeners == 0


def test_a_request_that_goes_away_leaves_the_job_and_nothing_else(make, noise):
    noise.gate.clear()

    async def main(jobs):
        leaving = asyncio.create_task(jobs.ask(ORDER, "wav", 20))
        await until(jobs, (await jobs.accept(ORDER)).id, "running")
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        noise.gate.set()
        await until(jobs, ORDER.key, "done")
        return jobs.bell.listeners

    assert running(make(), main) == 0


def test_a_queued_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(make, noise):
    noise.gate.clear()
    first, second = seeds(2)

    async def main(jobs):
        await jobs.accept(first)
        await until(jobs, first.key, "running")
        await jobs.accept(second)
        assert (await jobs.cancel(second.key)).state == "cancelled"
        assert (await jobs.cancel(first.key)).state == "cancelled"
        waiting = asyncio.create_task(jobs.ask(first, "wav", 20))  # asked for anew
        await asyncio.sleep(0.2)
        noise.gate.set()
        assert (await waiting).is_file()
        assert (await jobs.cancel(first.key)).state == "done"
        with pytest.raises(NotFound):
            await jobs.cancel("unknown")
        return jobs.job(second.key).state

    assert running(make(), main) == "cancelled"
    assert noise.rendered == [("wind", 0)]


def test_who_waits_for_a_job_that_is_cancelled_is_told(make, noise):
    noise.gate.clear()

    async def main(jobs):
        waiting = asyncio.create_task(jobs.ask(ORDER, "wav", 20))
        await until(jobs, (await jobs.accept(ORDER)).id, "running")
        await asyncio.sleep(0.1)
        await jobs.cancel(ORDER.key)
        with pytest.raises(JobEnded, match="cancelled"):
            await waiting

    running(make(), main)


@pytest.mark.parametrize(
    ("caption", "reason"), [("nothing", "caption: means nothing"), ("crash", "Something went wrong here")]
)
def test_a_job_that_fails_says_why_and_the_next_is_rendered(make, caption, reason):
    bad = dataclasses.replace(ORDER, caption=caption)

    async def main(jobs):
        with pytest.raises(SoundFailed, match=reason):
            await jobs.ask(bad, "wav", 20)
        assert (await jobs.ask(ORDER, "wav", 20)).is_file()
        return jobs.job(bad.key)

    job = running(make(), main)
    assert (job.state, "secret" in job.reason) == ("failed", False)


def test_an_engine_that_is_gone_fails_its_jobs_with_what_it_needs(make):
    order = dataclasses.replace(ORDER, engine="tangoflux")

    async def main(jobs):
        with pytest.raises(SoundFailed, match="earshot pull tangoflux"):
            await jobs.ask(order, "wav", 20)

    running(make(), main)


def test_a_full_disk_fails_the_job_and_the_service_lives(make, monkeypatch):
    real = os.fsync

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def main(jobs):
        monkeypatch.setattr("server.sound.cache.os.fsync", full)
        with pytest.raises(SoundFailed, match="disk is full"):
            await jobs.ask(ORDER, "wav", 20)
        monkeypatch.setattr("server.sound.cache.os.fsync", real)
        return await jobs.ask(ORDER, "wav", 20)

    assert running(make(), main).is_file()


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
        assert (await jobs.ask(ORDER, "wav", 20)).is_file()
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
        return [(await jobs.ask(order, "ogg", 20)).read_bytes() for order in seeds(5)]

    running(make(), promise)
    files = running(make(), finish)
    assert sorted(noise.rendered) == [("wind", seed) for seed in range(5)]
    assert len(set(files)) == 5


def test_of_two_that_share_a_folder_one_works_for_both_and_the_other_takes_over(make, noise):
    async def main(first):
        second = make()
        second.start()
        try:
            assert (await second.ask(ORDER, "wav", 20)).is_file()
            await asyncio.to_thread(first._workers[0].close)
            assert (await second.ask(seeds(2)[1], "wav", 20)).is_file()
        finally:
            await second.close()

    running(make(), main)
    assert len(noise.rendered) == 2


def test_an_evicted_sound_is_rendered_again_when_it_is_asked_for(make, noise):
    async def main(jobs):
        first = (await jobs.ask(ORDER, "ogg", 20)).read_bytes()
        for path in jobs.sounds.folder.iterdir():
            path.unlink()
        assert jobs.state(ORDER) == "on-request"
        return first == (await jobs.ask(ORDER, "ogg", 20)).read_bytes()

    assert running(make(), main)
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
        return await jobs.ask(ORDER, "wav", 20)

    assert running(make(), main).is_file()
