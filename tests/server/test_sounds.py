"""Sounds: rendered once, kept whole under their content's address, dropped when there are too many."""

import asyncio
import dataclasses
import threading

import numpy as np
import pytest

from model.errors import SynthesisError
from model.synthesis import Clip
from server.errors import Overloaded
from server.sounds import LOUDNESS, MAX_RENDERING, SoundJob, SoundStore

JOB = SoundJob("foley", "wind", 1.0, 0, "wav", release="1")


class Noise:
    """Composes seeded noise, counts how often, and can be held up."""

    def __init__(self) -> None:
        self.composed: list[SoundJob] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, job: SoundJob) -> Clip:
        self.gate.wait(10)
        self.composed.append(job)
        if job.caption == "nothing":
            raise SynthesisError("caption: means nothing")
        rng = np.random.default_rng(job.seed)
        return Clip(rng.normal(0, 0.1, (2, int(8000 * job.seconds))).astype(np.float32), 8000)


@pytest.fixture
def noise():
    return Noise()


@pytest.fixture
def store(tmp_path, noise):
    return SoundStore(tmp_path, 10_000_000, noise)


def in_loop(store, *steps):
    async def main():
        try:
            return [await step() for step in steps]
        finally:
            await store.close()

    return asyncio.run(main())


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(SoundJob)])
def test_whatever_changes_the_sound_changes_its_address(field):
    other = {"seconds": 2.0, "seed": 1, "format": "ogg"}.get(field, "other")
    assert dataclasses.replace(JOB, **{field: other}).key != JOB.key
    assert dataclasses.replace(JOB).key == JOB.key


def test_a_sound_is_kept_at_the_promised_loudness(store):
    clip = Clip.read(store.render(JOB))
    assert clip.loudness == pytest.approx(LOUDNESS, abs=0.2)
    assert clip.seconds == 1.0


def test_the_same_job_asked_for_at_once_and_again_is_rendered_once(store, noise):
    noise.gate.clear()

    async def together():
        asked = [asyncio.create_task(store.ask(JOB, 10)) for _ in range(5)]
        await asyncio.sleep(0.01)
        assert store.state(JOB) == "rendering"
        noise.gate.set()
        return await asyncio.gather(*asked)

    (paths,) = in_loop(store, together)
    assert len(set(paths)) == 1
    assert len(noise.composed) == 1
    assert store.state(JOB) == "ready"
    store.render(JOB)
    assert len(noise.composed) == 1


def test_an_impatient_request_is_told_to_come_back_and_the_sound_is_finished_meanwhile(store, noise):
    noise.gate.clear()

    async def impatient():
        return await store.ask(JOB, 0.01)

    async def later():
        noise.gate.set()
        return await store.ask(JOB, 10)

    early, late = in_loop(store, impatient, later)
    assert early is None
    assert late.is_file()
    assert len(noise.composed) == 1


def test_a_request_that_goes_away_does_not_stop_the_sound_others_wait_for(store, noise):
    noise.gate.clear()

    async def one_leaves():
        leaving = asyncio.create_task(store.ask(JOB, 10))
        staying = asyncio.create_task(store.ask(JOB, 10))
        await asyncio.sleep(0.01)
        leaving.cancel()
        noise.gate.set()
        return await staying

    (path,) = in_loop(store, one_leaves)
    assert path.is_file()


def test_a_caption_the_engine_refuses_leaves_nothing_behind_and_can_be_asked_again(store, tmp_path):
    job = dataclasses.replace(JOB, caption="nothing")

    async def ask():
        with pytest.raises(SynthesisError):
            await store.ask(job, 10)
        return store.state(job)

    assert in_loop(store, ask, ask) == ["on-request", "on-request"]
    assert list(tmp_path.iterdir()) == []


def test_too_many_sounds_at_once_are_refused(store, noise):
    noise.gate.clear()

    async def many():
        asked = [
            asyncio.create_task(store.ask(dataclasses.replace(JOB, seed=seed), 0.01)) for seed in range(MAX_RENDERING)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await store.ask(dataclasses.replace(JOB, seed=9999), 0.01)
        await asyncio.gather(*asked)
        noise.gate.set()

    in_loop(store, many)


def test_the_sounds_longest_unheard_leave_when_the_folder_is_full(tmp_path, noise):
    import os

    store = SoundStore(tmp_path, 70_000, noise)  # a second of 16-bit stereo at 8 kHz is 32 kB
    jobs = [dataclasses.replace(JOB, seed=seed) for seed in range(3)]
    for age, job in enumerate(jobs[:2]):
        os.utime(store.render(job), (1000 + age, 1000 + age))
    store.render(jobs[2])
    assert [store.state(job) for job in jobs] == ["on-request", "ready", "ready"]


def test_a_sound_larger_than_the_folder_is_still_answered(tmp_path, noise):
    store = SoundStore(tmp_path, 100, noise)
    assert store.render(JOB).is_file()
