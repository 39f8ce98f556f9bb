import numpy as np
import pytest

from model.errors import GalleryError, UnknownEntry
from model.gallery import Gallery, GalleryShelf
from model.gallery.entry import GalleryEntry
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
    scores, ids = shelf.nearest(query, 10)
    apart = [Gallery.open(folder).nearest(query, 10) for folder in two]
    np.testing.assert_array_equal(scores, -np.sort(-np.hstack([part[0] for part in apart])))
    assert set(ids[0]) == {f"c{n}" for n in range(5)} | {f"mine-2~c{n}" for n in range(5)}
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


def test_the_nearest_scenes_are_those_of_the_nearest_entries(two):
    shelf = GalleryShelf.open(two)
    query = np.random.default_rng(1).normal(size=(3, DIM))
    for kind in ("caption", "recording"):
        scores, ids = shelf.nearest(query, 6, kind)
        same_scores, numbers = shelf.nearest_scenes(query, 6, kind)
        np.testing.assert_array_equal(scores, same_scores)
        assert numbers.tolist() == [[shelf.scenes[shelf.entry(id).scene] for id in row] for row in ids.tolist()]
    assert set(shelf.scenes) == {"sea", ""}


def test_many_ids_are_looked_up_at_once_in_their_order(two):
    shelf = GalleryShelf.open(two)
    ids = ["mine-2~c1", "c3", "r0", "mine-2~c1", "c0"]
    assert shelf.look_up(ids) == [(shelf.name_of(id), shelf.entry(id)) for id in ids]
    assert shelf.look_up([]) == []
    with pytest.raises(UnknownEntry, match="c99"):
        shelf.look_up(["c0", "c99"])
