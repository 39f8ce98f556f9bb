"""Captions are weighed by their words and recordings by their sound; what cannot be heard is told."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from model.errors import GalleryError
from model.explain import activations, activations_of, hear
from model.gallery import GalleryEntry
from model.sat2sound import ModelConfig, Sat2Sound
from model.sat2sound.features import SAMPLE_RATE
from model.synthesis import Clip


@pytest.fixture(scope="module")
def model() -> Sat2Sound:
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny()).eval()


def tone(level: float = 0.5, seconds: float = 0.2) -> Clip:
    time = np.arange(round(16_000 * seconds)) / 16_000
    return Clip(level * np.sin(2 * np.pi * 440 * time)[None].repeat(2, axis=0), 16_000)


class OneGallery:
    """What `activations_of` asks of a gallery: entries by kind, and their sounds."""

    folder = "made up"

    def __init__(self, captions: int, sounds: dict[str, Clip | Exception]) -> None:
        self.sounds = sounds
        self.by_kind = {
            "caption": tuple(GalleryEntry(f"c{n}", f"wind number {n}", "CC0-1.0") for n in range(captions)),
            "recording": tuple(GalleryEntry(id, "a tone", "CC0-1.0", path=id) for id in sounds),
        }

    def entries(self, kind):
        return self.by_kind[kind]

    def count(self, kind):
        return len(self.by_kind[kind])

    def audio(self, id):
        if isinstance(self.sounds[id], Exception):
            raise self.sounds[id]
        return self.sounds[id]


def test_captions_come_before_recordings_each_in_the_gallerys_order(model):
    found = activations_of(model, OneGallery(2, {"r0": tone(), "r1": tone(0.3)}))
    assert [entry.id for entry in found.entries] == ["c0", "c1", "r0", "r1"]
    assert found.weights.shape == (4, model.config.codebook_size)
    np.testing.assert_allclose(found.weights.sum(axis=1), 1, atol=1e-5)


def test_weights_are_those_the_model_gives(model):
    found = activations_of(model, OneGallery(1, {"r0": tone()}))
    with torch.inference_mode():
        words = model.embed_texts(["wind number 0"]).weights
        sound = model.embed_audio(tone().samples.mean(axis=0)[None], 16_000).weights
    np.testing.assert_allclose(found.weights.toarray(), torch.cat([words, sound]).numpy(), atol=1e-5)


def test_a_recording_that_cannot_be_heard_is_left_out_and_told(model):
    sounds = {"silent": tone(0.0), "gone": GalleryError("no such file"), "r": tone()}
    found = activations_of(model, OneGallery(1, sounds))
    assert [entry.id for entry in found.entries] == ["c0", "r"]
    assert [(skip.where, skip.reason) for skip in found.skipped] == [("silent", "is silent"), ("gone", "no such file")]


def test_progress_counts_what_was_left_out_too(model, monkeypatch):
    monkeypatch.setattr(activations, "BATCH", {"caption": 2, "recording": 1})
    told = []
    gallery = OneGallery(3, {"gone": GalleryError("x"), "r": tone()})
    activations_of(model, gallery, lambda *steps: told.append(steps))
    assert told == [(2, 5), (3, 5), (4, 5), (5, 5)]


def test_batches_do_not_change_the_weights(model, monkeypatch):
    gallery = OneGallery(3, {})
    whole = activations_of(model, gallery).weights.toarray()
    monkeypatch.setattr(activations, "BATCH", {"caption": 1, "recording": 1})
    np.testing.assert_allclose(activations_of(model, gallery).weights.toarray(), whole, atol=1e-5)


def test_a_gallery_in_which_nothing_can_be_embedded_is_an_error(model):
    with pytest.raises(GalleryError, match="none of its 1 entries"):
        activations_of(model, OneGallery(0, {"gone": GalleryError("x")}))


def test_the_model_is_left_in_evaluation_mode(model):
    activations_of(model.train(), OneGallery(1, {}))
    assert not model.training


def test_what_is_heard_is_ten_seconds_of_the_mean_of_both_ears():
    left = Clip(np.stack([np.full(3200, 0.4), np.zeros(3200)]), 32_000)
    heard = hear(SimpleNamespace(audio=lambda id: left), GalleryEntry("r", "t", "CC0-1.0", path="r"))
    assert heard.shape == (1, 10 * SAMPLE_RATE)
    torch.testing.assert_close(heard[0, :3200], torch.full((3200,), 0.2))


@pytest.mark.parametrize("level", [0.0, 5e-6])
def test_silence_is_not_heard(level):
    gallery = SimpleNamespace(audio=lambda id: tone(level))
    with pytest.raises(GalleryError, match="is silent"):
        hear(gallery, GalleryEntry("r", "t", "CC0-1.0", path="r"))
