"""How much each entry weighs each concept: worked out once, kept whole, and anew when what was kept is damaged."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.sparse
import torch

from server.concurrency.supervised import Supervisor
from server.errors import InvalidInput
from server.explain.entry_weights import EntryWeights, GalleryWeights


@pytest.fixture
def make(earshot, make_settings):
    settings = make_settings()

    def weights():
        return EntryWeights(earshot.model, earshot.gallery, settings, ThreadPoolExecutor(1))

    weights.folder = settings.folder("concepts")
    return weights


def run(weights, work):
    async def main():
        weights.start(Supervisor())
        try:
            return await work(weights)
        finally:
            await weights.close()

    return asyncio.run(main())


async def all_of(weights):
    """Every entry's weights, waited for."""
    for _ in range(3000):
        found = weights.of_all()
        if found is not None:
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("the gallery was not weighed")


def test_a_captions_weights_are_those_of_its_words(make, earshot):
    entry = earshot.gallery.entry("c-sea")
    found = run(make(), lambda weights: weights.of(entry))
    with torch.inference_mode():
        expected = earshot.model.embed_texts([entry.text]).weights[0].numpy()
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_rendered_recording_weighs_its_sound_and_its_words_alike(make, earshot):
    entry = earshot.gallery.entry("r-surf")
    found = run(make(), lambda weights: weights.of(entry))
    assert found.sum() == pytest.approx(1, abs=1e-4)
    words = run(make(), lambda weights: weights.of(earshot.gallery.entry("c-beach")))
    assert not np.allclose(found, words)


def test_a_recording_that_cannot_be_heard_is_refused_by_name_and_weighs_nothing_among_all(make, earshot, monkeypatch):
    from model.errors import GalleryError

    def deaf(gallery, entry):
        raise GalleryError("its file is gone")

    monkeypatch.setattr("server.explain.entry_weights.hear", deaf)
    with pytest.raises(InvalidInput, match="r-surf cannot be heard: its file is gone"):
        run(make(), lambda weights: weights.of(earshot.gallery.entry("r-surf")))
    found = run(make(), all_of)
    silent = [row for row, entry in enumerate(found.entries) if entry.kind == "recording"]
    assert len(silent) == 2
    assert found.weights[silent].sum() == 0


def test_all_are_weighed_once_and_read_back_after_a_restart(make, monkeypatch):
    first = run(make(), all_of)
    monkeypatch.setattr(EntryWeights, "_weigh", lambda self, batch: pytest.fail("weighed again"))
    second = run(make(), all_of)
    np.testing.assert_array_equal(first.weights.toarray(), second.weights.toarray())
    assert [entry.id for entry in second.entries] == [entry.id for entry in first.entries]


def kept(folder):
    (path,) = folder.glob("*.npz")
    return path


def save(path, matrix):
    scipy.sparse.save_npz(path, scipy.sparse.csc_array(matrix))


def out_of_bounds(path):
    """Rows that there are not."""
    matrix = scipy.sparse.load_npz(path)
    matrix.indices[-1] = 10_000
    np.savez(
        path, indices=matrix.indices, indptr=matrix.indptr, format=b"csc", shape=matrix.shape, data=matrix.data,
        _is_array=True,
    )  # fmt: skip


DAMAGES = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-60]),
    "empty": lambda path: path.write_bytes(b""),
    "foreign": lambda path: np.savez(path, heights=np.zeros(3)),
    "of another shape": lambda path: save(path, np.eye(3, dtype=np.float32)),
    "of another type": lambda path: save(path, scipy.sparse.load_npz(path).toarray().astype(np.float64)),
    "not finite": lambda path: save(path, scipy.sparse.load_npz(path).toarray() * np.float32(np.nan)),
    "out of bounds": out_of_bounds,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_weights_are_worked_out_anew(make, damage):
    first = run(make(), all_of)
    DAMAGES[damage](kept(make.folder))
    again = run(make(), all_of)
    np.testing.assert_allclose(again.weights.toarray(), first.weights.toarray(), atol=1e-6)
    assert np.isfinite(scipy.sparse.load_npz(kept(make.folder)).data).all()


def test_how_far_it_is_is_told(make):
    async def work(weights):
        assert (weights.done, weights.total) == (0, 8)
        assert weights.of_all() is None
        await all_of(weights)
        return weights.done

    assert run(make(), work) == 8


def test_closing_leaves_the_rest_for_another_time(make, monkeypatch):
    gate = threading.Event()
    weigh = EntryWeights._weigh
    monkeypatch.setattr(EntryWeights, "_weigh", lambda self, batch: gate.wait(10) and weigh(self, batch))

    async def work(weights):
        weights.of_all()
        await asyncio.sleep(0)
        gate.set()

    run(make(), work)
    assert list(make.folder.glob("*")) == []


def test_the_heaviest_are_of_the_kind_asked_for_heaviest_first_and_weigh_something(earshot):
    entries = (*earshot.gallery.entries("caption"), *earshot.gallery.entries("recording"))
    matrix = np.zeros((len(entries), 3), np.float32)
    matrix[:, 1] = [0.1, 0.5, 0, 0.3, 0.5, 0, 0.9, 0]
    found = GalleryWeights(entries, scipy.sparse.csc_array(matrix)).heaviest(1, "caption", 3)
    assert [entry.id for entry, _ in found] == [entries[row].id for row in (1, 4, 3)]
    assert [weight for _, weight in found] == pytest.approx([0.5, 0.5, 0.3])
    assert GalleryWeights(entries, scipy.sparse.csc_array(matrix)).heaviest(0, "caption", 3) == []
