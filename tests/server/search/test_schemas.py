"""A search's answer as JSON: the example shown at /docs is one."""

from server.search.schemas import SEARCH_EXAMPLE, SearchAnswer


def test_the_example_is_an_answer_and_leaves_nothing_out():
    assert SearchAnswer(**SEARCH_EXAMPLE).model_dump(mode="json") == SEARCH_EXAMPLE
