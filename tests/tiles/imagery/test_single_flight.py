"""Callers after one thing at the same time share one piece of work, and its outcome, whatever it is."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tiles.imagery.single_flight import SingleFlight

PATIENCE = 30


class Work:
    """Counts how often it is done; may be held up until told to go on, and may fail."""

    def __init__(self, outcome="tile"):
        self.outcome, self.done = outcome, 0
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self):
        self.done += 1
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


class Counting(dict):
    """Flights under way, which says when somebody has come to share one."""

    def __init__(self):
        super().__init__()
        self.joined = threading.Semaphore(0)

    def get(self, key, default=None):
        found = super().get(key, default)
        if found is not None:
            self.joined.release()
        return found


@pytest.fixture
def flights():
    """A single flight that tells who joins."""
    made = SingleFlight()
    made._flights = Counting()
    return made


def together(flights, work, callers, key="a"):
    """What each of several callers gets, all of them having come before the work was done."""
    with ThreadPoolExecutor(callers) as pool:
        asked = [pool.submit(flights.do, key, work) for _ in range(callers)]
        assert work.begun.wait(PATIENCE)
        for _ in range(callers - 1):
            assert flights._flights.joined.acquire(timeout=PATIENCE)
        work.go_on.set()
        return asked


def test_one_caller_gets_what_the_work_gives():
    assert SingleFlight().do("a", lambda: 7) == 7


def test_eight_callers_at_once_share_one_piece_of_work(flights):
    work = Work()
    assert [asked.result() for asked in together(flights, work, 8)] == ["tile"] * 8
    assert work.done == 1


@pytest.mark.parametrize("error", [ValueError("cut"), KeyError("x"), SystemExit(1)])
def test_whatever_the_work_raises_is_raised_to_all_who_wait(flights, error):
    work = Work(error)
    for asked in together(flights, work, 4):
        assert asked.exception() is error
    assert work.done == 1


def test_nothing_is_kept_once_it_is_done():
    flights, results = SingleFlight(), iter([1, 2])
    assert [flights.do("a", lambda: next(results)) for _ in range(2)] == [1, 2]


def test_after_a_failure_the_next_caller_tries_again():
    flights = SingleFlight()

    def fail():
        raise ValueError("once")

    with pytest.raises(ValueError, match="once"):
        flights.do("a", fail)
    assert flights.do("a", lambda: "well") == "well"


def test_other_keys_do_not_wait():
    flights, slow = SingleFlight(), Work()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(flights.do, "slow", slow)
        assert slow.begun.wait(PATIENCE)
        assert flights.do("quick", lambda: 1) == 1
        assert not asked.done()
        slow.go_on.set()
        assert asked.result() == "tile"


def test_work_may_ask_for_another_key_on_its_way():
    flights = SingleFlight()
    assert flights.do("a", lambda: flights.do("b", lambda: 3) + 1) == 4
