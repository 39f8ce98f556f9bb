"""The audio encoder learns to tell sounds apart, and nothing else of the model moves."""

import dataclasses

import numpy as np
import torch

from model.sat2sound import Sat2Sound
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
