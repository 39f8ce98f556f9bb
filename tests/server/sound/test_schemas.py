"""A job as JSON: the example shown at /docs is one."""

from server.sound.schemas import JOB_EXAMPLE, JobStatus


def test_the_example_is_an_answer_and_leaves_nothing_out():
    assert JobStatus(**JOB_EXAMPLE).model_dump(mode="json") == JOB_EXAMPLE
