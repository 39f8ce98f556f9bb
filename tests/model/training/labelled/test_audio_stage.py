"""What the audio side is shown: recordings of single sounds, and mixes of scenes with the words they were made of."""

import dataclasses
from collections import Counter

import numpy as np
import pytest
import torch

from model.sat2sound import Sat2Sound
from model.training.labelled.audio_stage import MIXES, OF_SCENE, AudioBatches, caption_matches, image_vectors
from model.training.labelled.captioned import CaptionBank
from model.training.labelled.foley_clips import scene_clips

IMAGES = {"sea": torch.zeros(3, 8), "forest": torch.ones(3, 8)}


@pytest.fixture(scope="module")
def bank(short, few_captions, few_sounds):
    return CaptionBank(few_captions, few_sounds, Sat2Sound(short.model).text_encoder)


@pytest.fixture(scope="module")
def mixes(few_captions):
    return scene_clips([few_captions[0], few_captions[-1]], 2, seed=1)


def test_a_clip_of_a_scene_is_called_by_its_caption_and_always_the_same(few_captions, mixes):
    named = {caption.id: caption.scene for caption in few_captions}
    assert all(mix.scenes == (named[mix.sound],) for mix in mixes)
    assert len({mix.sound for mix in mixes}) == 2
    assert torch.equal(scene_clips([few_captions[0], few_captions[-1]], 1, seed=1)[0].log_mel, mixes[0].log_mel)
    assert scene_clips([], 0, seed=1) == ()


def test_half_of_a_batch_are_mixes_beside_images_of_their_scene(short, tones, bank, mixes):
    batches = AudioBatches(short, dataclasses.replace(tones, mixes=mixes), IMAGES, bank)
    batch = batches.make(np.random.default_rng(0), 0)
    names = {mix.sound for mix in mixes}
    drawn = [sounds <= names for sounds in batch.sounds]
    assert Counter(drawn)[True] == round(MIXES * short.audio.batch)
    assert all(scene in scenes for scene, scenes in zip(batch.image_scenes, batch.scenes, strict=True))
    for sounds, caption, is_mix in zip(batch.sounds, batch.captions, drawn, strict=False):
        assert not is_mix or bank.names[caption] in sounds


def test_a_mix_fits_its_own_words_wholly_and_others_of_its_scene_in_part(short, tones, bank, mixes):
    batches = AudioBatches(short, dataclasses.replace(tones, mixes=mixes), IMAGES, bank)
    batch = batches.make(np.random.default_rng(0), 0)
    row = next(i for i, sounds in enumerate(batch.sounds) if sounds == {mixes[0].sound})
    fits = caption_matches(batch, bank)[row]
    assert fits[row] == 1
    for fit, caption in zip(fits, batch.captions, strict=True):
        if bank.names[caption] != mixes[0].sound:
            in_scene = not bank.sounds[caption] and mixes[0].scenes[0] in bank.scenes[caption]
            assert float(fit) == pytest.approx(OF_SCENE if in_scene else 0)


def test_images_that_say_nothing_are_not_beside_any_sound(short, pictures):
    blank = dataclasses.replace(pictures.train[0], label="blank", scenes=())
    vectors = image_vectors(Sat2Sound(short.model).eval(), (*pictures.train[:2], blank))
    assert {scene: len(rows) for scene, rows in vectors.items()} == {"sea": 1, "forest": 1}


def test_without_mixes_a_batch_is_recordings_alone(short, tones, bank):
    batch = AudioBatches(short, tones, IMAGES, bank).make(np.random.default_rng(0), 0)
    assert all(sounds <= {"sea_waves", "chirping_birds"} for sounds in batch.sounds)
    assert len(batch.log_mel) == short.audio.batch
