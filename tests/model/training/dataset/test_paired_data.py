"""Rows of a CSV file: what they hold, an order by seed, and a reason for every row left out."""

import io
import re
import struct
import zlib
from itertools import islice

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from model.baselines.pairs import IMAGERIES
from model.errors import TrainingError
from model.sat2sound.features import log_mel, ten_seconds
from model.training.dataset.paired_data import open_paired
from model.training.dataset.row import RowReader


def bomb() -> bytes:
    """A PNG of some bytes that says it is 60000 x 60000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def large() -> bytes:
    """A true PNG of 5001 x 5001 pixels, one too many."""
    buffer = io.BytesIO()
    Image.new("L", (5001, 5001)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def deep() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((8, 8), 30_000, np.uint16)).save(buffer, "PNG")
    return buffer.getvalue()


def wave(samples: np.ndarray, rate: int = 16_000) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", subtype="FLOAT")
    return buffer.getvalue()


def numpy_file(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def test_a_row_holds_the_whole_tile_the_first_ten_seconds_and_what_is_known_of_the_place(csv_folder):
    data = open_paired(str(csv_folder), "test", "bingmap")
    rows = list(data)
    assert len(data) == len(rows) == 12
    assert data.skipped == []
    row = rows[7]
    assert (row.id, row.audio_source, row.caption_source) == ("yfcc-7", "yfcc", "meta")
    assert (row.latitude, row.longitude, row.month, row.hour) == (47.0, -3.5, 5, 7)
    assert row.audio_caption == "a tone of 2300 hertz"
    assert row.image_captions == {scale: f"place 7 from {scale}" for scale in (1, 3, 5)}
    with Image.open(csv_folder / "7.png") as image:
        assert row.image.mode == "RGB"
        assert np.array_equal(np.asarray(row.image), np.asarray(image))
    samples, rate = soundfile.read(csv_folder / "7.flac", dtype="float32")
    assert row.log_mel.shape == (1, 1001, 64)
    assert torch.equal(row.log_mel, log_mel(ten_seconds(samples, rate)))
    assert [row.position for row in rows] == list(range(12))


def test_what_is_not_known_is_none_and_freesound_has_no_hour(csv_folder):
    rows = list(open_paired(str(csv_folder), "test", "bingmap"))
    assert rows[3].image_captions == {}
    assert (rows[5].latitude, rows[5].longitude, rows[5].month, rows[5].hour) == (None, None, None, None)
    assert (rows[2].audio_source, rows[2].month, rows[2].hour) == ("freesound", 5, None)


def test_only_columns_that_rows_need_must_exist(csv_rows, write_csv, tmp_path):
    needed = ("sample_id", "bingmap_image", "audio", "audio_caption")
    write_csv(tmp_path / "train.csv", [{name: row[name] for name in needed} for row in csv_rows])
    row = next(iter(open_paired(str(tmp_path), "train", "bingmap")))
    assert (row.latitude, row.month, row.audio_source, row.caption_source, row.image_captions) == (None,) * 4 + ({},)


def test_log_mels_of_the_data_set_are_taken_before_its_audio(csv_rows, write_csv, tmp_path):
    mels = np.random.default_rng(0).normal(-30, 10, (5, 1, 1001, 64)).astype(np.float32)
    np.save(tmp_path / "mel.npy", mels)
    write_csv(tmp_path / "test.csv", [{**csv_rows[0], "mel_features": "mel.npy", "audio": "none"}])
    (row,) = open_paired(str(tmp_path), "test", "bingmap")
    assert torch.equal(row.log_mel, torch.from_numpy(mels[:, 0]))


def test_soundingearth_has_one_scale_one_source_and_its_own_date_column(csv_rows, write_csv, tmp_path):
    row = {name: csv_rows[0][name] for name in ("sample_id", "audio", "audio_caption")}
    row |= {"googleearth_image": "0.png", "date_recorded": "2011-08-01", "llava_caption_googleearth_zl1": "a square"}
    write_csv(tmp_path / "val.csv", [row])
    (read,) = open_paired(str(tmp_path), "validation", "googleearth")
    assert (read.audio_source, read.month, read.hour) == ("aporee", 8, None)
    assert read.image_captions == {1: "a square"}


def test_an_epochs_order_depends_on_seed_and_epoch_alone_and_goes_on_behind_any_row(csv_folder):
    def ids(rows) -> list[str]:
        return [row.id for row in rows]

    data = open_paired(str(csv_folder), "test", "bingmap")
    first = ids(data.shuffled(3, 0))
    assert sorted(first) == sorted(ids(data))
    assert first == ids(open_paired(str(csv_folder), "test", "bingmap").shuffled(3, 0))
    assert first != ids(data.shuffled(3, 1))
    assert first != ids(data.shuffled(4, 0))
    assert first != ids(data)
    some = list(islice(data.shuffled(3, 0), 5))
    assert ids(data.shuffled(3, 0, skip=some[-1].position + 1)) == first[5:]
    assert ids(data.shuffled(3, 0, skip=12)) == []


def test_positions_count_rows_that_were_left_out(csv_folder):
    (csv_folder / "4.png").write_bytes(b"no image")
    data = open_paired(str(csv_folder), "test", "bingmap")
    rows = list(data.shuffled(1, 0))
    assert len(rows) == 11
    gap = next(n for n, row in enumerate(rows) if row.position != n)
    assert [row.position for row in rows[gap:]] == list(range(gap + 1, 12))
    rest = [row.id for row in data.shuffled(1, 0, skip=rows[gap].position)]
    assert rest == [row.id for row in rows[gap:]]


def test_a_row_left_out_is_named_once_however_often_it_is_met(csv_folder):
    (csv_folder / "4.png").write_bytes(b"no image")
    data = open_paired(str(csv_folder), "test", "bingmap")
    for epoch in range(3):
        assert len(list(data.shuffled(0, epoch))) == 11
    assert len(list(data)) == 11
    assert len(data.skipped) == 1
    assert data.skipped[0].startswith("row 4 (yfcc-4): bingmap_image: not a readable image")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("none.png", None, "no such file"),
        ("text.png", lambda: b"this is no picture", "not a readable image"),
        ("empty.png", lambda: b"", "not a readable image"),
        ("bomb.png", bomb, "too large"),
        ("large.png", large, "25010001|5001 x 5001"),
        ("deep.png", deep, "8 bits"),
        ("vector.eps", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a readable image"),
    ],
)
def test_images_that_cannot_be_used_are_left_out_with_a_reason(csv_rows, write_csv, tmp_path, name, content, reason):
    if content is not None:
        (tmp_path / name).write_bytes(content())
    assert_left_out(csv_rows, write_csv, tmp_path, {"bingmap_image": name}, "bingmap_image: ", reason)


def test_a_truncated_image_is_left_out(csv_rows, write_csv, tmp_path):
    whole = (tmp_path / "0.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    assert_left_out(csv_rows, write_csv, tmp_path, {"bingmap_image": "cut.png"}, "bingmap_image: ", "not a readable")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be decoded as sound"),
        (b"RIFF and nothing more", "cannot be decoded as sound"),
        (wave(np.zeros(16_000)), "silent"),
        (wave(np.zeros(0)), "holds no sound"),
        (wave(np.full(16_000, np.nan)), "not finite"),
        (wave(np.full((400, 65), 0.1)), "65 channels"),
        (wave(np.full(400, 0.1), rate=1_000_000), "1000000 samples a second"),
    ],
    ids=["empty", "cut", "silent", "nothing", "nan", "channels", "rate"],
)
def test_recordings_that_cannot_be_used_are_left_out_with_a_reason(csv_rows, write_csv, tmp_path, content, reason):
    (tmp_path / "bad.wav").write_bytes(content)
    assert_left_out(csv_rows, write_csv, tmp_path, {"audio": "bad.wav"}, "audio: ", reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no array", "not a readable .npy"),
        (numpy_file(np.zeros((5, 900, 64), np.float32)), r"shape \(5, 900, 64\)"),
        (numpy_file(np.zeros((0, 1, 1001, 64), np.float32)), "shape"),
        (numpy_file(np.zeros((2, 2, 1001, 64), np.float32)), "shape"),
        (numpy_file(np.full((1, 1, 1001, 64), np.nan, np.float32)), "no numbers"),
        (numpy_file(np.full((1, 1, 1001, 64), -100, np.float32)), "silent"),
        (numpy_file(np.array([{"pickled": "object"}])), "not a readable .npy"),
        (numpy_file(np.zeros((1, 1, 1001, 64), np.float32))[:500], "not a readable .npy"),
    ],
    ids=["text", "frames", "no clips", "channels", "nan", "silent", "pickle", "cut"],
)
def test_log_mels_that_cannot_be_used_are_left_out_with_a_reason(csv_rows, write_csv, tmp_path, content, reason):
    (tmp_path / "bad.npy").write_bytes(content)
    np.save(tmp_path / "good.npy", np.zeros((1, 1, 1001, 64), np.float32))
    rows = [{**row, "mel_features": "good.npy"} for row in csv_rows]
    assert_left_out(rows, write_csv, tmp_path, {"mel_features": "bad.npy"}, "mel_features: ", reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"audio_caption": " "}, "audio_caption: empty"),
        ({"bingmap_image": ""}, "bingmap_image: empty"),
        ({"audio": ""}, "audio: empty"),
        ({"latitude": "north"}, "latitude: 'north' is not a number"),
        ({"latitude": "91"}, "latitude: 91"),
        ({"longitude": "inf"}, "longitude: inf"),
        ({"source": "flickr"}, "source: 'flickr'"),
        ({"audio_caption_source": "me"}, "audio_caption_source: 'me'"),
        ({"bingmap_image": "../outside.png"}, "leads out of the folder"),
        ({"bingmap_image": "link.png"}, "leads out of the folder"),
        ({"audio": "/etc/hostname"}, "leads out of the folder"),
        ({"audio": "https://example.org/a.wav"}, "no such file"),
        ({"audio": "a\0b"}, "cannot be read"),
    ],
    ids=lambda value: str(value)[:40].replace("\0", "0"),
)
def test_values_that_cannot_be_used_are_left_out_with_a_reason(csv_rows, write_csv, tmp_path, changes, reason):
    folder = tmp_path / "set"
    folder.mkdir()
    for file in [*tmp_path.glob("*.png"), *tmp_path.glob("*.flac")]:
        file.rename(folder / file.name)
    (tmp_path / "outside.png").write_bytes((folder / "0.png").read_bytes())
    (folder / "link.png").symlink_to(tmp_path / "outside.png")
    assert_left_out(csv_rows, write_csv, folder, changes, "", reason)


def assert_left_out(rows, write_csv, folder, changes, column, reason):
    """With row 1 changed, row 1 alone is left out, by its number and id, for that reason, in one line."""
    write_csv(folder / "test.csv", [rows[0], {**rows[1], **changes}, rows[2]])
    data = open_paired(str(folder), "test", "bingmap")
    assert [row.id for row in data] == ["yfcc-0", "freesound-2"]
    (line,) = data.skipped
    expected = changes.get("sample_id", "yfcc-1") or "no sample_id"
    assert line.startswith(f"row 1 ({expected}): {column}")
    assert "\n" not in line
    assert re.search(reason, line), line


@pytest.mark.parametrize("missing", ["bingmap_image", "audio", "audio_caption"])
def test_a_missing_column_is_named_with_its_file(csv_rows, write_csv, tmp_path, missing):
    write_csv(tmp_path / "test.csv", [{k: v for k, v in row.items() if k != missing} for row in csv_rows])
    with pytest.raises(TrainingError, match=rf"test\.csv: no column .*{missing}"):
        open_paired(str(tmp_path), "test", "bingmap")


def test_images_of_another_imagery_are_a_missing_column(csv_folder):
    with pytest.raises(TrainingError, match="sentinel_image"):
        open_paired(str(csv_folder), "test", "sentinel")


@pytest.mark.parametrize(
    ("where", "split", "imagery", "words"),
    [
        ("", "test", "bingmap", "no rows"),
        ("", "train", "bingmap", r"no train\.csv, train\*\.parquet"),
        ("none", "test", "bingmap", r"none: holds no test\.csv"),
        ("", "test", "mars", "bingmap, sentinel, googleearth"),
        ("", "../test", "bingmap", "not a name"),
    ],
)
def test_data_that_is_not_there_is_refused(tmp_path, where, split, imagery, words):
    (tmp_path / "test.csv").write_text("sample_id,bingmap_image,audio,audio_caption\n")
    with pytest.raises(TrainingError, match=words):
        open_paired(str(tmp_path / where), split, imagery)


def test_rows_too_short_or_too_long_for_their_table_are_left_out_and_told(csv_folder):
    lines = (csv_folder / "test.csv").read_text().splitlines()
    lines[2] = "yfcc-1,yfcc"
    lines[3] += ",more,than,columns"
    (csv_folder / "test.csv").write_text("\n".join(lines))
    data = open_paired(str(csv_folder), "test", "bingmap")
    assert len(list(data)) == 10
    assert data.skipped == [
        "row 1 (yfcc-1): audio_caption: empty; bingmap_image: empty; audio: empty",
        "row 2 (freesound-2): 3 more values than columns (first 'more'); quote commas",
    ]


def test_rows_of_one_name_are_each_told_once_and_those_without_are_named_by_number(csv_rows, write_csv, tmp_path):
    rows = [{**row, "sample_id": "same", "audio": ""} for row in csv_rows[:2]] + [{**csv_rows[2], "sample_id": ""}]
    write_csv(tmp_path / "test.csv", rows)
    data = open_paired(str(tmp_path), "test", "bingmap")
    for _ in range(2):
        assert [row.id for row in data] == ["row-2"]
        assert [row.id for row in data.shuffled(1, 0)] == ["row-2"]
    assert data.skipped == ["row 0 (same): audio: empty", "row 1 (same): audio: empty"]


def test_caption_columns_are_named_by_imagery_and_scale():
    assert [IMAGERIES["sentinel"].caption_column(s) for s in (1, 3)] == [
        "llava_caption_sentinel_zl1",
        "llava_caption_sentinel_zl3",
    ]
    reader = RowReader.of(
        IMAGERIES["googleearth"],
        ("sample_id", "googleearth_image", "mel_features", "audio", "audio_caption", "title"),
        "somewhere",
        None,
    )
    assert reader.columns == ("sample_id", "googleearth_image", "mel_features", "audio_caption")
