"""The table beside a folder's files must have the columns it is asked for, and be readable."""

import pytest

from model.errors import TrainingError
from model.training.dataset.csv_table import read_table


def test_rows_come_as_columns_and_text(tmp_path):
    (tmp_path / "t.csv").write_text("file,sound\na.wav,rain\nb.wav,wind\n")
    assert read_table(tmp_path / "t.csv", ("file",)) == [
        {"file": "a.wav", "sound": "rain"},
        {"file": "b.wav", "sound": "wind"},
    ]


def test_a_table_without_rows_has_none(tmp_path):
    (tmp_path / "t.csv").write_text("file\n")
    assert read_table(tmp_path / "t.csv", ("file",)) == []


@pytest.mark.parametrize("text", ["", "x\n1\n"])
def test_missing_columns_are_named_with_the_file(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(TrainingError, match=r"t\.csv: no column file, sound"):
        read_table(tmp_path / "t.csv", ("sound", "file"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TrainingError, match=r"t\.csv: cannot be read"):
        read_table(tmp_path / "t.csv", ())


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"file\n\xff\xfe\n")
    with pytest.raises(TrainingError, match="cannot be read"):
        read_table(tmp_path / "t.csv", ("file",))
