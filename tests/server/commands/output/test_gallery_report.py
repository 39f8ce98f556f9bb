"""What is told of a gallery that was made."""

import json
from pathlib import Path

from model.gallery import BuildReport, Skip
from server.commands.output.gallery_report import tell

REPORT = BuildReport(Path("made"), 3, 1, (Skip("row 2", "no licence"),))


def test_in_words_it_is_one_line_and_what_was_left_out_is_told_beside_it(capsys):
    tell(REPORT, as_json=False)
    out, err = capsys.readouterr()
    assert out == "made: 3 captions, 1 recordings, 1 left out\n"
    assert err == "left out row 2: no licence\n"


def test_as_json_it_is_one_object_and_nothing_beside_it(capsys):
    tell(REPORT, as_json=True)
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "path": "made",
        "captions": 3,
        "recordings": 1,
        "skipped": [{"where": "row 2", "reason": "no licence"}],
        "notes": [],
    }
    assert err == ""
