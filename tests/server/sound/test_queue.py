"""Jobs: promised once, called off, waited for by many, and made again when they were dropped."""

import asyncio

import pytest

from server.errors import JobEnded, NotFound, SoundFailed
from tests.server.sound.sounding import ORDER, content, running, seeds, until


def test_fifty_who_ask_for_the_same_at_once_get_one_render(make, noise):
    noise.gate.clear()

    async def main(jobs):
        asked = [asyncio.create_task(content(jobs, ORDER, "ogg")) for _ in range(50)]
        await until(jobs, (await jobs.accept(ORDER)).id, "running")
        assert jobs.state(ORDER) == "rendering"
        noise.gate.set()
        return await asyncio.gather(*asked)

    contents = running(make(), main)
    assert len(set(contents)) == 1
    assert len(noise.rendered) == 1


def test_an_impatient_request_is_told_to_come_back_and_the_sound_is_finished_meanwhile(make, noise):
    noise.gate.clear()

    async def main(jobs):
        early = await content(jobs, ORDER, patience=0.1)
        noise.gate.set()
        return early, await content(jobs, ORDER), jobs.notifier.listeners

    early, late, listeners = running(make(), main)
    assert early is None
    assert late
    assert len(noise.rendered) == 1
    assert listeners == 0


def test_a_request_that_goes_away_leaves_the_job_and_nothing_else(make, noise):
    noise.gate.clear()

    async def main(jobs):
        leaving = asyncio.create_task(content(jobs, ORDER))
        await until(jobs, (await jobs.accept(ORDER)).id, "running")
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        noise.gate.set()
        await until(jobs, ORDER.key, "done")
        return jobs.notifier.listeners

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
        waiting = asyncio.create_task(content(jobs, first))  # asked for anew
        await asyncio.sleep(0.2)
        noise.gate.set()
        assert await waiting
        assert (await jobs.cancel(first.key)).state == "done"
        with pytest.raises(NotFound):
            await jobs.cancel("unknown")
        return jobs.job(second.key).state

    assert running(make(), main) == "cancelled"
    assert noise.rendered == [("wind", 0)]


def test_who_waits_for_a_job_that_is_cancelled_is_told(make, noise):
    noise.gate.clear()

    async def main(jobs):
        waiting = asyncio.create_task(content(jobs, ORDER))
        await until(jobs, (await jobs.accept(ORDER)).id, "running")
        await asyncio.sleep(0.1)
        await jobs.cancel(ORDER.key)
        with pytest.raises(JobEnded, match="cancelled"):
            await waiting

    running(make(), main)


def test_an_evicted_sound_is_rendered_again_when_it_is_asked_for(make, noise):
    async def main(jobs):
        first = await content(jobs, ORDER, "ogg")
        for path in jobs.sounds.folder.iterdir():
            path.unlink()
        assert jobs.state(ORDER) == "on-request"
        return first == await content(jobs, ORDER, "ogg")

    assert running(make(), main)
    assert len(noise.rendered) == 2


def test_a_sound_that_is_dropped_between_its_rendering_and_its_sending_is_rendered_again(make, noise, monkeypatch):
    jobs = make()
    real, dropped = jobs.sounds.open, []

    def drops_once(order, format):
        if noise.rendered and not dropped:
            dropped.append(order)
            for path in jobs.sounds.folder.iterdir():
                path.unlink()
        return real(order, format)

    monkeypatch.setattr(jobs.sounds, "open", drops_once)

    async def main(jobs):
        return await content(jobs, ORDER)

    assert running(jobs, main)
    assert len(noise.rendered) == 2


def test_the_waveform_of_a_sound_that_was_dropped_is_drawn_of_a_new_rendering(make, noise):
    async def main(jobs):
        first = await jobs.peaks(ORDER, 20, 20)
        for path in jobs.sounds.folder.iterdir():
            path.unlink()
        return first, await jobs.peaks(ORDER, 20, 20)

    first, second = running(make(), main)
    assert first == second
    assert len(first.peaks) == 20
    assert len(noise.rendered) == 2


def test_a_waveform_that_takes_long_is_waited_for_no_longer_than_a_sound(make, noise):
    noise.gate.clear()

    async def main(jobs):
        early = await jobs.peaks(ORDER, 20, 0.1)
        noise.gate.set()
        return early

    assert running(make(), main) is None


@pytest.mark.parametrize("steps", range(4))
def test_who_gives_up_waiting_as_news_arrives_waits_no_longer(make, noise, steps):
    noise.gate.clear()

    async def main(jobs):
        job = await jobs.accept(ORDER)
        await until(jobs, job.id, "running")
        follower = asyncio.create_task(until(jobs, job.id, "done"))
        await asyncio.sleep(0.01)
        jobs.notifier.notify()
        for _ in range(steps):  # of the loop, by which the news has come that far
            await asyncio.sleep(0)
        follower.cancel()
        gone, _ = await asyncio.wait({follower}, timeout=2)
        noise.gate.set()
        return gone

    assert running(make(), main)


def test_a_disk_that_refuses_is_told_with_when_to_try_again(make, monkeypatch):
    jobs = make()

    def full(order, format):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(jobs.sounds, "open", full)

    async def main(jobs):
        with pytest.raises(SoundFailed, match="No space left") as refused:
            await content(jobs, ORDER)
        return refused.value.retry_after

    assert running(jobs, main) >= 1


def test_a_sound_is_on_request_then_on_its_way_then_ready(make, noise):
    noise.gate.clear()

    async def main(jobs):
        states = [jobs.state(ORDER)]
        await jobs.accept(ORDER)
        states.append(jobs.state(ORDER))
        noise.gate.set()
        await until(jobs, ORDER.key, "done")
        return [*states, jobs.state(ORDER)]

    assert running(make(), main) == ["on-request", "rendering", "ready"]
