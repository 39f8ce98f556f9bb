"""What is said of a server is closed: no field that is not described, and no word but those that are."""

import pytest
from pydantic import ValidationError

from server.about.schemas import BackgroundTrouble, Health, Readiness

TROUBLE = {"task": "probing imagery", "state": "waiting", "detail": "OSError"}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Health, {"status": "ready"}),
        (Readiness, {"status": "ok"}),
        (Readiness, {"status": "ready", "why": "not"}),
        (BackgroundTrouble, {**TROUBLE, "state": "running"}),
    ],
)
def test_other_words_and_fields_are_refused(kind, values):
    with pytest.raises(ValidationError):
        kind(**values)


def test_a_server_that_is_ready_says_no_more_than_that():
    assert Readiness(status="ready").model_dump(exclude_defaults=True) == {"status": "ready"}
    degraded = Readiness(status="degraded", troubles=[BackgroundTrouble(**TROUBLE)])
    assert degraded.model_dump(exclude_defaults=True) == {"status": "degraded", "troubles": [TROUBLE]}
