"""The notifier: heard in the event loop from any thread, by all who listen and by no one afterwards."""

import asyncio
import threading

import pytest

from server.sound.notifier import Notifier


def test_a_thread_wakes_everyone_who_listens_in_the_loop():
    async def main():
        notifier = Notifier()
        notifier.attach()
        with notifier.listening() as first, notifier.listening() as second:
            threading.Thread(target=notifier.notify).start()
            await asyncio.wait_for(asyncio.gather(first.wait(), second.wait()), 20)
            return notifier.listeners

    assert asyncio.run(main()) == 2


def test_a_listener_that_has_gone_is_not_counted_and_not_woken():
    async def main():
        notifier = Notifier()
        notifier.attach()
        with pytest.raises(KeyError), notifier.listening() as gone:
            raise KeyError
        with notifier.listening() as staying:
            notifier.notify()
            await asyncio.wait_for(staying.wait(), 20)
            return gone.is_set(), notifier.listeners

    assert asyncio.run(main()) == (False, 1)


def test_every_notification_after_the_last_look_is_seen():
    async def main():
        notifier = Notifier()
        notifier.attach()
        with notifier.listening() as notified:
            for _ in range(3):
                notifier.notify()
                await asyncio.wait_for(notified.wait(), 20)
                notified.clear()
            return notified.is_set()

    assert asyncio.run(main()) is False


def test_before_a_loop_and_after_its_end_a_notification_reaches_no_one_and_harms_nothing():
    notifier = Notifier()
    notifier.notify()

    async def main():
        notifier.attach()

    asyncio.run(main())
    notifier.notify()
    assert notifier.listeners == 0
