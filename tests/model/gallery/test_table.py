import pytest

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
