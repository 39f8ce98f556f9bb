"""Whatever is in an uploaded file, it is heard within bounds or refused by name."""

import contextlib
import hashlib
import io
import struct
import time
import tracemalloc

import numpy as np
import pytest
import soundfile

from server.errors import InvalidInput
from server.search.uploads import MAX_SECONDS, decode_recording

RATE = 16_000
NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, RATE).astype(np.float32)  # one second


def sound_file(samples, format="WAV", subtype=None, rate=RATE):
    """A file of samples (n,) or (n, channels)."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=format, subtype=subtype)
    return buffer.getvalue()


def with_length(wav, length):
    """A WAV whose data chunk claims another length."""
    at = wav.index(b"data") + 4
    riff = min(length + at - 4, 0xFFFFFFFF)
    return wav[:4] + struct.pack("<I", riff) + wav[8:at] + struct.pack("<I", length) + wav[at + 4 :]


def floats(*samples):
    return sound_file(np.array(samples, np.float32), subtype="FLOAT")


FINE = {
    "wav": sound_file(NOISE),
    "24 bits": sound_file(NOISE, subtype="PCM_24"),
    "floats": sound_file(NOISE, subtype="FLOAT"),
    "flac": sound_file(NOISE, "FLAC"),
    "ogg": sound_file(NOISE, "OGG"),
    "mp3": sound_file(NOISE, "MP3"),
    "8 kHz": sound_file(NOISE, rate=8000),
    "written to a pipe": with_length(sound_file(NOISE), 0xFFFFFFFF),
}

BAD = {
    "nothing": b"",
    "text": b"waves crashing on rocks" * 100,
    "zeros": bytes(10_000),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(2000),
    "only a header": sound_file(NOISE)[:44],
    "half a header": sound_file(NOISE)[:20],
    "no samples": sound_file(np.zeros(0, np.float32)),
    "silence": sound_file(np.zeros(RATE, np.float32)),
    "next to silence": sound_file(np.full(RATE, 1e-6, np.float32), subtype="FLOAT"),
    "not a number": floats(0.1, float("nan"), 0.2),
    "infinite": floats(0.1, float("inf"), 0.2),
    "cut off": sound_file(NOISE)[:-2000],
    "hours long by its header": with_length(sound_file(NOISE), 0xF0000000),
    "a cut off flac": sound_file(NOISE, "FLAC")[:5000],
    "65 channels": sound_file(np.full((100, 65), 0.1, np.float32)),
    "1000 channels": sound_file(np.full((100, 1000), 0.1, np.float32)),
    "one sample per second": sound_file(NOISE, rate=1),
    "2 GHz": sound_file(NOISE, rate=2_000_000_000),
    "raw telephone": sound_file(NOISE, "VOC", "PCM_16"),
}


@pytest.mark.parametrize("data", FINE.values(), ids=FINE)
def test_sounds_of_every_known_format_are_decoded(data):
    recording = decode_recording(data)
    assert recording.samples.dtype == np.float32
    assert recording.samples.ndim == 1
    assert recording.seconds == pytest.approx(len(NOISE) / recording.rate, abs=0.1)
    assert recording.digest == hashlib.sha256(data).hexdigest()
    assert 0.1 < np.abs(recording.samples).max() <= 1


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_what_cannot_be_heard_is_refused_by_name(data):
    with pytest.raises(InvalidInput, match=r"^file: ") as refusal:
        decode_recording(data)
    assert refusal.value.field == "file"
    assert "0x" not in str(refusal.value)


def test_sixty_four_channels_are_mixed_down():
    channels = np.arange(64, dtype=np.float32)[None].repeat(RATE, axis=0) / 64
    recording = decode_recording(sound_file(channels, subtype="FLOAT"))
    np.testing.assert_allclose(recording.samples, 31.5 / 64, atol=1e-6)


def test_of_channels_that_cancel_each_other_one_is_heard():
    recording = decode_recording(sound_file(np.stack([NOISE, -NOISE], axis=1), subtype="FLOAT"))
    np.testing.assert_array_equal(recording.samples, NOISE)


def test_a_sound_beyond_full_scale_is_brought_back_to_it():
    recording = decode_recording(sound_file(NOISE * 1000, subtype="FLOAT"))
    np.testing.assert_allclose(recording.samples, NOISE / np.abs(NOISE).max(), atol=1e-6)


def test_samples_whose_sum_overflows_are_decoded_too():
    recording = decode_recording(sound_file(np.full((9, 2), 3e38, np.float32), subtype="FLOAT"))
    np.testing.assert_allclose(recording.samples, 1)


def test_of_an_hour_only_the_first_minute_is_decoded():
    hour = sound_file(np.tile(np.float32([0.1, -0.1]), 3600 * 4000 // 2), "FLAC", rate=4000)
    tracemalloc.start()
    begin = time.process_time()
    recording = decode_recording(hour)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert recording.seconds == MAX_SECONDS
    assert most < 16 << 20
    assert time.process_time() - begin < 5


def test_the_loudest_ten_seconds_of_a_minute_are_heard():
    quiet = np.full(60 * RATE, 0.01, np.float32)
    quiet[33 * RATE : 43 * RATE] = 0.5
    heard = decode_recording(sound_file(quiet, subtype="FLOAT")).loudest()
    assert heard.shape == (10 * RATE,)
    assert (heard == 0.5).all()


def test_a_short_recording_is_heard_whole():
    recording = decode_recording(sound_file(NOISE, subtype="FLOAT"))
    np.testing.assert_array_equal(recording.loudest(), NOISE)


def test_bytes_flipped_anywhere_are_heard_or_refused():
    rng = np.random.default_rng(1)
    for format in ("WAV", "FLAC", "OGG"):
        whole = np.frombuffer(sound_file(NOISE[:2000], format), np.uint8)
        for _ in range(60):
            broken = whole.copy()
            places = rng.integers(0, len(broken), rng.integers(1, 6))
            broken[places] = rng.integers(0, 256, len(places))
            with contextlib.suppress(InvalidInput):
                recording = decode_recording(broken.tobytes())
                assert np.isfinite(recording.samples).all()
                assert recording.seconds <= MAX_SECONDS
