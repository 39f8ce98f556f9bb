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
    entries, skips = read_source(
        table(folder, "text,path,lat,lon,licence\nwaves,,0,0,CC0-1.0\nwind,noise.flac,,,CC0-1.0\n"), ()
    )
    assert [(entry.id, entry.kind) for entry in entries] == [("c2", "caption"), ("r3", "recording")]
    assert skips == []


def test_bad_rows_are_left_out_and_named_by_line(folder):
    rows = "waves,0,0,CC0-1.0\nwaves,99,0,CC0-1.0\nwaves\nwaves,,,\n"
    entries, skips = read_source(table(folder, "text,lat,lon,licence\n" + rows), ())
    assert [entry.id for entry in entries] == ["c2"]
    assert [skip.where for skip in skips] == [f"gallery.csv, line {line}" for line in (3, 4, 5)]
    assert [skip.reason.split()[0] for skip in skips] == ["lat", "the", "licence"]


def test_captions_handed_over_follow_the_table_and_keep_their_ids(folder):
    caption = Caption("sea-i01", "sea", "image", "a swell", "CC0-1.0")
    entries, _ = read_source(table(folder, "text,licence\nwaves,CC0-1.0\n"), [caption])
    assert [(entry.id, entry.text, entry.scene) for entry in entries] == [
        ("c2", "waves", ""),
        ("sea-i01", "a swell", "sea"),
    ]


def test_the_first_to_use_an_id_keeps_it(folder):
    caption = Caption("a", "sea", "image", "a swell", "CC0-1.0")
    entries, skips = read_source(table(folder, "id,text,licence\na,waves,CC0-1.0\n"), [caption])
    assert [entry.text for entry in entries] == ["waves"]
    assert [(skip.where, skip.reason) for skip in skips] == [("caption a", "the id 'a' is used twice")]


def test_a_caption_that_cannot_be_used_is_named(folder):
    caption = Caption("not/an/id", "sea", "image", "a swell", "CC0-1.0")
    entries, skips = read_source(table(folder, "text,licence\n"), [caption])
    assert entries == []
    assert skips[0].where == "caption not/an/id"


def test_a_table_saved_by_a_spreadsheet_is_read(folder):
    (folder / "gallery.csv").write_bytes("﻿text,licence\r\nwaves,CC0-1.0\r\n".encode())
    assert [entry.text for entry in read_source(folder, ())[0]] == ["waves"]


@pytest.mark.parametrize(
    "content", [b"", b"text\nwaves\n", b"text,licence,colour\n", b'text,licence\n"open,CC0\n', b"\xff\xfe"]
)
def test_a_table_that_cannot_be_used_at_all_is_refused(folder, content):
    (folder / "gallery.csv").write_bytes(content)
    with pytest.raises(GalleryError, match=r"gallery\.csv"):
        read_source(folder, ())


def test_a_folder_without_a_table_is_refused(folder):
    with pytest.raises(GalleryError, match=r"gallery\.csv: cannot be read"):
        read_source(folder, ())


def test_our_own_source_holds_four_foley_recordings_for_every_scene():
    entries, skips = read_source(OWN, read_captions())
    assert skips == []
    recordings = [entry for entry in entries if entry.kind == "recording"]
    count = Counter(entry.scene for entry in recordings)
    assert set(count) == set(SCENES)
    assert min(count.values()) >= 4
    assert len({(entry.foley, entry.seed) for entry in recordings}) == len(recordings)
    assert all(entry.foley and entry.title and entry.licence == "CC0-1.0" for entry in recordings)
