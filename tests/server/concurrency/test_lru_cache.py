"""The one bounded cache: what was longest unused leaves first, whatever is asked of it is within its bounds."""

import threading

from server.concurrency.lru_cache import LRUCache


def test_what_was_longest_unused_leaves_first():
    cache = LRUCache(2)
    for key in "ab":
        cache.keep(key, key.upper())
    assert cache.look_up("a") == "A"
    cache.keep("c", "C")
    assert [cache.look_up(key) for key in "abc"] == ["A", None, "C"]


def test_values_weigh_what_they_are_said_to():
    cache = LRUCache(10, len)
    cache.keep("six", "......")
    cache.keep("four", "....")
    assert cache.look_up("six")
    assert cache.look_up("four")
    cache.keep("one", ".")
    assert cache.look_up("six") is None
    assert cache.currsize == 5


def test_a_value_larger_than_all_of_it_is_not_kept_and_takes_no_ones_place_but_its_own():
    cache = LRUCache(3, len)
    cache.keep("a", "..")
    cache.keep("b", "....")
    assert cache.look_up("a") == ".."
    cache.keep("a", "....")
    assert cache.look_up("a") is None
    assert cache.currsize == 0


def test_a_cache_of_nothing_keeps_nothing():
    cache = LRUCache(0)
    cache.keep("a", 1)
    assert cache.look_up("a") is None
    assert len(cache) == 0


def test_a_value_that_is_kept_again_is_counted_once():
    cache = LRUCache(4, len)
    for _ in range(3):
        cache.keep("a", "...")
    assert cache.currsize == 3


def test_many_threads_leave_it_within_its_bounds_and_lose_no_value_they_agree_on():
    cache = LRUCache(50)
    wrong = []

    def work(start):
        for number in range(2000):
            key = (start + number) % 70
            cache.keep(key, key)
            found = cache.look_up(key)
            if found not in (key, None):
                wrong.append((key, found))

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 40, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(cache) == cache.currsize == 50
