"""Recordings are read, split by source and, where they cannot be used, counted by name."""

import csv

import numpy as np
import pytest
import soundfile

from model.errors import AudioError, TrainingError
from model.training.labelled.recordings import audio_sample, read_recordings

COLUMNS = ["file", "sound", "dataset", "source_id"]


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    rows = [(f"{source}-{cut}.wav", "rain", "esc10", str(source)) for source in range(8) for cut in range(2)]
    for row in rows:
        soundfile.write(tmp_path / row[0], 0.1 * rng.normal(size=4000), 8000)
    write(tmp_path, rows)
    return tmp_path


def write(folder, rows, columns=COLUMNS):
    with (folder / "metadata.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def test_cuts_of_one_recording_stay_on_one_side(folder):
    split = read_recordings(folder)
    assert len(split.train) + len(split.validation) == 16
    assert len(split.validation) % 2 == 0
    assert 0 < len(split.validation) < 16
    assert split.skipped == ()


def test_silent_unreadable_and_broken_files_are_skipped_and_named(folder):
    soundfile.write(folder / "0-0.wav", np.zeros(4000), 8000)
    (folder / "1-0.wav").write_bytes(b"not a sound")
    soundfile.write(folder / "2-0.wav", np.full(4000, np.nan), 8000, subtype="FLOAT")
    skipped = read_recordings(folder).skipped
    assert [s.split(":")[0] for s in skipped] == ["0-0.wav", "1-0.wav", "2-0.wav"]
    assert "silent" in skipped[0]
    assert "cannot be decoded as sound" in skipped[1]
    assert "not finite" in skipped[2]


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda f: (f / "metadata.csv").unlink(), "cannot be read"),
        (lambda f: write(f, [], ["file", "sound"]), "no column dataset, source_id"),
        (lambda f: write(f, [("gone.wav", "rain", "esc10", "1")]), "no recording can be used"),
    ],
)
def test_a_folder_that_cannot_be_used_is_named_in_one_line(folder, damage, word):
    damage(folder)
    with pytest.raises(TrainingError, match=word):
        read_recordings(folder)


def test_a_short_sound_is_kept_both_padded_and_looped():
    wave = 0.3 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    sample = audio_sample(wave, 16000, "tone", ("sea",), "x")
    assert sample.log_mel.shape == (2, 1001, 64)
    assert float(sample.log_mel[0, 500:].max()) == -100
    assert float(sample.log_mel[1, 500:990].max(dim=1).values.min()) > 0
    with pytest.raises(AudioError, match="silent"):
        audio_sample(np.zeros(100), 16000, "tone", ("sea",), "x")
