"""A file is found however a table's system spells its name, and never outside the folder."""

import unicodedata

import pytest

from model.errors import GalleryError
from model.inside import inside


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in/a").mkdir(parents=True)
    for name in ("möwe.wav", "B.WAV", "x.wav", "X.wav"):
        (tmp_path / "in/a" / name).touch()
    (tmp_path / "secret.wav").touch()
    return tmp_path / "in"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/möwe.wav", "möwe.wav"),
        ("./a/möwe.wav", "möwe.wav"),
        (unicodedata.normalize("NFD", "a/möwe.wav"), "möwe.wav"),
        ("a\\möwe.wav", "möwe.wav"),
        ("A/b.wav", "B.WAV"),
        (".\\a\\b.wav", "B.WAV"),
        ("a/x.wav", "x.wav"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(folder, path, name):
    assert inside(folder, path) == (folder / "a" / name).resolve()


def test_a_file_whose_name_is_decomposed_is_found_by_the_composed_one(folder):
    stored = folder / unicodedata.normalize("NFD", "grün.wav")
    stored.touch()
    assert inside(folder, unicodedata.normalize("NFC", "grün.wav")) == stored.resolve()


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("a/x.WAV", "no such file"),
        ("a", "no such file"),
        ("C:\\a\\b.wav", "no such file"),
        ("a/gone.wav", "no such file"),
        ("../secret.wav", "leads out"),
        ("..\\secret.wav", "no such file|leads out"),
        ("a/../../SECRET.wav", "no such file|leads out"),
        ("\\secret.wav", "no such file|leads out"),
        ("a\0b", "cannot be read"),
    ],
)
def test_what_is_no_file_of_the_folder_is_refused(folder, path, complaint):
    with pytest.raises(GalleryError, match=complaint):
        inside(folder, path)


def test_a_link_that_leads_out_is_refused_by_any_spelling(folder):
    (folder / "Link.wav").symlink_to(folder.parent / "secret.wav")
    for path in ("Link.wav", "link.wav"):
        with pytest.raises(GalleryError, match="leads out"):
            inside(folder, path)


def test_a_file_that_came_later_is_found(folder):
    with pytest.raises(GalleryError):
        inside(folder, "a/late.wav")
    (folder / "a/Late.wav").touch()
    assert inside(folder, "a/late.wav").name == "Late.wav"
