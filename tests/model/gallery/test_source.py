from collections import Counter
from pathlib import Path

import pytest

from model.errors import GalleryError
from model.gallery.source import read_source
from model.scenes.captions import SCENES, Caption, read_captions

OWN = Path(__file__).parents[3] / "model/gallery/source"


def table(folder, text):
    (folder / "gallery.csv").write_text(text, encoding="utf-8")
    return folder


def test_rows_without_an_id_are_named_after_their_line(folder):
    found = read_source(table(folder, "text,path,lat,lon,licence\nwaves,,0,0,CC0-1.0\nwind,noise.flac,,,CC0-1.0\n"))
    assert [(entry.id, entry.kind) for entry in found.entries] == [("c2", "caption"), ("r3", "recording")]
    assert (found.skips, found.notes) == ((), ())


def test_bad_rows_are_left_out_and_named_by_line(folder):
    rows = "waves,0,0,CC0-1.0\nwaves,99,0,CC0-1.0\nwaves\nwaves,,,\n"
    found = read_source(table(folder, "text,lat,lon,licence\n" + rows))
    assert [entry.id for entry in found.entries] == ["c2"]
    assert [skip.where for skip in found.skips] == [f"gallery.csv, line {line}" for line in (3, 4, 5)]
    assert [skip.reason.split()[0] for skip in found.skips] == ["lat", "the", "licence"]


def test_captions_handed_over_follow_the_table_and_keep_their_ids(folder):
    caption = Caption("sea-i01", "sea", "image", "a swell", "CC0-1.0")
    found = read_source(table(folder, "text,licence\nwaves,CC0-1.0\n"), [caption])
    assert [(entry.id, entry.text, entry.scene) for entry in found.entries] == [
        ("c2", "waves", ""),
        ("sea-i01", "a swell", "sea"),
    ]


def test_the_first_to_use_an_id_keeps_it(folder):
    caption = Caption("a", "sea", "image", "a swell", "CC0-1.0")
    found = read_source(table(folder, "id,text,licence\na,waves,CC0-1.0\n"), [caption])
    assert [entry.text for entry in found.entries] == ["waves"]
    assert [(skip.where, skip.reason) for skip in found.skips] == [("caption a", "the id 'a' is used twice")]


def test_a_caption_that_cannot_be_used_is_named(folder):
    caption = Caption("not/an/id", "sea", "image", "a swell", "CC0-1.0")
    found = read_source(table(folder, "text,licence\n"), [caption])
    assert found.entries == ()
    assert found.skips[0].where == "caption not/an/id"


def test_a_table_saved_by_a_spreadsheet_is_read(folder):
    (folder / "gallery.csv").write_bytes("﻿text,licence\r\nwaves,CC0-1.0\r\n".encode())
    assert [entry.text for entry in read_source(folder).entries] == ["waves"]


@pytest.mark.parametrize(
    "content",
    [b"", b"text\nwaves\n", b"licence,colour\n", b"text,Text,licence\n", b'text,licence\n"open,CC0\n', b"\xff\xfe"],
)
def test_a_table_that_cannot_be_used_at_all_is_refused(folder, content):
    (folder / "gallery.csv").write_bytes(content)
    with pytest.raises(GalleryError, match=r"gallery\.csv"):
        read_source(folder)


def test_a_folder_that_is_not_there_or_holds_nothing_to_hear_is_refused(folder, tmp_path):
    with pytest.raises(GalleryError, match="gone: there is no such folder"):
        read_source(tmp_path / "gone")
    (folder / "noise.flac").unlink()
    with pytest.raises(GalleryError, match=r"holds neither gallery\.csv nor a sound"):
        read_source(folder)


def test_all_missing_columns_are_told_at_once_beside_those_there_are(folder):
    with pytest.raises(
        GalleryError, match=r"columns text \(or .*\) and licence \(or give --licence\) are missing; it has id, u"
    ):
        read_source(table(folder, "id,unknown\na,b\n"))


def test_columns_that_are_not_used_are_told(folder):
    found = read_source(table(folder, ",text,license,device,lattitude\n0,waves,CC0-1.0,Song Meter,1\n"))
    assert [(entry.text, entry.licence, entry.lat) for entry in found.entries] == [("waves", "CC0-1.0", None)]
    assert found.notes[0].startswith("gallery.csv: not used: device, lattitude; known columns are id, text,")


def test_cells_that_tell_nothing_are_empty_and_numbers_have_points(folder):
    rows = "text;licence;lat;lon;author;scene\nwaves;CC0-1.0;46,5;12,2;NA;null\nwind;CC0-1.0;NA;-9999;Ann;sea\n"
    first, second = read_source(table(folder, rows)).entries
    assert (first.lat, first.lon, first.author, first.scene) == (46.5, 12.2, "", "")
    assert (second.lat, second.lon, second.author, second.scene) == (None, None, "Ann", "sea")


def test_all_that_is_wrong_with_a_row_is_told_by_column(folder):
    found = read_source(table(folder, "text,licence,lat,lon,seed\nwaves,,91,347.8,x\n"))
    assert [skip.reason.split(" must")[0] for skip in found.skips] == ["licence is missing; lat"]
    assert [skip.reason.count(";") for skip in found.skips] == [3]
    assert "not '347.8' (perhaps -12.2)" in found.skips[0].reason


def test_a_licence_for_all_stands_where_none_is_told(folder):
    found = read_source(table(folder, "text,licence\nwaves,\nwind,CC0-1.0\n"), licence="CC-BY-4.0")
    assert [entry.licence for entry in found.entries] == ["CC-BY-4.0", "CC0-1.0"]
    assert [e.licence for e in read_source(table(folder, "text\nwaves\n"), licence="PD").entries] == ["PD"]


def test_captions_come_along_where_there_are_none(folder):
    caption = Caption("sea-i01", "sea", "image", "a swell", "CC0-1.0")
    alone = read_source(table(folder, "path,licence\nnoise.flac,CC0-1.0\n"), fallback=[caption])
    assert [entry.id for entry in alone.entries] == ["r2", "sea-i01"]
    assert alone.notes == ("1 captions of scenes come along, for the folder has none of its own",)
    own = read_source(table(folder, "text,path,licence\nx,noise.flac,CC0-1.0\nwaves,,CC0-1.0\n"), fallback=[caption])
    assert [entry.id for entry in own.entries] == ["r2", "c3"]


def test_a_folder_of_recordings_needs_no_table(folder):
    (folder / "deep").mkdir()
    (folder / "noise.flac").rename(folder / "deep/Rain_at night 20210503_054500.flac")
    (folder / "notes.txt").write_text("remember the milk")
    (entry,) = read_source(folder, licence="CC0-1.0").entries
    assert (entry.id, entry.path) == ("deep_Rain_at-night-20210503_054500", "deep/Rain_at night 20210503_054500.flac")
    assert (entry.text, entry.title) == ("Rain at night 20210503 054500",) * 2
    assert (entry.licence, entry.date) == ("CC0-1.0", "20210503_054500")
    assert read_source(folder).entries[0].licence == "not stated"


def test_our_own_source_holds_four_foley_recordings_for_every_scene():
    found = read_source(OWN, read_captions())
    assert (found.skips, found.notes) == ((), ())
    recordings = [entry for entry in found.entries if entry.kind == "recording"]
    count = Counter(entry.scene for entry in recordings)
    assert set(count) == set(SCENES)
    assert min(count.values()) >= 4
    assert len({(entry.foley, entry.seed) for entry in recordings}) == len(recordings)
    assert all(entry.foley and entry.title and entry.licence == "CC0-1.0" for entry in recordings)
