"""Pixels and waveforms become what the networks take; what cannot is refused by name."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from transformers.audio_utils import mel_filter_bank

from model.errors import AudioError, InvalidInput
from model.sat2sound.features import (
    BANDS,
    HOP,
    IMAGE_MEAN,
    IMAGE_STD,
    MEL_RANGE,
    N_FFT,
    QUIET,
    SAMPLE_RATE,
    SECONDS,
    _mel_filters,
    at_level,
    centre_crop,
    image_tensor,
    log_mel,
    sounding_ten_seconds,
    ten_seconds,
)

TEN = SECONDS * SAMPLE_RATE


def plain(height: int, width: int, value: int = 100) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def test_one_colour_is_that_colour_by_the_statistics_of_imagenet():
    tensor = image_tensor(plain(5, 5, 255), 5)
    for channel in range(3):
        expected = (1 - IMAGE_MEAN[channel]) / IMAGE_STD[channel]
        torch.testing.assert_close(tensor[channel], torch.full((5, 5), expected))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 24))
@settings(max_examples=25, deadline=None)
def test_a_tensor_has_the_size_asked_for_whatever_the_images(height, width, size):
    tensor = image_tensor(plain(height, width), size)
    assert tensor.shape == (3, size, size)
    assert tensor.dtype == torch.float32
    assert tensor.isfinite().all()


def test_mel_bands_are_slaneys():
    known = mel_filter_bank(
        num_frequency_bins=N_FFT // 2 + 1,
        num_mel_filters=BANDS,
        min_frequency=MEL_RANGE[0],
        max_frequency=MEL_RANGE[1],
        sampling_rate=SAMPLE_RATE,
        norm="slaney",
        mel_scale="slaney",
    )
    np.testing.assert_allclose(_mel_filters(), known, rtol=1e-6, atol=1e-9)


def test_an_array_and_the_same_picture_give_the_same_tensor():
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3)).astype(np.uint8)
    assert torch.equal(image_tensor(pixels, 6), image_tensor(Image.fromarray(pixels), 6))


def test_a_picture_of_another_mode_is_read_as_rgb():
    assert image_tensor(Image.new("L", (4, 4), 7), 4).shape == (3, 4, 4)
    assert image_tensor(Image.new("RGBA", (4, 4)), 4).shape == (3, 4, 4)


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((1, 4, 4, 3), np.uint8)],
)
def test_what_is_no_rgb_image_of_bytes_is_refused_with_its_shape(pixels):
    with pytest.raises(InvalidInput, match="image: expected"):
        image_tensor(pixels, 4)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_a_crop_is_the_square_asked_for_and_black_where_the_image_ends(height, width, pixels):
    crop = np.asarray(centre_crop(plain(height, width, 200), pixels))
    assert crop.shape == (pixels, pixels, 3)
    assert (crop[..., 0] == 200).sum() == min(height, pixels) * min(width, pixels)


def test_a_crop_is_taken_from_the_middle():
    pixels = plain(6, 6, 0)
    pixels[2:4, 2:4] = 255
    assert (np.asarray(centre_crop(pixels, 2)) == 255).all()


def test_silence_is_the_floor_everywhere():
    mel = log_mel(torch.zeros(1, HOP * 4))
    assert mel.shape == (1, 5, BANDS)
    assert (mel == -100).all()


def test_twice_the_amplitude_is_six_decibels_more():
    wave = torch.randn(1, HOP * 20, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(log_mel(2 * wave), log_mel(wave) + 20 * np.log10(2), atol=1e-3, rtol=0)


def test_a_higher_tone_lies_in_a_higher_band():
    time = torch.arange(HOP * 40) / SAMPLE_RATE
    bands = [int(log_mel(torch.sin(2 * np.pi * hz * time)[None])[0].mean(dim=0).argmax()) for hz in (200, 1000, 6000)]
    assert bands == sorted(bands)
    assert len(set(bands)) == 3


@pytest.mark.parametrize("rate", [8_000, 32_000, 44_100])
def test_a_second_at_any_rate_fills_the_first_second_of_ten(rate):
    wave = np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)
    ten = ten_seconds(wave, rate)
    assert ten.shape == (1, TEN)
    assert ten[0, : SAMPLE_RATE - 100].abs().max() > 0.9
    assert (ten[0, SAMPLE_RATE + 100 :] == 0).all()


def test_what_follows_ten_seconds_is_cut():
    wave = np.concatenate([np.zeros(TEN, np.float32), np.ones(SAMPLE_RATE, np.float32)])
    assert (ten_seconds(wave, SAMPLE_RATE) == 0).all()


def test_rows_of_a_batch_stay_apart():
    ten = ten_seconds(np.stack([np.zeros(8), np.ones(8)]), SAMPLE_RATE)
    assert ten.shape == (2, TEN)
    assert (ten.abs().amax(dim=1) == torch.tensor([0.0, 1.0])).all()


@pytest.mark.parametrize(
    ("wave", "rate", "word"),
    [
        (np.zeros(0), 32_000, "waveforms"),
        (np.zeros((2, 0)), 32_000, "waveforms"),
        (np.zeros((1, 2, 3)), 32_000, "waveforms"),
        (np.array([np.nan]), 32_000, "NaN"),
        (np.array([np.inf]), 32_000, "infinity"),
        (np.zeros(8), 999, "sample_rate"),
        (np.zeros(8), 768_001, "sample_rate"),
        (np.zeros((1, 3601), np.float32), 1, "sample_rate"),
    ],
)
def test_a_waveform_that_is_none_is_refused(wave, rate, word):
    with pytest.raises(AudioError, match=word):
        ten_seconds(wave, rate)


def test_more_than_an_hour_is_refused_before_it_is_resampled():
    with pytest.raises(AudioError, match="3600"):
        ten_seconds(np.zeros(3601 * 1000, np.float32), 1000)


def test_what_is_not_finite_after_the_tenth_second_does_no_harm():
    wave = np.zeros(12 * 1000, np.float32)
    wave[-1] = np.nan
    assert ten_seconds(wave, 1000).isfinite().all()


@pytest.mark.parametrize("level", [0.0, QUIET / 2])
def test_silence_is_no_recording(level):
    with pytest.raises(AudioError, match="silent"):
        sounding_ten_seconds(np.full(100, level), SAMPLE_RATE)


def test_what_sounds_is_the_same_ten_seconds():
    wave = np.full(100, 2 * QUIET)
    assert torch.equal(sounding_ten_seconds(wave, SAMPLE_RATE), ten_seconds(wave, SAMPLE_RATE))


@pytest.mark.parametrize("decibels", [0, -10, -30, -50, 20])
def test_a_recording_at_its_level_is_the_same_however_loud_it_was(decibels):
    sound = torch.from_numpy(np.random.default_rng(1).normal(0, 0.1, (2, 96_000)).astype(np.float32))
    levelled, again = (at_level(wave, -26.0) for wave in (sound, sound * 10 ** (decibels / 20)))
    torch.testing.assert_close(levelled, again, rtol=1e-4, atol=1e-5)
    assert 10 * levelled.square().mean().log10().item() == pytest.approx(-26, abs=0.1)


def test_the_level_is_that_of_what_sounds_and_not_of_the_quiet_around_it():
    sound = torch.from_numpy(np.random.default_rng(1).normal(0, 0.1, (1, 32_000)).astype(np.float32))
    longer = torch.nn.functional.pad(sound, (0, 288_000))
    torch.testing.assert_close(
        at_level(longer, -26.0)[:, :25_600], at_level(sound[:, :25_600], -26.0), rtol=0.2, atol=0.01
    )


def test_silence_stays_silence_and_what_is_next_to_it_is_not_brought_up_to_noise():
    assert not at_level(torch.zeros(1, 32_000), -26.0).any()
    assert at_level(torch.full((1, 32_000), 1e-7), -26.0).abs().max() < 0.01
