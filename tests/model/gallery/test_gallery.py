import json

import numpy as np
import pytest
import safetensors.numpy
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.errors import GalleryError, UnknownEntry
from model.gallery import Gallery
from model.gallery.entry import KINDS
from model.gallery.gallery import best_of
from model.gallery.manifest import digest

DIM = 8


def rewrite(gallery, name, content):
    """Change a file and its checksum together, as someone who edits a gallery by hand would."""
    (gallery / name).write_bytes(content)
    manifest = json.loads((gallery / "gallery.json").read_text())
    manifest["files"][name] = digest(gallery / name)
    (gallery / "gallery.json").write_text(json.dumps(manifest))


def stored(gallery, kind):
    return safetensors.numpy.load_file(gallery / "vectors.safetensors")[kind]


@given(
    count=st.integers(1, 40),
    queries=st.integers(1, 30),
    k=st.integers(1, 50),
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_faiss_finds_what_brute_force_finds(written, count, queries, k, kind, seed):
    path = written(count, count, seed)
    vectors = np.random.default_rng(seed + 7).normal(size=(queries, DIM)) * 3
    scores, ids = Gallery.open(path).nearest(vectors, k, kind)
    cosine = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)) @ stored(path, kind).T
    best = -np.sort(-cosine, axis=1)[:, : min(k, count)]
    rows = np.array([[int(id[1:]) for id in row] for row in ids])
    np.testing.assert_allclose(scores, best, atol=1e-5)
    np.testing.assert_allclose(scores, np.take_along_axis(cosine, rows, axis=1), atol=1e-5)


def test_an_entry_asked_with_its_own_vector_finds_itself_first(written):
    path = written(20, 20)
    for kind in KINDS:
        scores, ids = Gallery.open(path).nearest(stored(path, kind), 1, kind)
        assert ids[:, 0].tolist() == [f"{kind[0]}{n}" for n in range(20)]
        np.testing.assert_allclose(scores, 1, atol=1e-6)


def test_arrays_and_tensors_of_any_float_give_the_same_answer(written):
    gallery = Gallery.open(written(30))
    vectors = np.random.default_rng(3).normal(size=(4, DIM)).astype(np.float32)
    expected_scores, expected_ids = gallery.nearest(vectors, 3)
    leaf = torch.tensor(vectors, requires_grad=True)
    for same in (leaf, leaf.double(), vectors.astype(np.float64), np.asfortranarray(vectors)):
        scores, ids = gallery.nearest(same, 3)
        assert scores.dtype == np.float32
        assert (ids == expected_ids).all()
        np.testing.assert_allclose(scores, expected_scores, atol=1e-6)
    assert gallery.nearest(leaf.bfloat16(), 3)[1].shape == (4, 3)


@pytest.mark.parametrize("factor", [1e-300, 1e-30, 1.0, 1e30, 1e300])
def test_the_length_of_a_query_does_not_matter(written, factor):
    gallery = Gallery.open(written())
    vectors = np.random.default_rng(3).normal(size=(2, DIM))
    expected_scores, expected_ids = gallery.nearest(vectors, 5)
    scores, ids = gallery.nearest(vectors * factor, 5)
    assert (ids == expected_ids).all()
    np.testing.assert_allclose(scores, expected_scores, atol=1e-6)


def test_a_zero_vector_is_equally_far_from_everything(written):
    scores, ids = Gallery.open(written()).nearest(np.zeros((1, DIM)), 5)
    assert (scores == 0).all()
    assert set(ids[0]) == {f"c{n}" for n in range(5)}


def test_the_query_is_left_as_it_was(written):
    vectors = np.full((1, DIM), 3.0, np.float64)
    Gallery.open(written()).nearest(vectors, 1)
    assert (vectors == 3.0).all()


def test_k_is_cut_to_what_there_is(written):
    gallery = Gallery.open(written(5, 2))
    assert gallery.nearest(np.ones((3, DIM)), 1000)[1].shape == (3, 5)
    assert gallery.nearest(np.ones((3, DIM)), 1000, "recording")[1].shape == (3, 2)


def test_a_kind_without_entries_gives_empty_answers(written):
    scores, ids = Gallery.open(written(5, 0)).nearest(np.ones((3, DIM)), 4, "recording")
    assert scores.shape == ids.shape == (3, 0)


def test_no_queries_give_no_answers(written):
    scores, ids = Gallery.open(written()).nearest(np.ones((0, DIM)), 4)
    assert scores.shape == ids.shape == (0, 4)


@pytest.mark.parametrize(
    "vectors",
    [
        np.ones(DIM),
        np.ones((1, DIM + 1)),
        np.ones((1, 1, DIM)),
        np.full((1, DIM), np.nan),
        np.full((1, DIM), np.inf),
        np.full((1, DIM), "sea"),
        torch.full((1, DIM), float("nan")),
    ],
)
def test_vectors_that_cannot_be_compared_are_refused(written, vectors):
    with pytest.raises(GalleryError, match="vectors must be"):
        Gallery.open(written()).nearest(vectors, 1)


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(written, k):
    with pytest.raises(GalleryError, match="k must be at least 1"):
        Gallery.open(written()).nearest(np.ones((1, DIM)), k)


def test_an_unknown_kind_is_refused(written):
    gallery = Gallery.open(written())
    for ask in (lambda: gallery.nearest(np.ones((1, DIM)), 1, "song"), lambda: gallery.count("song")):
        with pytest.raises(GalleryError, match="kind must be caption or recording, not 'song'"):
            ask()


def test_entries_come_back_by_id_and_by_kind(written):
    gallery = Gallery.open(written(5, 3))
    assert gallery.entry("c2").text == "caption 2"
    assert (gallery.entry("c2").lat, gallery.entry("c2").lon) == (2.0, -0.5)
    assert [entry.id for entry in gallery.entries("recording")] == ["r0", "r1", "r2"]
    assert (gallery.count("caption"), gallery.count("recording")) == (5, 3)
    assert gallery.licences() == {"CC0-1.0": 5, "CC-BY-4.0": 3}


def test_an_unknown_id_is_told_apart_from_a_broken_gallery(written):
    with pytest.raises(UnknownEntry, match="no entry 'c99'"):
        Gallery.open(written()).entry("c99")


def test_another_checkpoint_is_refused_by_both_names(written):
    gallery = Gallery.open(written())
    gallery.check_checkpoint("abc123")
    with pytest.raises(GalleryError, match=r"built with checkpoint abc123 .tiny., not fed456"):
        gallery.check_checkpoint("fed456")


@pytest.mark.parametrize("name", ["gallery.json", "entries.csv", "vectors.safetensors"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped", "empty"])
def test_a_damaged_file_is_named_in_one_line(written, name, damage):
    path = written()
    content = bytearray((path / name).read_bytes())
    content[len(content) // 2] ^= 0x80
    changed = {"truncated": bytes(content[:40]), "flipped": bytes(content), "empty": b""}
    (path / name).unlink() if damage == "missing" else (path / name).write_bytes(changed[damage])
    with pytest.raises(GalleryError, match=name) as refusal:
        Gallery.open(path)
    assert "\n" not in str(refusal.value)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(GalleryError, match="nowhere: no gallery here"):
        Gallery.open(tmp_path / "nowhere")


def test_vectors_of_another_shape_or_length_are_refused(written):
    path = written(5, 3)
    good = {kind: stored(path, kind) for kind in KINDS}
    for caption, complaint in [
        (good["caption"][:4], "not .5, 8. float32"),
        (good["caption"].astype(np.float64), "not .5, 8. float32"),
        (good["caption"] * 2, "not of length 1"),
        (good["caption"] * np.nan, "not of length 1"),
    ]:
        rewrite(path, "vectors.safetensors", safetensors.numpy.save(good | {"caption": caption}))
        with pytest.raises(GalleryError, match=complaint):
            Gallery.open(path)


def test_a_table_with_fewer_entries_than_vectors_is_refused(written):
    path = written(5, 3)
    lines = (path / "entries.csv").read_bytes().splitlines(keepends=True)
    rewrite(path, "entries.csv", b"".join(lines[:-1]))
    with pytest.raises(GalleryError, match="holds 2 recordings, not 3"):
        Gallery.open(path)


def test_a_vectors_file_that_is_no_safetensors_is_refused(written):
    path = written()
    rewrite(path, "vectors.safetensors", b"not tensors at all")
    with pytest.raises(GalleryError, match="not a safetensors file"):
        Gallery.open(path)


def test_a_recording_beside_the_gallery_is_heard_as_it_was_stored(written):
    clip = Gallery.open(written()).audio("r0")
    assert clip.samples.shape == (2, 16_000)
    assert clip.sample_rate == 16_000


def test_a_foley_recording_sounds_the_same_every_time(written):
    gallery = Gallery.open(written())
    first, again, other = gallery.audio("r1"), gallery.audio("r1"), gallery.audio("r2")
    np.testing.assert_array_equal(first.samples, again.samples)
    assert first.seconds == pytest.approx(10, abs=0.01)
    assert not np.array_equal(first.samples, other.samples)


def test_a_caption_cannot_be_heard(written):
    with pytest.raises(GalleryError, match="c1: a caption has no recording"):
        Gallery.open(written()).audio("c1")


def test_equals_of_several_searches_come_by_their_rows():
    first = np.float32([[0.5, 0.2]]), np.array([[7, 1]])
    second = np.float32([[0.5, 0.2]]), np.array([[3, 0]])
    scores, rows = best_of([first, second], 3)
    assert rows.tolist() == [[3, 7, 0]]
    assert scores[0] == pytest.approx([0.5, 0.5, 0.2])
