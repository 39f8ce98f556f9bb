"""What is kept stays within its weight, and what was asked for last stays longest."""

from model.lru import Kept


def test_the_least_recently_asked_for_leaves_first():
    kept = Kept(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_weights_are_bounded_together():
    kept = Kept(10)
    kept.put("a", b"", 4)
    kept.put("b", b"", 4)
    kept.put("c", b"", 7)
    assert [kept.get(key) is not None for key in "abc"] == [False, False, True]


def test_what_is_heavier_than_all_may_be_is_not_kept_and_drives_nothing_out():
    kept = Kept(10)
    kept.put("a", 1, 4)
    kept.put("b", 2, 11)
    assert kept.get("a") == 1
    assert kept.get("b") is None


def test_a_value_that_is_put_again_weighs_once():
    kept = Kept(10)
    for weight in (6, 6, 3):
        kept.put("a", weight, weight)
    kept.put("b", 0, 7)
    assert kept.get("a") == 3
    assert kept.get("b") == 0


def test_a_limit_of_nothing_keeps_nothing():
    kept = Kept(0)
    kept.put("a", 1)
    assert kept.get("a") is None
