"""The published container: what it must hold, which scales it has, and the sound of a row."""

import h5py
import numpy as np
import pytest

from model.errors import GalleryError
from model.gallery.manifest import Container
from model.gallery.published import container as module
from model.gallery.published.container import (
    check_container,
    dataset,
    opened,
    read_clip,
    scales_of,
    texts_of,
    values_of,
)
from tests.model.gallery.published.made_hdf5 import write_hdf5


@pytest.fixture
def path(tmp_path):
    write_hdf5(tmp_path / "p.h5")
    return tmp_path / "p.h5"


def container(path):
    return Container(str(path), path.stat().st_size)


def rewrite(path, name, values, **attributes):
    with h5py.File(path, "a") as file:
        if name in file:
            del file[name]
        file.create_dataset(name, data=values).attrs.update(attributes)


def test_a_file_is_closed_when_the_block_ends(path):
    with opened(path) as file:
        assert "sample_id" in file
    assert not file


@pytest.mark.parametrize("content", [b"", b"no HDF5", b"\x89HDF\r\n\x1a\n" + bytes(50)])
def test_what_is_no_hdf5_is_refused_in_one_line(tmp_path, content):
    (tmp_path / "x.h5").write_bytes(content)
    with pytest.raises(GalleryError, match=r"x\.h5: cannot be read as HDF5") as error, opened(tmp_path / "x.h5"):
        pass
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(GalleryError, match="cannot be read"), opened(tmp_path / "gone.h5"):
        pass


def test_without_the_library_the_extra_is_named(path, monkeypatch):
    def missing(module, name):
        raise ModuleNotFoundError(f"No module named {module!r}")

    monkeypatch.setattr(module, "part", missing)
    with pytest.raises(GalleryError, match=r"pip install 'earshot\[hdf5\]'"), opened(path):
        pass


def test_a_data_set_is_found_by_name_dimensions_and_rows(path):
    with opened(path) as file:
        assert dataset(file, "audio_embedding", (2,), 7).shape == (7, 8)


@pytest.mark.parametrize(
    ("name", "dims", "rows", "words"),
    [
        ("colour", (1,), None, "it has no colour"),
        ("audio_embedding", (1,), None, "one row a sample"),
        ("audio_embedding", (2,), 6, "not 6 rows"),
    ],
)
def test_one_that_is_missing_or_of_another_shape_is_named(path, name, dims, rows, words):
    with opened(path) as file, pytest.raises(GalleryError, match=words):
        dataset(file, name, dims, rows)


def test_a_group_is_no_data_set(path):
    with h5py.File(path, "a") as file:
        file.create_group("folder")
    with opened(path) as file, pytest.raises(GalleryError, match="has no folder"):
        dataset(file, "folder", (1,))


def test_scales_are_those_that_have_captions_in_order(path):
    with opened(path) as file:
        assert scales_of(file) == (1, 3, 5)


@pytest.mark.parametrize("name", ["llava_caption_zl", "llava_caption_zl0", "llava_caption_zlx"])
def test_other_endings_are_no_scales(tmp_path, name):
    rewrite(tmp_path / "x.h5", name, np.zeros(1))
    with opened(tmp_path / "x.h5") as file, pytest.raises(GalleryError, match="has no llava_caption_zl1"):
        scales_of(file)


def test_texts_come_on_one_line_whatever_they_are_made_of():
    values = np.array([b"two\n lines ", "caf\u00e9", b"\xff broken", 3], dtype=object)
    assert texts_of(values) == ["two lines", "café", "\ufffd broken", "3"]


def test_a_damaged_part_is_a_gallery_error():
    class Damaged:
        class file:
            filename = "p.h5"

        def __getitem__(self, where):
            raise OSError("Can't synchronously read data\nmore")

    with pytest.raises(GalleryError, match=r"p\.h5: cannot be read as HDF5: Can't synchronously read data$"):
        values_of(Damaged(), slice(None))


def test_a_row_is_its_sound_at_the_published_rate(path):
    clip = read_clip(container(path), "audio_raw/3")
    assert (clip.samples.shape, clip.sample_rate) == ((2, 4410), 44_100)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(clip.samples, file["audio_raw"][3])


def test_a_rate_that_is_told_is_taken(path):
    rewrite(path, "slow", np.full((2, 100), 0.1, np.float32), sample_rate=16_000)
    assert read_clip(container(path), "slow/1").sample_rate == 16_000


def test_mono_rows_and_whole_numbers_become_samples(path):
    rewrite(path, "mono", np.array([[16384, -32768]], np.int16))
    assert read_clip(container(path), "mono/0").samples.tolist() == [[0.5, -1.0]]


def test_a_sound_is_cut_at_a_minute(path):
    rewrite(path, "long", np.zeros((1, 1, 61 * 8000), np.float32), sample_rate=8_000)
    assert read_clip(container(path), "long/0").seconds == 60.0


@pytest.mark.parametrize("row", ["7", "-1", "x", ""])
def test_a_row_that_is_not_there_is_refused(path, row):
    with pytest.raises(GalleryError, match="has no row"):
        read_clip(container(path), f"audio_raw/{row}")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros((1, 3, 10), np.float32), "no mono or stereo sound"),
        (np.zeros((1, 0), np.float32), "no mono or stereo sound"),
        (np.array([[np.nan, 1]], np.float32), "no numbers"),
    ],
)
def test_a_row_that_is_no_sound_is_refused(path, values, words):
    rewrite(path, "odd", values)
    with pytest.raises(GalleryError, match=words):
        read_clip(container(path), "odd/0")


def test_a_container_that_was_replaced_or_is_gone_is_refused(path):
    before = container(path)
    check_container(before)
    rewrite(path, "more", np.zeros(100_000))
    with pytest.raises(GalleryError, match="import it again"):
        check_container(before)
    path.unlink()
    with pytest.raises(GalleryError, match="are read from this file"):
        check_container(before)
