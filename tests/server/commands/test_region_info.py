"""`earshot region info`: what a region holds, by its name or its path."""

import pytest

from tests.server.commands.earshot_command import assert_refused


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["info", "nowhere"], ["nowhere"]),
    ],
    ids=" ".join,
)
def test_what_is_refused_is_refused_in_one_line(run, arguments, words):
    assert_refused(run("region", *arguments), *words)
