from pathlib import Path

import numpy as np
import pytest

from model.errors import GalleryError
from model.gallery import Gallery
from model.gallery.entry import GalleryEntry
from model.gallery.write import EmbeddedEntries, check_target, staged, write_gallery
from tests.model.gallery.conftest import unit


def parts(text="waves", path=""):
    entry = GalleryEntry("a", text, "CC0-1.0", path=path)
    empty = EmbeddedEntries((), np.ones((0, 1), np.float32))
    one = EmbeddedEntries((entry,), np.ones((1, 1), np.float32))
    return {"caption": empty, "recording": one} if path else {"caption": one, "recording": empty}


def test_what_is_written_opens_again(tmp_path, folder):
    write_gallery(tmp_path / "deep/er/gallery", folder, parts(), "tiny", "abc123")
    gallery = Gallery.open(tmp_path / "deep/er/gallery")
    assert gallery.entry("a").text == "waves"
    assert gallery.checkpoint_hash == "abc123"


def test_captions_of_some_scales_lie_apart_and_each_keeps_its_own_vector(tmp_path, folder):
    """What `gallery.csv` says of scales is written as it is read, whatever the order of the rows."""
    scales = (1, None, 3, 1, None)
    said = tuple(GalleryEntry(f"c{n}", f"caption {n}", "CC0-1.0", scale=scale) for n, scale in enumerate(scales))
    vectors = unit(len(said))
    parts = {"caption": EmbeddedEntries(said, vectors), "recording": EmbeddedEntries((), unit(0))}
    write_gallery(tmp_path / "gallery", folder, parts, "tiny", "abc123")
    gallery = Gallery.open(tmp_path / "gallery")
    for scale, ids in ((1, {"c0", "c1", "c3", "c4"}), (3, {"c1", "c2", "c4"}), (None, {"c0", "c1", "c2", "c3", "c4"})):
        scores, nearest = gallery.nearest(vectors, 9, scale=scale)
        assert set(nearest[0]) == ids
        for row, entry in enumerate(said):
            if entry.id in ids:
                assert nearest[row][0] == entry.id
                assert scores[row][0] == pytest.approx(1, abs=1e-5)


def test_an_earlier_gallery_is_replaced_whole(tmp_path, folder):
    out = tmp_path / "gallery"
    write_gallery(out, folder, parts(path="noise.flac"), "tiny", "abc123")
    write_gallery(out, folder, parts("new words"), "tiny", "abc123")
    assert Gallery.open(out).entry("a").text == "new words"
    assert not (out / "audio").exists()


def test_nothing_is_left_behind_beside_the_gallery(tmp_path, folder):
    write_gallery(tmp_path / "gallery", folder, parts(), "tiny", "abc123")
    write_gallery(tmp_path / "gallery", folder, parts(), "tiny", "abc123")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gallery", "source"]


def test_a_build_that_fails_leaves_the_earlier_gallery_alone(tmp_path, folder):
    out = tmp_path / "gallery"
    write_gallery(out, folder, parts(), "tiny", "abc123")
    with pytest.raises(GalleryError, match=r"absent\.flac: no such file"):
        write_gallery(out, folder, parts("new words", path="absent.flac"), "tiny", "abc123")
    assert Gallery.open(out).entry("a").text == "waves"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gallery", "source"]


def test_a_recordings_file_is_kept_under_its_id(tmp_path, folder):
    (folder / "noise.flac").rename(folder / "A name, with blanks.FLAC")
    write_gallery(tmp_path / "gallery", folder, parts(path="A name, with blanks.FLAC"), "tiny", "abc123")
    assert Gallery.open(tmp_path / "gallery").entry("a").path == "audio/a.flac"


def test_only_a_gallery_or_nothing_may_be_overwritten(tmp_path, folder):
    check_target(tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    check_target(tmp_path / "empty")
    for taken in (folder, folder / "noise.flac"):
        with pytest.raises(GalleryError, match="is there already and is no gallery"):
            check_target(taken)


def test_a_place_that_cannot_be_written_is_named(folder):
    with pytest.raises(GalleryError, match="cannot be written"):
        write_gallery(folder / "noise.flac" / "gallery", folder, parts(), "tiny", "abc123")


def test_a_rename_that_fails_brings_the_earlier_gallery_back(tmp_path, folder, monkeypatch):
    out = tmp_path / "gallery"
    write_gallery(out, folder, parts(), "tiny", "abc123")
    rename = Path.rename

    def refuse(self, target):
        if self.name == "new":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(GalleryError, match="Input/output error"):
        write_gallery(out, folder, parts("new words"), "tiny", "abc123")
    assert Gallery.open(out).entry("a").text == "waves"


def test_a_block_that_fails_leaves_no_folder(tmp_path):
    def fail() -> None:
        with staged(tmp_path / "gallery") as new:
            (new / "half").write_text("x")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_large_matrices_are_coded_and_the_codes_are_checked(tmp_path, folder, monkeypatch):
    monkeypatch.setattr("model.gallery.write.CODED_FROM", 30)
    entries = tuple(GalleryEntry(f"c{n}", f"caption {n}", "CC0-1.0") for n in range(40))
    many = {"caption": EmbeddedEntries(entries, unit(40)), "recording": EmbeddedEntries((), unit(0))}
    write_gallery(tmp_path / "gallery", folder, many, "tiny", "abc123")
    assert (tmp_path / "gallery" / "caption.faiss").is_file()
    assert not (tmp_path / "gallery" / "recording.faiss").exists()
    assert Gallery.open(tmp_path / "gallery", device=None).nearest(unit(40)[:1], 1)[1] == [["c0"]]
    (tmp_path / "gallery" / "caption.faiss").write_bytes(b"other")
    with pytest.raises(GalleryError, match=r"caption\.faiss: the checksum differs"):
        Gallery.open(tmp_path / "gallery")
