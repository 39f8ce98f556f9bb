"""What the audio side is shown beside sounds."""

import dataclasses
from typing import ClassVar

import numpy as np
import pytest
import torch

from model.errors import TrainingError
from model.sat2sound import Sat2Sound
from model.training.labelled import audio_stage
from model.training.labelled.audio_stage import (
    OF_SCENE,
    AudioBatch,
    AudioBatches,
    caption_matches,
    hearing,
    image_vectors,
)
from model.training.labelled.captioned import CaptionBank


def test_images_that_say_nothing_are_not_beside_any_sound(short, pictures):
    blank = dataclasses.replace(pictures.train[0], label="blank", scenes=())
    vectors = image_vectors(Sat2Sound(short.model).eval(), (*pictures.train[:2], blank))
    assert {scene: len(rows) for scene, rows in vectors.items()} == {"sea": 1, "forest": 1}


class Bank:
    """Four captions: two of scenes, two of single sounds."""

    sounds = ("", "", "rain", "owl")
    scenes: ClassVar = [frozenset({"sea"}), frozenset({"forest"}), frozenset({"sea"}), frozenset({"forest"})]


def batch(sounds, scenes) -> AudioBatch:
    return AudioBatch(
        torch.zeros(1), tuple(map(frozenset, sounds)), tuple(map(frozenset, scenes)), torch.zeros(1), (), (0, 1, 2, 3)
    )


def test_a_caption_of_the_sound_fits_wholly_and_one_of_its_scene_in_part():
    fits = caption_matches(batch([{"rain"}, {"owl"}], [{"sea", "forest"}, {"forest"}]), Bank())
    torch.testing.assert_close(fits, torch.tensor([[OF_SCENE, OF_SCENE, 1.0, 0.0], [0.0, OF_SCENE, 0.0, 1.0]]))


def test_of_a_mixture_both_sounds_fit():
    fits = caption_matches(batch([{"rain", "owl"}], [{"sea"}]), Bank())
    assert fits[0, 2] == fits[0, 3] == 1


def test_a_recording_of_no_scene_fits_its_own_sound_alone():
    assert caption_matches(batch([{"rain"}], [set()]), Bank()).tolist() == [[0, 0, 1, 0]]


def test_no_more_images_of_a_label_are_taken_than_enough(short, pictures, monkeypatch):
    monkeypatch.setattr(audio_stage, "PER_LABEL", 3)
    vectors = image_vectors(Sat2Sound(short.model).eval(), pictures.train)
    assert {scene: len(rows) for scene, rows in vectors.items()} == {"sea": 3, "forest": 3}


def test_recordings_of_scenes_that_no_image_shows_are_not_learnt_from(short, tones):
    with pytest.raises(TrainingError, match="no recording belongs to a scene"):
        AudioBatches(short, tones.train, {"desert": torch.zeros(1, 32)}, Bank())
    batches = AudioBatches(short, tones.train, {"sea": torch.zeros(1, 32)}, Bank())
    assert {sample.sound for sample in batches.samples} == {"sea_waves"}


def test_a_batch_lays_an_image_and_two_captions_beside_each_recording(short, tones, few_captions, few_sounds):
    torch.manual_seed(0)
    model = Sat2Sound(short.model).eval()
    bank = CaptionBank(few_captions, few_sounds, model.text_encoder)
    images = {"sea": torch.zeros(2, 32), "forest": torch.ones(2, 32)}
    drawn = AudioBatches(short, tones.train, images, bank).make(np.random.default_rng(0), 0)
    size = short.audio.batch
    assert drawn.log_mel.shape == (size, 1001, 64)
    assert drawn.images.shape == (size, 32)
    assert len(drawn.captions) == 2 * size
    for row in range(size):
        assert drawn.image_scenes[row] in drawn.scenes[row]
        assert bank.sounds[drawn.captions[row]] in drawn.sounds[row]
    assert hearing(model, [], bank).recordings == 0
    heard = hearing(model, tones.validation, bank)
    assert heard.recordings == len(tones.validation)
    assert 0 <= heard.sounds <= 1
    assert 0 <= heard.scenes <= 1
