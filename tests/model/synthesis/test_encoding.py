"""The same samples give the same bytes, in whichever second, with what is said of them inside."""

import io

import numpy as np
import pytest
import soundfile

from model.errors import AudioError
from model.synthesis import encoding
from model.synthesis.encoding import FORMATS, PAGE_HEADER, TAGS, _checksum, _pages, encode, ogg_subtype

RATE = 16_000


def tone(channels: int = 2, seconds: float = 0.2) -> np.ndarray:
    time = np.arange(round(RATE * seconds)) / RATE
    return (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[None].repeat(channels, axis=0)


def read(content: bytes) -> tuple[np.ndarray, int]:
    samples, rate = soundfile.read(io.BytesIO(content), always_2d=True)
    return samples.T, rate


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_format_is_read_by_any_other_program(format, channels):
    samples, rate = read(encode(tone(channels), RATE, format, {}))
    assert samples.shape == (channels, tone().shape[1])
    assert rate == RATE


@pytest.mark.parametrize("format", ["wav", "flac"])
def test_sixteen_bits_are_kept(format):
    samples, _ = read(encode(tone(), RATE, format, {}))
    assert np.abs(samples - tone()).max() < 1 / 32_000


@pytest.mark.parametrize("format", ["wav", "flac"])
def test_what_is_beyond_full_scale_is_clipped_and_does_not_wrap(format):
    samples, _ = read(encode(np.full((1, RATE), 3.0, np.float32), RATE, format, {}))
    assert samples[0, 100:-100].min() > 0.8


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_samples_give_the_same_bytes(format):
    assert encode(tone(), RATE, format, {"title": "x"}) == encode(tone(), RATE, format, {"title": "x"})


@pytest.mark.parametrize("format", ["mp3", "WAV", "", "ogg "])
def test_an_unknown_format_is_refused_and_the_known_are_listed(format):
    with pytest.raises(AudioError, match="known are wav, flac, ogg"):
        encode(tone(), RATE, format, {})


def test_an_unknown_tag_is_refused_and_the_known_are_listed():
    with pytest.raises(AudioError, match=r"tags: colour, mood: known are title"):
        encode(tone(), RATE, "flac", {"mood": "x", "colour": "y"})


@pytest.mark.parametrize("format", ["flac", "ogg"])
def test_every_tag_is_inside_the_file(format):
    content = encode(tone(), RATE, format, {name: f"my {name}" for name in TAGS})
    with soundfile.SoundFile(io.BytesIO(content)) as file:
        assert {name: getattr(file, name) for name in TAGS} == {name: f"my {name}" for name in TAGS}


def test_a_wav_has_no_place_for_the_licence_and_is_written_without():
    content = encode(tone(), RATE, "wav", {"title": "surf", "license": "CC0-1.0"})
    with soundfile.SoundFile(io.BytesIO(content)) as file:
        assert (file.title, file.license) == ("surf", "")


def test_an_empty_tag_is_not_written():
    assert encode(tone(), RATE, "flac", {"title": ""}) == encode(tone(), RATE, "flac", {})


def test_opus_that_lacks_a_rate_is_written_at_48_khz():
    if ogg_subtype() != "OPUS":
        pytest.skip("this libsndfile writes Vorbis")
    time = np.arange(8820) / 44_100
    content = encode(np.sin(2 * np.pi * 440 * time).astype(np.float32)[None], 44_100, "ogg", {})
    samples, rate = read(content)
    assert rate == 48_000
    assert samples.shape[1] == 9600


def test_writing_in_blocks_is_writing_at_once(monkeypatch):
    whole = encode(tone(), RATE, "flac", {})
    monkeypatch.setattr(encoding, "WRITE_BLOCK", 1000)
    assert np.array_equal(read(encode(tone(), RATE, "flac", {}))[0], read(whole)[0])


def test_pages_of_an_ogg_are_the_whole_stream_and_their_checksums_are_right():
    content = encode(tone(), RATE, "ogg", {})
    pages = list(_pages(content))
    assert b"".join(pages) == content
    for page in pages:
        assert page[:4] == b"OggS"
        stated, blank = bytes(page[22:26]), bytearray(page)
        blank[22:26] = bytes(4)
        assert int.from_bytes(stated, "little") == _checksum(bytes(blank))
        assert len(page) > PAGE_HEADER


def test_another_sound_has_another_serial_number():
    first, second = (bytes(next(_pages(encode(samples, RATE, "ogg", {})))[14:18]) for samples in (tone(), 0.5 * tone()))
    assert first != second


@pytest.mark.parametrize(("page", "value"), [(b"", 0), (b"\0" * 8, 0), (b"\x01", 0x04C11DB7)])
def test_the_checksum_is_oggs(page, value):
    assert _checksum(page) == value
