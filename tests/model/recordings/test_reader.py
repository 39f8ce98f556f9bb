"""Every sample there is gets decoded, from what recorders, phones and pipes leave; what is cut or none is told so."""

import re
import struct

import numpy as np
import pytest
import soundfile

from model.errors import AudioError
from model.recordings import MAX_CHANNELS, decode
from tests.model.recordings.making import RATE, encoded, noise, wav, written

SOUND = noise()
LOSSLESS = [("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "FLOAT"), ("WAV", "PCM_U8"), ("FLAC", "PCM_24")]
LOSSLESS += [("AIFF", "PCM_16"), ("AU", "PCM_16"), ("CAF", "PCM_16"), ("CAF", "ALAC_16"), ("W64", "PCM_24")]
LOSSLESS += [("RF64", "PCM_16"), ("WAVEX", "PCM_24")]
PHONES = [("mp4", "aac"), ("adts", "aac"), ("ipod", "alac"), ("webm", "libopus"), ("mp4", "libopus"), ("ogg", "flac")]
PHONES += [("matroska", "pcm_s16le"), ("mpegts", "aac"), ("wav", "libmp3lame"), ("wv", "wavpack")]


def like(samples, atol):
    """Whether samples are the sound, but for how it was stored; a decoder's padding may lie before and behind."""
    shifts = range(0, 2400, 1) if len(samples) > len(SOUND) else [0]
    part = SOUND[20_000:22_000]
    best = min(float(np.abs(samples[20_000 + s : 22_000 + s] - part).max()) for s in shifts)
    return best < atol


@pytest.mark.parametrize(("format", "subtype"), LOSSLESS)
def test_what_loses_nothing_is_read_to_the_last_sample(format, subtype):
    found = decode(written(SOUND, format, subtype), 60.0)
    assert found.rate == RATE
    np.testing.assert_allclose(found.samples[0], SOUND, atol=0.01 if subtype == "PCM_U8" else 1e-4)


@pytest.mark.parametrize(("container", "codec"), PHONES)
def test_what_phones_and_browsers_record_is_read(container, codec):
    found = decode(encoded(SOUND, container, codec), 60.0)
    assert found.rate == RATE
    assert 0 <= found.seconds - 2.0 <= 0.06
    power = np.sqrt(np.square(found.samples).mean()) / np.sqrt(np.square(SOUND).mean())
    assert 0.75 <= power <= 1.02


def test_a_phone_of_8_khz_is_read():
    found = decode(encoded(noise(rate=8000), "3gp", "libopencore_amrnb", 8000), 60.0)
    assert (found.rate, found.seconds) == (8000, pytest.approx(2.0, abs=0.05))


def test_aac_at_44_1_khz_ends_where_the_sound_does():
    assert decode(encoded(noise(rate=44_100), "mp4", "aac", 44_100), 60.0).samples.shape[1] == 2 * 44_100


@pytest.mark.parametrize("length", [0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFF - 44])
@pytest.mark.parametrize("riff", [0, 36, 0xFFFFFFFF])
def test_a_wav_that_was_written_to_a_pipe_is_read_to_its_end(length, riff):
    found = decode(wav(SOUND, length, riff), 60.0)
    np.testing.assert_allclose(found.samples[0], SOUND, atol=1e-4)


def test_an_rf64_and_a_w64_that_were_written_to_a_pipe_are_read_to_their_end():
    rf64 = bytearray(written(SOUND, "RF64", "PCM_16"))
    at = rf64.index(b"ds64") + 8
    rf64[at : at + 24] = struct.pack("<QQQ", 0, 0, 0)
    w64 = bytearray(written(SOUND, "W64", "PCM_16"))
    at = w64.index(b"data\xf3") + 16
    w64[at : at + 8] = struct.pack("<Q", 0xFFFFFFFFFFFFFFFF)
    for piped in (rf64, w64):
        np.testing.assert_allclose(decode(bytes(piped), 60.0).samples[0], SOUND, atol=1e-4)


def test_a_flac_that_does_not_tell_its_length_is_read_to_its_end():
    flac = bytearray(written(SOUND, "FLAC", "PCM_16"))
    flac[21] &= 0xF0
    flac[22:26] = bytes(4)  # STREAMINFO: the number of samples, in the lower half of byte 21 and the next four
    found = decode(bytes(flac), 60.0)
    np.testing.assert_allclose(found.samples[0], SOUND, atol=1e-4)


def test_an_mp3_without_a_header_of_its_length_is_read_to_its_end():
    whole = encoded(noise(8.0), "mp3", "libmp3lame")
    tag = whole.find(b"Xing") if b"Xing" in whole else whole.find(b"Info")
    frames = [found.start() for found in re.finditer(rb"\xff\xfb", whole)]
    first = next(start for start in frames if start > tag)
    assert decode(whole[first:], 60.0).seconds == pytest.approx(8.0, abs=0.15)


@pytest.mark.parametrize(
    "chunk", [b"bext" + struct.pack("<I", 602) + bytes(602), b"wamd" + struct.pack("<I", 7) + bytes(8)]
)
def test_chunks_of_recorders_before_and_behind_the_sound_are_passed_over(chunk):
    np.testing.assert_allclose(decode(wav(SOUND, before=chunk, behind=chunk), 60.0).samples[0], SOUND, atol=1e-4)


@pytest.mark.parametrize("kept", [-2, -2000, 1000])
def test_a_real_cut_is_told(kept):
    with pytest.raises(AudioError, match="is cut off: it holds less sound than it says"):
        decode(wav(SOUND)[:kept], 60.0)


@pytest.mark.parametrize("format", ["FLAC", "AIFF", "W64", "RF64"])
def test_a_real_cut_is_told_of_other_formats_too(format):
    whole = written(SOUND, format, "PCM_16")
    with pytest.raises(AudioError, match=r"cut off|cannot be decoded"):
        decode(whole[: len(whole) // 2], 60.0)


@pytest.mark.parametrize(
    "content", [b"", b"waves on rocks" * 99, bytes(9999), wav(SOUND)[:44], b"#EXTM3U\nhttp://127.0.0.1:9/a.ts\n"]
)
def test_what_is_no_recording_is_refused_in_one_sentence_that_says_what_is_read(content):
    with pytest.raises(AudioError, match=r"cannot be decoded as sound|cut off|no sound") as error:
        decode(content, 60.0)
    assert "\n" not in str(error.value)


def test_a_film_without_sound_is_said_to_have_none():
    import io

    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for _ in range(3):
            file.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        file.mux(stream.encode(None))
    with pytest.raises(AudioError, match="holds no sound"):
        decode(buffer.getvalue(), 60.0)


def test_no_more_is_decoded_than_was_asked_for_from_where_it_was():
    for content in (written(SOUND, subtype="FLOAT"), written(SOUND, "FLAC", "PCM_24")):
        found = decode(content, 0.5, 1.0)
        np.testing.assert_allclose(found.samples[0], SOUND[RATE : RATE + RATE // 2], atol=1e-6)
    assert decode(encoded(SOUND, "mp4", "aac"), 0.5, 1.0).seconds == 0.5
    with pytest.raises(AudioError, match="holds no sound behind 9 s"):
        decode(written(SOUND), 0.5, 9.0)


@pytest.mark.parametrize("channels", [2, 4, 16, MAX_CHANNELS])
def test_channels_become_one(channels):
    many = np.stack([np.roll(SOUND, 7 * c) for c in range(channels)], axis=1)
    found = decode(written(many, subtype="FLOAT"), 60.0)
    assert found.samples.shape == (1, len(SOUND))
    assert np.abs(found.samples).max() > 0.05


def test_of_channels_that_cancel_each_other_the_loudest_is_read():
    for others in ([-SOUND], [-SOUND / 3] * 3, [0 * SOUND] * 7):
        many = np.stack([SOUND, *others], axis=1)
        np.testing.assert_allclose(decode(written(many, subtype="FLOAT"), 60.0).samples[0], SOUND, atol=1e-6)


def test_as_many_channels_are_kept_as_asked_for():
    stereo = np.stack([SOUND, -SOUND], axis=1)
    found = decode(written(stereo, subtype="FLOAT"), 60.0, most_channels=2)
    np.testing.assert_allclose(found.samples, stereo.T, atol=1e-6)


@pytest.mark.parametrize(
    ("samples", "rate", "words"),
    [
        (np.zeros((100, MAX_CHANNELS + 1)), RATE, "has 65 channels; at most 64 are read"),
        (np.zeros(100), 500, "has 500 samples a second; read are 1000 to 384000"),
        (np.zeros(100), 500_000, "has 500000 samples a second"),
        (np.float32([0.1, np.nan]), RATE, "not finite"),
        (np.float32([[0.1, np.inf], [0.1, 0.1]]), RATE, "not finite"),
        (np.zeros(0), RATE, "holds no sound"),
    ],
)
def test_what_is_out_of_bounds_is_refused(samples, rate, words):
    with pytest.raises(AudioError, match=words):
        decode(written(samples, subtype="FLOAT", rate=rate), 60.0)


def test_a_path_is_read_as_its_bytes_are(tmp_path):
    path = tmp_path / "a.m4a"
    path.write_bytes(encoded(SOUND, "mp4", "aac"))
    np.testing.assert_array_equal(decode(path, 1.0).samples, decode(path.read_bytes(), 1.0).samples)
    with pytest.raises(AudioError, match="cannot be read: No such file"):
        decode(tmp_path / "none.wav", 1.0)


def test_what_libsndfile_reads_whole_stays_with_it():
    """24 valid bits in 32, which FFmpeg takes for floats."""
    valid = bytearray(written(SOUND, "WAVEX", "PCM_32"))
    at = valid.index(b"fmt ") + 8
    valid[at + 18 : at + 20] = struct.pack("<H", 24)
    np.testing.assert_allclose(decode(bytes(valid), 60.0).samples[0], SOUND, atol=1e-4)
    assert soundfile.__libsndfile_version__
