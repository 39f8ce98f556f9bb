"""A map of attention as JSON: the example shown at /docs is one."""

from server.explain.schemas import ATTENTION_EXAMPLE, Attention


def test_the_example_is_an_answer_and_leaves_nothing_out():
    assert Attention(**ATTENTION_EXAMPLE).model_dump(mode="json") == ATTENTION_EXAMPLE
