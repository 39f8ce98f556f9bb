"""A CSV file's records in their own order, or in one that depends on seed and epoch alone."""

import pytest

from model.baselines.pairs import IMAGERIES
from model.errors import TrainingError
from model.training.dataset.csv_folder import CsvRecords

BING = IMAGERIES["bingmap"]


def numbers(records) -> list[int]:
    return [number for number, _ in records]


def test_records_come_in_the_order_of_the_file(csv_folder):
    records = CsvRecords(csv_folder / "test.csv", BING)
    assert len(records) == 12
    assert numbers(records.ordered()) == list(range(12))
    assert [record["sample_id"] for _, record in records.ordered()][:3] == ["yfcc-0", "yfcc-1", "freesound-2"]


def test_an_order_is_all_rows_once_and_depends_on_seed_and_epoch(csv_folder):
    records = CsvRecords(csv_folder / "test.csv", BING)
    first = numbers(records.shuffled(3, 0, 0))
    assert sorted(first) == list(range(12))
    assert numbers(records.shuffled(3, 0, 0)) == first
    assert numbers(records.shuffled(3, 1, 0)) != first
    assert numbers(records.shuffled(4, 0, 0)) != first


@pytest.mark.parametrize("skip", [0, 5, 12, 20])
def test_skipping_goes_on_where_it_stopped(csv_folder, skip):
    records = CsvRecords(csv_folder / "test.csv", BING)
    assert numbers(records.shuffled(3, 0, skip)) == numbers(records.shuffled(3, 0, 0))[skip:]


def test_a_number_is_that_of_its_record(csv_folder):
    records = CsvRecords(csv_folder / "test.csv", BING)
    ordered = dict(records.ordered())
    assert all(ordered[number] == record for number, record in records.shuffled(1, 2, 0))


def test_paths_lead_from_the_files_folder(csv_folder):
    assert CsvRecords(csv_folder / "test.csv", BING).reader.folder == csv_folder


def test_a_file_without_rows_is_refused(csv_folder):
    header = (csv_folder / "test.csv").read_text().splitlines()[0]
    (csv_folder / "test.csv").write_text(header + "\n")
    with pytest.raises(TrainingError, match=r"test\.csv: no rows"):
        CsvRecords(csv_folder / "test.csv", BING)


def test_a_file_without_a_needed_column_is_refused_by_its_name(csv_folder):
    with pytest.raises(TrainingError, match=r"test\.csv: no column sentinel_image"):
        CsvRecords(csv_folder / "test.csv", IMAGERIES["sentinel"])


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="cannot be read"):
        CsvRecords(tmp_path / "gone.csv", BING)
