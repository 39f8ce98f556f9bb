import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model.errors import GalleryError
from model.gallery.entry import COLUMNS, MAX_TEXT, GalleryEntry, entry_from_row, rendered, write_entries
from model.gallery.table import EntryTable

# Text as people write it: no control characters, no surrounding blanks.
texts = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(' ,"\n;'), max_size=40).map(str.strip)
entries = st.builds(
    GalleryEntry,
    id=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
    text=texts.filter(bool),
    licence=texts.filter(bool),
    title=texts,
    author=texts,
    scene=texts,
    foley=texts.filter(bool),
    seed=st.integers(0, 2**32 - 1),
    seconds=st.floats(0.1, 60),
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    date=texts,
)


@given(written=st.lists(entries, unique_by=lambda entry: entry.id, max_size=5))
def test_a_table_gives_back_the_entries_written(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("table") / "entries.csv"
    write_entries(path, written)
    assert tuple(EntryTable.open(path)) == tuple(written)


def test_what_can_be_heard_is_a_recording():
    row = {"id": "a", "text": "waves", "licence": "CC0-1.0"}
    assert entry_from_row(row).kind == "caption"
    assert entry_from_row(row | {"path": "a.ogg"}).kind == "recording"
    assert entry_from_row(row | {"foley": "surf"}).kind == "recording"


def test_a_recording_without_words_is_described_by_its_recipe_title_or_file_name():
    row = {"id": "a", "licence": "CC0-1.0"}
    assert entry_from_row(row | {"foley": "surf on sand", "title": "Shore"}).text == "surf on sand"
    assert entry_from_row(row | {"path": "a/b.ogg", "title": "Shore"}).text == "Shore"
    assert entry_from_row(row | {"path": "a/rain at night.ogg"}).text == "rain at night"


def test_a_recipe_lasts_ten_seconds_unless_it_says_otherwise():
    row = {"id": "a", "licence": "CC0-1.0", "foley": "surf"}
    assert entry_from_row(row).seconds == 10
    assert entry_from_row(row | {"seconds": "2.5"}).seconds == 2.5
    assert entry_from_row({"id": "a", "licence": "CC0-1.0", "path": "a.ogg"}).seconds is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": "../a"}, "id must be"),
        ({"id": ""}, "id must be"),
        ({"id": "a" * 101}, "id must be"),
        ({"text": " "}, "text is missing"),
        ({"text": "w" * (MAX_TEXT + 1)}, "text is longer than"),
        ({"licence": ""}, "licence is missing"),
        ({"path": "a.ogg", "foley": "surf"}, "path and foley exclude each other"),
        ({"lat": "91", "lon": "0"}, "lat must be a number from -90 to 90"),
        ({"lat": "nan", "lon": "0"}, "lat must be a number"),
        ({"lat": "0", "lon": "-180.1"}, "lon must be a number from -180 to 180"),
        ({"lat": "0"}, "lat and lon belong together"),
        ({"lon": "190", "lat": "0"}, r"not '190' \(perhaps -170\)"),
        ({"start": "1"}, "start and end belong to a path"),
        ({"path": "a.ogg", "start": "2", "end": "2.05"}, "end must be behind start, by 0.1 s at least"),
        ({"path": "a.ogg", "start": "-1"}, "start must be a number"),
        ({"lat": "99", "lon": "x", "seed": "y"}, "lat must .*; lon must .*; seed must"),
        ({"foley": "surf", "seed": "-1"}, "seed must be a whole number"),
        ({"foley": "surf", "seed": "1.5"}, "seed must be a whole number"),
        ({"foley": "surf", "seconds": "0"}, "seconds must be a number from 0.1 to 60"),
        ({"foley": "surf", "seconds": "inf"}, "seconds must be a number"),
        ({"foley": "surf", "seconds": "soon"}, "seconds must be a number"),
        ({None: ["more"]}, "does not have 3 values"),
        ({"licence": None}, "does not have 3 values"),
    ],
)
def test_a_bad_value_is_refused_by_its_column(change, complaint):
    with pytest.raises(ValueError, match=complaint):
        entry_from_row({"id": "a", "text": "waves", "licence": "CC0-1.0"} | change)


def test_a_stored_table_with_a_bad_or_repeated_row_is_refused_by_line(tmp_path):
    path = tmp_path / "entries.csv"
    good = GalleryEntry("a", "waves", "CC0-1.0")
    write_entries(path, [good, good])
    with pytest.raises(GalleryError, match=r"entries\.csv, line 3: the id 'a' is used twice"):
        EntryTable.open(path)
    write_entries(path, [good, GalleryEntry("b", "", "CC0-1.0")])
    with pytest.raises(GalleryError, match=r"entries\.csv, line 3: text is missing"):
        EntryTable.open(path)


def test_missing_and_unknown_columns_are_named(tmp_path):
    path = tmp_path / "entries.csv"
    path.write_text("id,text\n")
    with pytest.raises(GalleryError, match="the column 'licence' is missing; it has id, text"):
        EntryTable.open(path)
    path.write_text(",".join([*COLUMNS, "lattitude", "colour"]) + "\n")
    with pytest.raises(GalleryError, match="unknown column 'lattitude', 'colour'"):
        EntryTable.open(path)


def test_a_rendered_recording_lies_halfway_between_its_sound_and_its_words():
    sound, words = np.array([[1.0, 0.0]], np.float32), np.array([[0.0, 0.5]], np.float32)
    assert rendered(sound, words).tolist() == [[0.5, 0.25]]
    assert rendered(sound, words).dtype == np.float32
    torch.testing.assert_close(rendered(torch.from_numpy(sound), torch.from_numpy(words)), torch.tensor([[0.5, 0.25]]))
