"""Rows of Parquet: the same as of CSV, streamed, shuffled by seed, and from the hub's client without a network."""

import sys

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from model.baselines.pairs import IMAGERIES
from model.errors import TrainingError
from model.training.dataset.paired_data import open_paired
from model.training.dataset.parquet_folder import open_files


def write(path, rows, row_group_size=4):
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=row_group_size)


@pytest.fixture(autouse=True)
def client(tmp_path_factory, monkeypatch):
    """The client keeps its lock files in a folder of the test, and does not wait for Arrow's threads of old."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))
    monkeypatch.setattr(datasets.config, "SLEEP_TIME_ON_THREADS_SHUTDOWN", 0)


@pytest.fixture
def folder(tmp_path, parquet_rows):
    """Two files in data/, as the hub keeps them."""
    write(tmp_path / "data" / "test-00000-of-00002.parquet", parquet_rows[:8])
    write(tmp_path / "data" / "test-00001-of-00002.parquet", parquet_rows[8:])
    return tmp_path


def ids(rows) -> list[str]:
    return [row.id for row in rows]


def assert_same(one, other):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(np.asarray(a.image), np.asarray(b.image))
        assert torch.equal(a.log_mel, b.log_mel)
        for name in ("id", "audio_caption", "image_captions", "latitude", "longitude", "month", "hour"):
            assert getattr(a, name) == getattr(b, name), (a.id, name)
        assert (a.audio_source, a.caption_source, a.position) == (b.audio_source, b.caption_source, b.position)


def test_parquet_and_csv_hold_the_same_rows(folder, csv_rows, write_csv):
    write_csv(folder / "csv.csv", csv_rows)
    data = open_paired(str(folder), "test", "bingmap")
    assert len(data) == 12
    assert_same(list(data), list(open_paired(str(folder), "csv", "bingmap")))
    assert data.skipped == []


def test_features_declared_as_images_and_audio_are_read_as_bytes_too(tmp_path, parquet_rows):
    features = {"bingmap_image": datasets.Image(), "audio": datasets.Audio(sampling_rate=32_000)}
    plain = datasets.Dataset.from_list(parquet_rows)
    declared = plain.cast(datasets.Features({**plain.features, **features}))
    declared.to_parquet(tmp_path / "train.parquet")
    write(tmp_path / "test.parquet", parquet_rows)
    assert_same(
        list(open_paired(str(tmp_path), "train", "bingmap")), list(open_paired(str(tmp_path), "test", "bingmap"))
    )


def test_a_file_is_opened_by_its_own_path_and_paths_in_it_stay_in_its_folder(tmp_path, csv_rows):
    rows = [dict(row) for row in csv_rows]
    rows[1]["bingmap_image"] = "../1.png"
    rows = [{**row, "bingmap_image": {"bytes": None, "path": row["bingmap_image"]}} for row in rows]
    write(tmp_path / "any name.parquet", rows)
    data = open_paired(str(tmp_path / "any name.parquet"), "test", "bingmap")
    assert len(list(data)) == 11
    assert data.skipped == ["row 1 (yfcc-1): bingmap_image: ../1.png: leads out of the folder"]


def test_an_epochs_order_depends_on_seed_and_epoch_alone_and_goes_on_behind_any_row(folder):
    data = open_paired(str(folder), "test", "bingmap")
    epoch = list(data.shuffled(3, 0))
    assert sorted(ids(epoch)) == sorted(ids(data))
    assert ids(epoch) == ids(open_paired(str(folder), "test", "bingmap").shuffled(3, 0))
    assert ids(epoch) != ids(data.shuffled(3, 1))
    assert ids(epoch) != ids(data.shuffled(4, 0))
    assert ids(epoch) != ids(data)
    assert [row.position for row in epoch] == list(range(12))
    for seen in (0, 5, 12):
        assert ids(data.shuffled(3, 0, skip=seen)) == ids(epoch[seen:])


def test_a_large_set_is_mixed_over_its_row_groups_and_every_row_comes_once(tmp_path):
    empty = {"bingmap_image": None, "audio": None, "audio_caption": ""}
    write(tmp_path / "train-0.parquet", [{"sample_id": n, **empty} for n in range(1300)], row_group_size=70)
    write(tmp_path / "train-1.parquet", [{"sample_id": n, **empty} for n in range(1300, 1333)], row_group_size=7)
    files = sorted(tmp_path.glob("*.parquet"))
    records = open_files(files, tmp_path, IMAGERIES["bingmap"])
    order = [record["sample_id"] for _, record in records.shuffled(5, 2, 0)]
    assert sorted(order) == list(range(1333))
    again = open_files(files, tmp_path, IMAGERIES["bingmap"])
    assert [record["sample_id"] for _, record in again.shuffled(5, 2, 700)] == order[700:]
    batches = np.array(order[:1280]).reshape(10, 128)
    assert np.median(batches.max(axis=1) - batches.min(axis=1)) > 650
    assert abs(np.corrcoef(np.arange(1333), order)[0, 1]) < 0.5


def test_log_mels_keep_their_shape_and_bad_ones_are_left_out(tmp_path, parquet_rows):
    mels = np.random.default_rng(0).normal(-30, 10, (5, 1, 1001, 64)).astype(np.float32)
    broken, ragged = mels.copy(), mels.tolist()
    broken[2, 0, 5, 5] = np.nan
    ragged[0][0][0] = ragged[0][0][0][:60]
    values = (mels.tolist(), broken.tolist(), ragged, None)
    rows = [{**row, "mel_features": value} for row, value in zip(parquet_rows, values, strict=False)]
    kind = pa.list_(pa.list_(pa.list_(pa.list_(pa.float32()))))
    table = pa.Table.from_pylist(rows)
    column = pa.array([row["mel_features"] for row in rows], kind)
    table = table.set_column(table.column_names.index("mel_features"), "mel_features", column)
    pq.write_table(table, tmp_path / "test.parquet")
    data = open_paired(str(tmp_path), "test", "bingmap")
    (row,) = data
    assert torch.equal(row.log_mel, torch.from_numpy(mels[:, 0]))
    assert [line.split("mel_features: ")[1] for line in data.skipped] == [
        "holds values that are no numbers",
        "lists of unequal lengths",
        "empty",
    ]


def test_log_mels_declared_as_arrays_of_a_shape_are_read(tmp_path, parquet_rows):
    mels = np.random.default_rng(0).normal(-30, 10, (5, 1, 1001, 64)).astype(np.float32)
    features = datasets.Features({"mel_features": datasets.Array4D((5, 1, 1001, 64), "float32")})
    declared = datasets.Dataset.from_dict({"mel_features": [mels, mels + 1]}, features=features)
    texts = datasets.Dataset.from_list([{k: v for k, v in row.items() if k != "audio"} for row in parquet_rows[:2]])
    datasets.concatenate_datasets([texts, declared], axis=1).to_parquet(tmp_path / "test.parquet")
    rows = list(open_paired(str(tmp_path), "test", "bingmap"))
    assert torch.equal(rows[1].log_mel, torch.from_numpy(mels[:, 0] + 1))


def test_audio_as_an_array_is_the_same_sound_as_its_file(tmp_path, parquet_rows):
    time = np.arange(16_000) / 16_000
    tone = (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    values = [
        {"array": tone.tolist(), "sampling_rate": 16_000, "path": "a"},
        {"array": tone.tolist(), "sampling_rate": None, "path": "b"},
        {"array": [], "sampling_rate": 16_000, "path": "c"},
        {"array": None, "sampling_rate": 16_000, "path": None},
    ]
    write(tmp_path / "test.parquet", [{**row, "audio": v} for row, v in zip(parquet_rows, values, strict=False)])
    stereo = [{**parquet_rows[0], "audio": {"array": [tone.tolist(), (-0.5 * tone).tolist()], "sampling_rate": 16_000}}]
    write(tmp_path / "train.parquet", stereo)
    data = open_paired(str(tmp_path), "test", "bingmap")
    (row,) = data
    assert [line.split("audio: ")[1][:12] for line in data.skipped] == ["no sampling_", "waveforms: e", "empty"]
    (mixed,) = open_paired(str(tmp_path), "train", "bingmap")
    # A quarter of the amplitude is 12.04 dB less, wherever there is anything above the floor.
    loud = row.log_mel > -60
    assert torch.allclose((row.log_mel - mixed.log_mel)[loud], torch.tensor(12.0412), atol=0.01)


def test_bad_media_are_left_out_and_the_rest_is_read_on(tmp_path, parquet_rows):
    parquet_rows[1]["bingmap_image"] = {"bytes": b"no picture", "path": "1.png"}
    parquet_rows[2]["bingmap_image"] = None
    parquet_rows[3]["audio"] = {"bytes": b"no sound", "path": None}
    write(tmp_path / "test.parquet", parquet_rows)
    data = open_paired(str(tmp_path), "test", "bingmap")
    assert len(list(data)) == 9
    assert [line.split(": ")[0] for line in data.skipped] == ["row 1 (yfcc-1)", "row 2 (freesound-2)", "row 3 (yfcc-3)"]
    shuffled = open_paired(str(tmp_path), "test", "bingmap")
    assert len(list(shuffled.shuffled(0, 0))) == 9
    assert len(shuffled.skipped) == 3


def test_files_that_are_no_parquet_lack_a_column_or_rows_are_refused(tmp_path, parquet_rows):
    (tmp_path / "train.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(TrainingError, match=r"train\.parquet: cannot be read"):
        open_paired(str(tmp_path), "train", "bingmap")
    write(tmp_path / "test.parquet", [{"sample_id": "a", "audio": None}])
    with pytest.raises(TrainingError, match=r"test\.parquet: no column bingmap_image, audio_caption"):
        open_paired(str(tmp_path), "test", "bingmap")
    pq.write_table(pa.Table.from_pylist(parquet_rows)[:0], tmp_path / "val.parquet")
    with pytest.raises(TrainingError, match="no rows"):
        open_paired(str(tmp_path), "validation", "bingmap")


def test_a_file_broken_in_its_middle_ends_the_reading_in_one_line(tmp_path, parquet_rows):
    write(tmp_path / "test.parquet", parquet_rows)
    content = bytearray((tmp_path / "test.parquet").read_bytes())
    content[len(content) // 3 : len(content) // 3 * 2] = bytes(len(content) // 3 * 2 - len(content) // 3)
    (tmp_path / "test.parquet").write_bytes(content)
    with pytest.raises(TrainingError, match=r"test\.parquet: cannot be read"):
        list(open_paired(str(tmp_path), "test", "bingmap"))


def test_a_hub_set_is_streamed_by_the_same_client(folder, monkeypatch):
    """The hub's name is led to a folder here: all else is what the client does with a set of Parquet files."""
    opened = datasets.load_dataset

    def here(name, **options):
        return opened(str(folder) if name == "someone/set" else name, **options)

    monkeypatch.setattr(datasets, "load_dataset", here)
    data = open_paired("hub:someone/set", "test", "bingmap")
    assert_same(list(data), list(open_paired(str(folder), "test", "bingmap")))
    with pytest.raises(TypeError, match="streamed"):
        len(data)
    assert sorted(ids(data.shuffled(0, 1))) == sorted(ids(data))
    with pytest.raises(TrainingError, match="no split train; it has test"):
        open_paired("hub:someone/set", "train", "bingmap")
    with pytest.raises(TrainingError, match="hub:someone/set test: no column sentinel_image"):
        open_paired("hub:someone/set", "test", "sentinel")


def test_a_hub_set_in_another_format_than_parquet_is_read_the_same(tmp_path, folder, parquet_rows, monkeypatch):
    arrow = tmp_path / "arrow"
    arrow.mkdir()
    table = pa.Table.from_pylist(parquet_rows)
    with pa.OSFile(str(arrow / "test.arrow"), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    opened = datasets.load_dataset
    monkeypatch.setattr(
        datasets,
        "load_dataset",
        lambda name, **options: opened(str(arrow) if name == "someone/set" else name, **options),
    )
    data = open_paired("hub:someone/set", "test", "bingmap")
    assert_same(list(data), list(open_paired(str(folder), "test", "bingmap")))
    assert sorted(ids(data.shuffled(0, 1))) == sorted(ids(data))


@pytest.mark.parametrize("where", ["hub:", "hub:name", "hub:a/b/c", "hub:../b/c", "hub:a b/c"])
def test_names_that_no_hub_set_has_are_refused_before_anything_is_asked(where):
    with pytest.raises(TrainingError, match="OWNER/NAME"):
        open_paired(where, "test", "bingmap")


def test_a_hub_that_cannot_be_reached_is_said_in_one_error(monkeypatch):
    def unreachable(*arguments, **options):
        raise ConnectionError("no network")

    monkeypatch.setattr(datasets, "load_dataset", unreachable)
    with pytest.raises(TrainingError, match="hub:someone/set: cannot be read: ConnectionError: no network"):
        open_paired("hub:someone/set", "test", "bingmap")


def test_without_the_library_parquet_says_what_to_install_and_csv_is_read(csv_folder, parquet_rows, monkeypatch):
    write(csv_folder / "train.parquet", parquet_rows)
    monkeypatch.setitem(sys.modules, "datasets", None)
    for where, split in ((str(csv_folder), "train"), ("hub:someone/set", "test")):
        with pytest.raises(TrainingError, match=r"pip install 'earshot\[data\]'"):
            open_paired(where, split, "bingmap")
    assert len(list(open_paired(str(csv_folder), "test", "bingmap"))) == 12
