"""A folder of recordings gives a row for every sound in it, and for every part of one that is marked."""

from pathlib import PurePosixPath

import pytest

from model.errors import GalleryError
from model.gallery.recordings import recording_rows


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def rows(folder):
    notes: list[str] = []
    return list(recording_rows(folder, notes)), notes


def test_every_sound_below_is_a_row_by_its_name(tmp_path):
    touch(
        tmp_path, "b/Rain_at  night.WAV", "a.flac", "readme.md", ".hidden.wav", ".git/x.wav", "._a.flac", "c/video.mp4"
    )
    found, notes = rows(tmp_path)
    assert [(row["id"], row["path"], row["title"]) for _, row in found] == [
        ("a", "a.flac", "a"),
        ("b_Rain_at-night", "b/Rain_at  night.WAV", "Rain at night"),
        ("c_video", "c/video.mp4", "video"),
    ]
    assert notes == []


def test_names_that_become_one_id_stay_apart(tmp_path):
    touch(tmp_path, "a.wav", "a.flac", "ä.wav", "ö.wav", "-.wav")
    found, _ = rows(tmp_path)
    assert sorted(row["id"] for _, row in found) == ["a", "a.2", "sound", "sound.2", "sound.3"]


def test_another_gallery_in_the_folder_is_passed_over(tmp_path):
    touch(tmp_path, "a.wav", "built/gallery.json", "built/audio/a.wav")
    assert len(rows(tmp_path)[0]) == 1


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("20210503_054500.WAV", "20210503_054500"),
        ("SMA01_20210503_054500.wav", "20210503_054500"),
        ("20210503T054500Z.wav", "20210503_054500"),
        ("120210503_054500.wav", ""),
        ("rain.wav", ""),
    ],
)
def test_when_it_was_recorded_is_told_by_a_recorders_name(tmp_path, name, date):
    touch(tmp_path, name)
    assert rows(tmp_path)[0][0][1]["date"] == date


def test_marked_parts_follow_their_sound_and_say_where_they_stand(tmp_path):
    touch(tmp_path, "a.wav", "b.wav")
    (tmp_path / "a.txt").write_text("0.5\t2\twren\n0.5\t2\trobin\n3\t4\t\n")
    found, notes = rows(tmp_path)
    assert [(where, row["id"], row.get("text")) for where, row in found] == [
        ("a.wav", "a", None),
        ("a.txt, line 1", "a_0.5-2", "wren"),
        ("a.txt, line 2", "a_0.5-2.2", "robin"),
        ("a.txt, line 3", "a_3-4", "a"),
        ("b.wav", "b", None),
    ]
    assert found[1][1] | {"path": "a.wav", "start": "0.5", "end": "2", "title": "wren (a.wav, 0.5–2 s)"} == found[1][1]
    assert notes == ["a.txt: Audacity labels of 3 parts"]


def test_parts_of_a_sound_that_is_not_here_name_it(tmp_path):
    touch(tmp_path, "a.wav")
    (tmp_path / "all.csv").write_text("start,end,label,file\n0,3,wren,/elsewhere/gone.wav\n")
    (_, (where, row)), _ = rows(tmp_path)
    assert (where, row["path"]) == ("all.csv, line 2", "/elsewhere/gone.wav")
    assert row["id"]


def test_a_folder_without_sounds_is_refused(tmp_path):
    touch(tmp_path, "readme.md")
    with pytest.raises(GalleryError, match=r"holds neither gallery\.csv nor a sound"):
        rows(tmp_path)


def test_paths_are_those_below_the_folder(tmp_path):
    touch(tmp_path, "x/y/z.wav")
    assert PurePosixPath(rows(tmp_path)[0][0][1]["path"]) == PurePosixPath("x/y/z.wav")
