import numpy as np
import pytest

from model.errors import GalleryError, UnknownEntry
from model.gallery import Gallery, GalleryShelf
from model.gallery.entry import GalleryEntry
from model.gallery.shelf import _name
from model.gallery.write import EmbeddedEntries, write_gallery

DIM = 8


@pytest.fixture
def two(written, tmp_path):
    """Two galleries in folders of the same name, whose ids are the same, too."""
    folders = [tmp_path / part / "mine" for part in ("a", "b")]
    for seed, folder in enumerate(folders):
        folder.parent.mkdir()
        written(5, 3, seed * 10).rename(folder)
    return folders


def test_the_best_of_all_galleries_come_first_under_ids_of_their_own(two):
    shelf = GalleryShelf.open(two)
    query = np.random.default_rng(1).normal(size=(2, DIM))
    scores, numbers = shelf.nearest(query, 10)
    apart = [Gallery.open(folder).nearest(query, 10) for folder in two]
    np.testing.assert_array_equal(scores, -np.sort(-np.hstack([part[0] for part in apart])))
    ids = {entry.id for _, entry in shelf.numbered(numbers[0])}
    assert ids == {f"c{n}" for n in range(5)} | {f"mine-2~c{n}" for n in range(5)}
    assert shelf.count("caption") == 10
    assert len(set(shelf.ids("caption"))) == 10


def test_an_id_leads_to_its_gallery(two):
    shelf = GalleryShelf.open(two)
    assert shelf.name_of("c1") == "mine"
    assert shelf.name_of("mine-2~c1") == "mine-2"
    assert shelf.entry("mine-2~c1").id == "mine-2~c1"
    assert shelf.fingerprint("c1") != shelf.fingerprint("mine-2~c1")
    assert shelf.audio("mine-2~r0").sample_rate == 16_000
    assert shelf.licences() == {"CC0-1.0": 10, "CC-BY-4.0": 6}


@pytest.mark.parametrize("id", ["mine~c1", "yours~c1", "~c1", "mine-2~", "mine-2~c99", "mine-2~mine-2~c1", "c99"])
def test_no_other_id_leads_anywhere(two, id):
    with pytest.raises(UnknownEntry):
        GalleryShelf.open(two).entry(id)


def test_galleries_of_different_checkpoints_do_not_stand_together(written, tmp_path, folder):
    part = EmbeddedEntries((GalleryEntry("c0", "waves", "CC0-1.0"),), np.eye(1, DIM, dtype=np.float32))
    write_gallery(
        tmp_path / "other", folder, {"caption": part, "recording": EmbeddedEntries((), part.vectors[:0])}, "x", "fed"
    )
    with pytest.raises(GalleryError, match="built with checkpoint fed"):
        GalleryShelf.open([written(), tmp_path / "other"])
    with pytest.raises(GalleryError, match="no gallery was named"):
        GalleryShelf.open([])


def test_one_gallery_is_asked_as_if_it_stood_alone(written):
    path = written()
    shelf, alone = GalleryShelf.open([path]), Gallery.open(path)
    query = np.random.default_rng(1).normal(size=(3, DIM))
    for found, expected in zip(shelf.nearest(query, 4), alone.nearest_rows(query, 4), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert [entry.id for _, entry in shelf.numbered(shelf.nearest(query, 4)[1][0])] == alone.nearest(query, 4)[1][
        0
    ].tolist()
    assert shelf.ids("recording") == alone.ids("recording")
    assert shelf.entry("c1") == alone.entry("c1")
    assert shelf.scales == alone.scales


def test_entries_and_ids_come_gallery_by_gallery(two):
    shelf = GalleryShelf.open(two)
    assert [entry.id for entry in shelf.entries("recording")] == shelf.ids("recording")
    assert shelf.ids("recording") == ["r0", "r1", "r2", "mine-2~r0", "mine-2~r1", "mine-2~r2"]


@pytest.mark.parametrize("k", [1, 3, 7, 100])
def test_k_is_cut_to_what_all_have_and_the_best_come_first(two, k):
    scores, numbers = GalleryShelf.open(two).nearest(np.ones((1, DIM)), k)
    assert scores.shape == numbers.shape == (1, min(k, 10))
    assert (np.diff(scores[0]) <= 0).all()


def test_every_gallery_is_asked_for_the_right_checkpoint(two):
    shelf = GalleryShelf.open(two)
    shelf.check_checkpoint("abc123")
    with pytest.raises(GalleryError, match="not other"):
        shelf.check_checkpoint("other")


def test_where_the_galleries_lie_is_told_for_messages(two):
    assert GalleryShelf.open(two).folder == ", ".join(map(str, two))


NAMES = [
    ("embedded", "embedded"),
    ("/a/My Gallery", "My-Gallery"),
    ("/a/größe", "gr--e"),
    ("/", "gallery"),
    ("/a/x~y", "x-y"),
]


@pytest.mark.parametrize(("path", "name"), NAMES)
def test_a_gallery_is_called_after_its_folder_in_safe_letters(path, name):
    assert _name(path) == name


def test_a_name_that_is_taken_gets_a_number(two, written):
    shelf = GalleryShelf.open([*two, two[0]])
    assert list(shelf.galleries) == ["mine", "mine-2", "mine-3"]


def test_a_very_long_name_is_cut():
    assert len(_name("/a/" + "x" * 200)) == 80


def test_every_entry_has_a_number_a_name_and_a_scene(two):
    shelf = GalleryShelf.open([*two, two[0]])
    every = range(shelf.count("caption") + shelf.count("recording"))
    told = shelf.numbered(every)
    assert [entry.id for _, entry in told] == [
        id
        for name in shelf.galleries
        for id in shelf.ids("caption") + shelf.ids("recording")
        if shelf.name_of(id) == name
    ]
    for number, (name, entry) in zip(every, told, strict=True):
        assert (name, entry) == (shelf.name_of(entry.id), shelf.entry(entry.id))
        assert shelf.scene_codes[number] == shelf.scenes[entry.scene]
    assert set(shelf.scenes) == {"sea", ""}


def test_numbered_entries_come_in_the_order_they_are_asked_for(two):
    shelf = GalleryShelf.open(two)
    asked = [9, 3, 0, 9]
    assert shelf.numbered(asked) == [shelf.numbered([number])[0] for number in asked]
    assert shelf.numbered([]) == []
