"""Back-off: longer after each failure, never longer than the most, and ended where it is to end."""

import pytest

from server.concurrency.retry import RetryPolicy


def test_each_failure_doubles_the_wait_up_to_the_most():
    policy = RetryPolicy(first=0.5, most=3.0)
    assert [policy.delay(failures) for failures in (1, 2, 3, 4, 5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_a_wait_stays_a_number_after_any_count_of_failures():
    assert RetryPolicy(first=1.0, most=60.0).delay(10**6) == 60.0


@pytest.mark.parametrize(("attempts", "waits"), [(1, [None]), (3, [1.0, 2.0, None])])
def test_the_last_attempt_is_followed_by_none(attempts, waits):
    policy = RetryPolicy(first=1.0, attempts=attempts)
    assert [policy.delay(failures) for failures in range(1, attempts + 1)] == waits
