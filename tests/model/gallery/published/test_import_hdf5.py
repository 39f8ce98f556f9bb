import json

import h5py
import numpy as np
import pytest

from model.errors import GalleryError
from model.gallery import Gallery, import_gallery
from model.gallery.manifest import Container
from model.gallery.published.container import read_clip
from tests.model.gallery.published.made_hdf5 import SCALES, write_hdf5

DIM = 8


def imported(path, out, **options):
    options = {"checkpoint_name": "tiny", "checkpoint_hash": "abc123", "dim": DIM, **options}
    return import_gallery(path, out, **options)


@pytest.fixture
def published(tmp_path):
    return tmp_path / "published.h5"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "gallery"


def test_every_scale_finds_its_own_captions_by_the_files_vectors(published, out):
    sets = write_hdf5(published)
    report = imported(published, out)
    assert (report.captions, report.recordings, report.skipped) == (21, 7, ())
    gallery = Gallery.open(out, thorough=True)
    assert gallery.scales == SCALES
    for scale in SCALES:
        scores, ids = gallery.nearest(sets[f"text_embedding_zl{scale}"], 1, scale=scale)
        assert ids[:, 0].tolist() == [f"yfcc-{n}.s{scale}" for n in range(7)]
        np.testing.assert_allclose(scores, 1, atol=1e-5)
        assert gallery.count("caption", scale) == 7
        assert gallery.entry(f"yfcc-3.s{scale}").text == f"seen 3 at {scale}"
        assert gallery.entry(f"yfcc-3.s{scale}").scale == scale
    _, ids = gallery.nearest(sets["audio_embedding"], 1, "recording")
    assert ids[:, 0].tolist() == [f"yfcc-{n}" for n in range(7)]
    assert gallery.entry("yfcc-2").text == "heard 2"


def test_without_a_scale_all_captions_are_compared(published, out):
    sets = write_hdf5(published)
    imported(published, out)
    scores, ids = Gallery.open(out).nearest(sets["text_embedding_zl5"][:1], 21)
    assert ids[0, 0] == "yfcc-0.s5"
    assert len(set(ids[0])) == 21
    assert (np.diff(scores[0]) <= 0).all()


def test_an_import_in_parts_is_the_same_as_in_one(published, out, tmp_path, monkeypatch):
    write_hdf5(published)
    imported(published, out)
    monkeypatch.setattr("model.gallery.published.import_hdf5.ROWS", 2)
    told = []
    imported(published, tmp_path / "parts", progress=lambda done, total: told.append((done, total)))
    for name in ("entries.csv", "vectors.safetensors"):
        assert (tmp_path / "parts" / name).read_bytes() == (out / name).read_bytes()
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize("sounds", ["container", "files"])
def test_sounds_come_out_as_the_file_holds_them(published, out, sounds):
    sets = write_hdf5(published)
    imported(published, out, sounds=sounds)
    if sounds == "files":
        published.unlink()
    gallery = Gallery.open(out)
    for id, stored in [("yfcc-4", sets["audio_raw"][4]), ("yfcc-4.s3", sets["synth_audio_zl3"][4])]:
        clip = gallery.audio(id)
        assert clip.sample_rate == 44_100
        np.testing.assert_allclose(clip.samples, stored, atol=1e-4)


def test_without_sounds_there_are_captions_alone(published, out):
    write_hdf5(published, **{name: None for name in ("audio_raw", "audio_embedding", "audio_caption")})
    assert imported(published, out, sounds="none").recordings == 0
    with pytest.raises(GalleryError, match=r"yfcc-0\.s1: a caption has no recording"):
        Gallery.open(out).audio("yfcc-0.s1")


def test_whole_numbers_are_scaled_and_long_recordings_cut(published, out):
    write_hdf5(published, rows=2, audio_raw=np.full((2, 61 * 44_100), 16384, np.int16))
    imported(published, out)
    clip = Gallery.open(out).audio("yfcc-1")
    assert clip.samples.shape == (1, 60 * 44_100)
    assert (clip.samples == 0.5).all()


def test_recordings_of_different_lengths_are_read(published, out):
    write_hdf5(published, rows=2, audio_raw=None)
    with h5py.File(published, "a") as file:
        stored = file.create_dataset("audio_raw", 2, dtype=h5py.vlen_dtype(np.float32))
        stored[0], stored[1] = np.ones(5000, np.float32) / 2, np.ones(9000, np.float32) / 4
    imported(published, out)
    gallery = Gallery.open(out)
    assert [gallery.audio(id).samples.shape for id in ("yfcc-0", "yfcc-1")] == [(1, 5000), (1, 9000)]


def test_rows_that_cannot_be_used_are_left_out_and_told(published, out):
    names = np.array([b"a", b"a", b"", b"d", b"e"], dtype=object)
    words = np.array([b"one", b"two", b"three", b" ", b"five\nlines"], dtype=object)
    vectors = np.ones((5, DIM), np.float32)
    vectors[4] = np.nan
    write_hdf5(published, rows=5, sample_id=names, llava_caption_zl1=words, text_embedding_zl3=vectors)
    report = imported(published, out)
    told = {(skip.where, skip.reason) for skip in report.skipped}
    assert ("llava_caption_zl1, row 3", "it has no words") in told
    assert ("llava_caption_zl3, row 4", "its vector is zero or not finite") in told
    assert ("audio_caption, row 1", "its sample_id is missing or used twice") in told
    gallery = Gallery.open(out)
    assert (gallery.count("caption", 1), gallery.count("caption", 3), gallery.count("recording")) == (2, 2, 3)
    assert gallery.entry("e.s1").text == "five lines"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sample_id": None}, "has no sample_id"),
        ({"text_embedding_zl3": None}, "has no text_embedding_zl3"),
        ({"synth_audio_zl5": None}, "has no synth_audio_zl5"),
        ({"audio_embedding": np.ones((6, DIM), np.float32)}, r"audio_embedding has the shape .6, 8., not 7 rows"),
        ({"text_embedding_zl1": np.ones((7, 9), np.float32)}, "not the 8 numbers of the checkpoint"),
        ({f"llava_caption_zl{scale}": None for scale in SCALES}, "has no llava_caption_zl1"),
        ({f"text_embedding_zl{scale}": np.zeros((7, DIM), np.float32) for scale in SCALES}, "none of its captions"),
    ],
)
def test_another_layout_is_refused_in_one_line(published, out, changes, complaint):
    write_hdf5(published, **changes)
    with pytest.raises(GalleryError, match=complaint) as refusal:
        imported(published, out)
    assert "\n" not in str(refusal.value)
    assert list(out.parent.iterdir()) == [published]


@pytest.mark.parametrize("damage", ["missing", "truncated", "text"])
def test_a_file_that_is_no_whole_hdf5_is_refused_in_one_line(published, out, damage):
    write_hdf5(published)
    content = published.read_bytes()
    published.unlink()
    if damage != "missing":
        published.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"captions\n")
    with pytest.raises(GalleryError, match=r"published\.h5: cannot be read as HDF5") as refusal:
        imported(published, out)
    assert "\n" not in str(refusal.value)


def test_a_container_that_went_or_changed_is_told(published, out):
    write_hdf5(published)
    imported(published, out)
    gallery = Gallery.open(out)
    write_hdf5(published, rows=8)
    with pytest.raises(GalleryError, match=r"published\.h5: is another file .* import it again"):
        gallery.audio("yfcc-1")
    published.unlink()
    with pytest.raises(GalleryError, match=r"published\.h5: the gallery's sounds are read from this file"):
        gallery.audio("yfcc-1")


def test_a_table_that_points_outside_the_container_finds_nothing(published, out):
    write_hdf5(published)
    imported(published, out)
    manifest = json.loads((out / "gallery.json").read_text())
    container = Container(**manifest["container"])
    assert Gallery.open(out).entry("yfcc-0.s1").synthesised == "container#synth_audio_zl1/0"
    for sound in ("audio_raw/7", "audio_raw/-1", "audio_raw/x", "nothing/0", "../0"):
        with pytest.raises(GalleryError):
            read_clip(container, sound)
