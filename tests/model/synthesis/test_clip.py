import io
import time

import numpy as np
import pytest
import soundfile

from model.errors import AudioError
from model.synthesis import Clip
from model.synthesis.encoding import FORMATS
from model.synthesis.loudness import CEILING

RATE = 44_100


def noise(seconds=2.0, channels=2, level=0.1, rate=RATE):
    rng = np.random.default_rng(1)
    return Clip(level * rng.standard_normal((channels, int(seconds * rate))).astype(np.float32), rate)


def tone(hz, seconds=1.0, rate=RATE, level=0.5):
    return Clip(level * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)[None], rate)


def test_a_clip_keeps_its_samples_as_float32_and_read_only():
    clip = Clip(np.zeros((1, 10), dtype=np.float64), RATE)
    assert clip.samples.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        clip.samples[0, 0] = 1


def test_a_clip_does_not_change_with_the_array_it_was_made_of():
    samples = np.zeros((1, 10), dtype=np.float32)
    clip = Clip(samples, RATE)
    samples[:] = 1
    assert not clip.samples.any()


@pytest.mark.parametrize(
    "samples", [np.zeros(10), np.zeros((0, 10)), np.zeros((2, 0)), np.zeros((9, 10)), np.full((1, 4), np.nan)]
)
def test_samples_that_are_no_sound_are_refused(samples):
    with pytest.raises(AudioError, match="samples"):
        Clip(samples, RATE)


@pytest.mark.parametrize("rate", [0, -1, 100, 10_000_000])
def test_an_impossible_rate_is_refused(rate):
    with pytest.raises(AudioError, match="sample_rate"):
        Clip(np.zeros((1, 10)), rate)


def test_seconds_and_mono():
    clip = Clip(np.stack([np.ones(RATE), np.zeros(RATE)]), RATE)
    assert clip.seconds == 1.0
    assert clip.mono().samples.shape == (1, RATE)
    assert np.allclose(clip.mono().samples, 0.5)


def test_a_full_scale_997_hz_tone_measures_minus_3_lufs_as_the_standard_says():
    assert tone(997, 3.0, 48_000, level=1.0).loudness == pytest.approx(-3.01, abs=0.05)


def test_silence_measures_as_minus_infinity():
    assert Clip(np.zeros((2, RATE)), RATE).loudness == -np.inf


@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.5, 3.0])
@pytest.mark.parametrize("lufs", [-40.0, -23.0, -16.0])
def test_a_clip_is_brought_to_a_loudness_whatever_its_length(seconds, lufs):
    assert noise(seconds).at_loudness(lufs).loudness == pytest.approx(lufs, abs=0.1)


def test_a_very_quiet_clip_is_brought_to_a_loudness():
    assert noise(level=1e-5).at_loudness(-23).loudness == pytest.approx(-23, abs=0.1)


def test_a_peaky_clip_is_limited_and_still_as_loud_as_asked():
    rng = np.random.default_rng(2)
    clicks = np.where(rng.random((2, 5 * RATE)) < 2e-4, rng.standard_normal((2, 5 * RATE)), 0)
    clip = Clip(clicks + 1e-3 * rng.standard_normal(clicks.shape), RATE).at_loudness(-23)
    assert np.abs(clip.samples).max() <= CEILING
    assert clip.loudness == pytest.approx(-23, abs=0.5)


def test_a_lone_click_stays_below_the_ceiling_even_though_it_cannot_be_loud_enough():
    samples = np.zeros((1, 2 * RATE))
    samples[0, RATE] = 1
    clip = Clip(samples, RATE).at_loudness(-10)
    assert np.abs(clip.samples).max() <= CEILING
    assert clip.loudness < -10


def test_the_limiter_does_not_move_the_stereo_image():
    rng = np.random.default_rng(3)
    left = rng.standard_normal(3 * RATE) ** 5
    clip = Clip(np.stack([left, 0.5 * left]), RATE).at_loudness(-12)
    assert np.allclose(clip.samples[1], 0.5 * clip.samples[0], atol=1e-6)


def test_silence_has_no_loudness_to_bring_it_to():
    with pytest.raises(AudioError, match="silence"):
        Clip(np.zeros((1, RATE)), RATE).at_loudness(-23)


@pytest.mark.parametrize("lufs", [0.0, -100.0, float("nan")])
def test_an_impossible_loudness_is_refused(lufs):
    with pytest.raises(AudioError, match="lufs"):
        noise().at_loudness(lufs)


def test_resampling_keeps_length_pitch_and_level():
    clip = tone(1000).resample(32_000)
    assert clip.sample_rate == 32_000
    assert clip.seconds == pytest.approx(1.0, abs=1e-3)
    spectrum = np.abs(np.fft.rfft(clip.samples[0]))
    assert np.argmax(spectrum) == pytest.approx(1000, abs=2)
    assert np.sqrt(np.mean(clip.samples**2)) == pytest.approx(0.5 / 2**0.5, rel=0.02)


def test_resampling_to_an_impossible_rate_is_refused():
    with pytest.raises(AudioError, match="rate"):
        noise().resample(10)


@pytest.mark.parametrize(("format", "tolerance"), [("wav", 1e-4), ("flac", 1e-4), ("ogg", 0.2)])
def test_a_written_clip_reads_back_as_it_was(format, tolerance):
    clip = noise(level=0.05).resample(48_000)
    again = Clip.read(io.BytesIO(clip.to_bytes(format)))
    assert again.samples.shape == clip.samples.shape
    assert again.sample_rate == clip.sample_rate
    assert np.sqrt(np.mean((again.samples - clip.samples) ** 2)) < tolerance
    assert again.loudness == pytest.approx(clip.loudness, abs=1.0)


def test_opus_is_written_at_48_khz_when_it_lacks_the_rate_and_lasts_as_long():
    again = Clip.read(io.BytesIO(noise(1.5).to_bytes("ogg")))
    assert again.sample_rate == 48_000
    assert again.seconds == pytest.approx(1.5, abs=1e-4)


def test_a_long_clip_is_written_as_ogg_without_exhausting_the_stack(monkeypatch):
    monkeypatch.setattr("model.synthesis.encoding.ogg_subtype", lambda: "VORBIS")
    clip = noise(60.0, level=0.05)
    assert Clip.read(io.BytesIO(clip.to_bytes("ogg"))).samples.shape == clip.samples.shape


@pytest.mark.parametrize("subtype", ["OPUS", "VORBIS"])
def test_the_same_clip_gives_the_same_ogg_in_every_second(monkeypatch, subtype):
    monkeypatch.setattr("model.synthesis.encoding.ogg_subtype", lambda: subtype)
    clip = noise(0.3)
    first = clip.to_bytes("ogg")
    time.sleep(1.1)  # libsndfile seeds an Ogg stream's serial number by the clock
    assert clip.to_bytes("ogg") == first
    assert clip.to_bytes("ogg", {"title": "other"}) != first


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_said_of_a_clip_is_inside_its_file(format):
    tags = {"title": "Möwen und Brandung", "artist": "Foley", "comment": "made", "license": "CC0", "album": ""}
    content = noise(0.3).to_bytes(format, tags)
    with soundfile.SoundFile(io.BytesIO(content)) as file:
        said = file.copy_metadata()
    kept = {name: text for name, text in tags.items() if text and (format, name) != ("wav", "license")}
    assert said == kept
    with pytest.raises(AudioError, match="mood"):
        noise(0.3).to_bytes(format, {"mood": "calm"})


def test_a_clip_is_written_to_a_path(tmp_path):
    noise().write(tmp_path / "a.flac", "flac")
    assert Clip.read(tmp_path / "a.flac").samples.shape == noise().samples.shape


def test_an_unknown_format_is_refused_by_name():
    with pytest.raises(AudioError, match="mp5"):
        noise().to_bytes("mp5")


def test_a_place_that_cannot_be_written_is_an_audio_error(tmp_path):
    with pytest.raises(AudioError, match="cannot be written"):
        noise().write(tmp_path / "missing" / "a.wav", "wav")


def test_what_is_no_sound_file_is_an_audio_error(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"not a sound")
    for source in (tmp_path / "a.wav", tmp_path / "missing.wav", io.BytesIO(b"RIFF")):
        with pytest.raises(AudioError, match="cannot be read"):
            Clip.read(source)
