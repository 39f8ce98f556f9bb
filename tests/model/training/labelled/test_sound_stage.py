"""The audio encoder learns to tell sounds apart, and nothing else of the model moves."""

import dataclasses

import numpy as np
import torch

from model.sat2sound import Sat2Sound
from model.training.labelled.audio_batches import draw_balanced, mix, sound_groups, vary
from model.training.labelled.sound_stage import SoundReading, reading_accuracy, train_sounds


def test_tones_are_told_apart_and_only_the_audio_encoder_changes(short, tones, tmp_path):
    stage = dataclasses.replace(short.sounds, steps=240, batch=8, learning_rate=1e-3)
    longer = dataclasses.replace(short, sounds=stage, check_every=240)
    torch.manual_seed(0)
    model = Sat2Sound(longer.model)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    figures: list[float] = []
    train_sounds(model, longer, tones, tmp_path, lambda r: figures.extend(r.figures.values()))
    changed = {key for key, value in model.state_dict().items() if not torch.equal(before[key], value)}
    assert changed
    assert all(key.startswith("audio_encoder.") for key in changed)
    assert figures[-1] >= 0.75


def test_without_held_back_recordings_the_accuracy_is_not_a_number(short):
    assert np.isnan(reading_accuracy(SoundReading(Sat2Sound(short.model), 2), [], ["rain", "wind"]))


def test_every_sound_is_drawn_as_often_however_few_its_recordings():
    groups = [[0], list(range(1, 100))]
    rng = np.random.default_rng(0)
    drawn = [draw_balanced(groups, rng) for _ in range(2000)]
    assert 900 < drawn.count(0) < 1100


def test_groups_name_every_recording_once(tones):
    groups = sound_groups(tones.train)
    assert sorted(i for members in groups.values() for i in members) == list(range(len(tones.train)))


def test_the_recording_beneath_never_holds_more_power_than_the_one_above(tones):
    rng = np.random.default_rng(0)
    for _ in range(20):
        above = vary(tones.train[0].log_mel, rng)
        assert mix(above, None, rng) is above
        mixed = mix(above, tones.train[1], rng)
        power, alone = float((10 ** (mixed / 10)).mean()), float((10 ** (above / 10)).mean())
        assert 1.02 * alone < power < 2.01 * alone
