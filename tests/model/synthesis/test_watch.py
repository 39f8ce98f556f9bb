import threading

import pytest

from model.errors import Cancelled
from model.synthesis.watch import Watch


def test_nobody_watching_is_nothing_to_tell():
    watch = Watch()
    watch.check()
    watch.tell(1, 2)


def test_steps_are_told_as_they_are():
    told = []
    Watch(progress=lambda *steps: told.append(steps)).tell(3, 7)
    assert told == [(3, 7)]


def test_an_event_calls_a_sound_off():
    wanted_no_more = threading.Event()
    watch = Watch(cancel=wanted_no_more.is_set)
    watch.check()
    wanted_no_more.set()
    with pytest.raises(Cancelled, match="called off"):
        watch.check()


def test_an_error_of_whoever_watches_is_theirs():
    def fail(done: int, total: int) -> None:
        raise ValueError("no place to write to")

    with pytest.raises(ValueError, match="no place"):
        Watch(progress=fail).tell(1, 1)
