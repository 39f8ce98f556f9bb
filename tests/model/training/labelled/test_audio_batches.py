"""Recordings are drawn balanced over sounds, and varied as places and recorders vary them."""

import numpy as np
import pytest
import torch

from model.training.labelled.audio_batches import GAIN_DB, draw_balanced, mix, sound_groups, vary


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


def test_a_group_of_one_is_always_that_one():
    assert draw_balanced([[7]], np.random.default_rng(0)) == 7


@pytest.mark.parametrize("seed", range(5))
def test_a_variation_is_one_of_the_fillings_begun_elsewhere_at_another_level(tones, seed):
    variants = tones.train[0].log_mel
    varied = vary(variants, np.random.default_rng(seed))
    assert varied.shape == variants.shape[1:]
    ordered = [filling.float().flatten().sort().values for filling in variants]
    gains = [varied.flatten().sort().values - values for values in ordered]
    assert any(float(gain.max() - gain.min()) < 0.1 for gain in gains)
    gain = min(gains, key=lambda each: float(each.max() - each.min())).mean()
    assert GAIN_DB[0] - 0.1 <= float(gain) <= GAIN_DB[1] + 0.1


def test_what_is_varied_stays_as_it_was(tones):
    before = tones.train[0].log_mel.clone()
    vary(tones.train[0].log_mel, np.random.default_rng(0))
    assert torch.equal(tones.train[0].log_mel, before)


def test_powers_and_not_levels_are_added():
    rng = np.random.default_rng(0)
    above = torch.full((4, 3), -20.0)

    class Under:
        log_mel = torch.full((1, 4, 3), -20.0)

    mixed = mix(above, Under(), rng)
    assert (mixed > above).all()
    assert (mixed <= above + 10 * np.log10(2) + 1e-4).all()
