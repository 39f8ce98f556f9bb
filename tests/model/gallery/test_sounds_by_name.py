"""An annotation means the sound that it names, or else the one that its table is called after."""

from pathlib import PurePosixPath

import pytest

from model.gallery.sounds_by_name import SoundsByName

SOUNDS = SoundsByName(
    [PurePosixPath(p) for p in ("a/rec.wav", "b/rec.wav", "b/rec_2.wav", "b/rec.flac", "c/Wälder 1.WAV", "d/x.wav")]
)


@pytest.mark.parametrize(
    ("path", "table", "sound"),
    [
        ("C:\\field\\a\\rec.wav", "t.csv", "a/rec.wav"),
        ("/mnt/other/b/rec.wav", "t.csv", "b/rec.wav"),
        ("rec.wav", "a/t.csv", "a/rec.wav"),
        ("rec.wav", "t.csv", None),
        ("gone.wav", "a/t.csv", None),
        ("X.WAV", "a/t.csv", "d/x.wav"),
        ("", "a/rec.txt", "a/rec.wav"),
        ("", "b/rec.flac.txt", "b/rec.flac"),
        ("", "b/rec_2.Table.1.selections.txt", "b/rec_2.wav"),
        ("", "b/rec_2_labels.txt", "b/rec_2.wav"),
        ("", "out/x.BirdNET.results.csv", "d/x.wav"),
        ("", "c/Wa\u0308lder 1.selections.txt", "c/Wälder 1.WAV"),
        ("", "a/record.txt", None),
        ("", "b/rec.txt", None),
    ],
)
def test_a_sound_is_found_by_its_path_or_its_name(path, table, sound):
    assert SOUNDS.find(path, PurePosixPath(table)) == (None if sound is None else PurePosixPath(sound))
