from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import GalleryError
from model.gallery.entry import GalleryEntry, write_entries
from model.gallery.table import EntryTable


@pytest.fixture(params=[True, False], ids=["kept", "read when asked for"])
def table(request, tmp_path, monkeypatch):
    if not request.param:
        monkeypatch.setattr("model.gallery.table.KEPT", 2)
    said = [GalleryEntry(f"e{n}", f'line {n}\n"wide", größer', "CC0-1.0", scale=n % 3 or None) for n in range(9)]
    write_entries(tmp_path / "entries.csv", said)
    return said, EntryTable.open(tmp_path / "entries.csv")


def test_an_entry_is_found_by_id_and_by_row(table):
    said, opened = table
    assert tuple(opened) == tuple(said)
    for n, entry in enumerate(said):
        assert opened.find(entry.id) == n
    assert [opened.find(id) for id in ("e", "e9", "a", "z", "e0 ")] == [None] * 5


def test_rows_are_grouped_by_kind_and_scale(table):
    _, opened = table
    groups = {group: rows.tolist() for group, rows in opened.groups.items()}
    assert groups == {("caption", None): [0, 3, 6], ("caption", 1): [1, 4, 7], ("caption", 2): [2, 5, 8]}


HEADER = "id,text,licence\n"


def opened(tmp_path, text):
    (tmp_path / "entries.csv").write_text(text, encoding="utf-8", newline="")
    return EntryTable.open(tmp_path / "entries.csv")


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_whatever_its_mark_and_line_ends(tmp_path, start, end):
    table = opened(tmp_path, start + HEADER.replace("\n", end) + f"a,waves,CC0-1.0{end}b,wind,CC0-1.0{end}")
    assert [entry.id for entry in table] == ["a", "b"]


def test_empty_lines_are_no_entries(tmp_path):
    table = opened(tmp_path, HEADER + "\na,waves,CC0-1.0\n\nb,wind,CC0-1.0\n\n")
    assert [entry.text for entry in table] == ["waves", "wind"]
    assert table.row(1).id == "b"


def test_the_last_line_need_not_end(tmp_path):
    assert len(opened(tmp_path, HEADER + "a,waves,CC0-1.0")) == 1


def test_licences_are_counted(tmp_path):
    table = opened(tmp_path, HEADER + "a,x,CC0-1.0\nb,x,CC-BY-4.0\nc,x,CC0-1.0\n")
    assert table.licences.most_common() == [("CC0-1.0", 2), ("CC-BY-4.0", 1)]


def test_an_id_that_is_used_twice_is_named_with_its_second_line(tmp_path):
    with pytest.raises(GalleryError, match=r"line 4: the id 'a' is used twice"):
        opened(tmp_path, HEADER + "a,x,CC0-1.0\nb,x,CC0-1.0\na,y,CC0-1.0\n")


@pytest.mark.parametrize(
    ("row", "words"),
    [("a,,CC0-1.0", "text is missing"), ("a b,x,CC0-1.0", "id must be"), ("a,x", "values"), ("a,x,y,z", "values")],
)
def test_an_entry_that_cannot_be_is_named_with_its_line(tmp_path, row, words):
    with pytest.raises(GalleryError, match=rf"entries\.csv, line 3: .*{words}"):
        opened(tmp_path, HEADER + f"ok,waves,CC0-1.0\n{row}\n")


def test_of_a_large_table_an_entry_is_judged_when_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("model.gallery.table.KEPT", 1)
    table = opened(tmp_path, HEADER + "ok,waves,CC0-1.0\nbad,,CC0-1.0\n")
    assert table.row(0).text == "waves"
    with pytest.raises(GalleryError, match="line 3: text is missing"):
        table.row(1)


@pytest.mark.parametrize("text", ["", "id,text\n", "id,text,licence,colour\n", "a,b,c\n"])
def test_a_table_of_other_columns_is_refused(tmp_path, text):
    with pytest.raises(GalleryError, match=r"entries\.csv"):
        opened(tmp_path, text)


def test_a_table_stays_what_it_was_when_its_file_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr("model.gallery.table.KEPT", 0)
    table = opened(tmp_path, HEADER + "a,waves,CC0-1.0\n")
    (tmp_path / "new").write_text(HEADER + "a,other words that are longer,CC0-1.0\n")
    (tmp_path / "new").replace(tmp_path / "entries.csv")
    assert table.row(0).text == "waves"


def test_entries_are_read_by_many_threads_at_once(table):
    said, opened_table = table
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(opened_table.row, [n % len(said) for n in range(200)]))
    assert found == [said[n % len(said)] for n in range(200)]


@given(
    st.lists(st.text("abcXYZ019", min_size=1, max_size=5), unique=True, max_size=12), st.text("abcXYZ019", max_size=5)
)
@settings(max_examples=30, deadline=None)
def test_an_id_is_found_if_and_only_if_it_is_there(tmp_path_factory, ids, asked):
    folder = tmp_path_factory.mktemp("table")
    write_entries(folder / "entries.csv", [GalleryEntry(id, "x", "CC0-1.0") for id in ids])
    table = EntryTable.open(folder / "entries.csv")
    assert table.find(asked) == (ids.index(asked) if asked in ids else None)
