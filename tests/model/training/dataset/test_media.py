"""What data sets hold becomes what a model takes, from bytes, structs or files; nothing in them is trusted."""

import io

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from model.errors import AudioError, InvalidInput
from model.sat2sound.features import BANDS
from model.training.dataset import media
from model.training.dataset.media import FRAMES, read_image, read_log_mel, read_recording

RATE = 16_000


def picture(mode: str = "RGB", format: str = "PNG", size: tuple[int, int] = (6, 4)) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, 1 if mode in ("1", "F", "I") else 120 if mode == "L" else None).save(file, format)
    return file.getvalue()


def sound(channels: int = 1, level: float = 0.3, seconds: float = 0.2, format: str = "WAV") -> bytes:
    time = np.arange(round(RATE * seconds)) / RATE
    tone = level * np.sin(2 * np.pi * 440 * time)
    file = io.BytesIO()
    soundfile.write(file, np.stack([tone] * channels, axis=1), RATE, format=format, subtype="PCM_16")
    return file.getvalue()


def mel(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(-40, 10, (*shape, FRAMES, BANDS)).astype(np.float32)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_an_image_is_read_from_its_bytes_a_struct_or_a_file(tmp_path, format):
    content = picture(format=format)
    (tmp_path / "x").write_bytes(content)
    for value in (content, {"bytes": content, "path": "anything"}, {"bytes": None, "path": "x"}, "x"):
        image = read_image(value, tmp_path)
        assert (image.mode, image.size) == ("RGB", (6, 4))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1"])
def test_other_modes_of_eight_bits_become_rgb(mode):
    assert read_image(picture(mode), None).mode == "RGB"


@pytest.mark.parametrize("mode", ["F", "I"])
def test_others_are_refused(mode):
    with pytest.raises(InvalidInput, match="not 8 bits"):
        read_image(picture(mode, "TIFF"), None)


def test_a_format_that_is_not_expected_is_not_tried():
    with pytest.raises(InvalidInput, match="not a readable image"):
        read_image(picture(format="GIF"), None)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(media, "MAX_PIXELS", 20)
    with pytest.raises(InvalidInput, match="6 x 4 pixels are more than 20"):
        read_image(picture(), None)


@pytest.mark.parametrize("value", [None, "", {}, {"bytes": None, "path": None}, {"bytes": None, "path": ""}])
@pytest.mark.parametrize("read", [read_image, read_recording])
def test_nothing_is_empty(read, value, tmp_path):
    with pytest.raises((InvalidInput, AudioError), match="empty"):
        read(value, tmp_path)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "gone.png"])
@pytest.mark.parametrize("read", [read_image, read_recording, read_log_mel])
def test_a_path_stays_in_the_folder(read, path, tmp_path):
    with pytest.raises(InvalidInput):
        read(path, tmp_path)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "x.png").write_bytes(picture())
    (tmp_path / "inside" / "x.png").symlink_to(tmp_path / "x.png")
    with pytest.raises(InvalidInput, match="leads out"):
        read_image("x.png", tmp_path / "inside")


def test_a_set_without_a_folder_cannot_name_files():
    with pytest.raises(InvalidInput, match="only named"):
        read_image({"bytes": None, "path": "x.png"}, None)


@pytest.mark.parametrize("format", ["WAV", "FLAC"])
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_a_recording_is_one_log_mel_of_ten_seconds(format, channels):
    assert read_recording(sound(channels, format=format), None).shape == (1, FRAMES, BANDS)


def test_channels_are_heard_together():
    one, two = (read_recording(sound(channels), None) for channels in (1, 2))
    torch.testing.assert_close(one, two, atol=0.1, rtol=0)


def test_an_array_is_the_same_recording_as_its_file():
    samples, rate = soundfile.read(io.BytesIO(sound()), dtype="float32")
    from_array = read_recording({"array": samples, "sampling_rate": rate}, None)
    torch.testing.assert_close(from_array, read_recording(sound(), None))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"array": [0.1, 0.2], "sampling_rate": None}, "no sampling_rate"),
        ({"array": np.zeros((2, 2, 2)), "sampling_rate": RATE}, "expected"),
        ({"array": ["a"], "sampling_rate": RATE}, "expected"),
        ({"array": np.zeros(100), "sampling_rate": RATE}, "silent"),
        ({"array": [np.nan] * 9, "sampling_rate": RATE}, "NaN"),
        ({"array": [0.5] * 9, "sampling_rate": 10}, "sample_rate"),
        ({"array": [], "sampling_rate": RATE}, "waveforms"),
    ],
)
def test_an_array_that_is_no_sound_is_refused(value, words):
    with pytest.raises(AudioError, match=words):
        read_recording(value, None)


@pytest.mark.parametrize("content", [b"", b"no sound", b"RIFF\x00\x00\x00\x00WAVE"])
def test_a_file_that_is_no_sound_is_refused(content):
    with pytest.raises((AudioError, InvalidInput)):
        read_recording({"bytes": content, "path": None}, None)


def test_more_channels_than_recorders_have_are_refused():
    assert read_recording(sound(9), None).shape == (1, FRAMES, BANDS)
    with pytest.raises(AudioError, match="has 65 channels; at most 64 are read"):
        read_recording(sound(65), None)


def test_silence_is_refused():
    with pytest.raises(AudioError, match="silent"):
        read_recording(sound(level=0.0), None)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (3, 1)])
def test_log_mels_of_any_known_shape_become_clips(shape):
    found = read_log_mel(mel(*shape), None)
    assert found.shape == (max([1, *shape]), FRAMES, BANDS)
    assert found.dtype == torch.float32


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_numbers_of_another_precision_are_taken(dtype):
    assert read_log_mel(mel().astype(dtype), None).dtype == torch.float32


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "empty"),
        (mel(2, 2), "shape"),
        (mel(1, 1, 1), "shape"),
        (np.zeros((FRAMES, BANDS - 1)), "shape"),
        (np.zeros((0, FRAMES, BANDS)), "shape"),
        (np.full((FRAMES, BANDS), -100.0), "silent"),
        (np.full((FRAMES, BANDS), np.nan), "no numbers"),
        (np.zeros((FRAMES, BANDS), int), "no numbers"),
        ([["a"]], "shape"),
    ],
)
def test_what_is_no_log_mel_is_refused(value, words):
    with pytest.raises(InvalidInput, match=words):
        read_log_mel(value, None)


def test_a_log_mel_is_read_from_its_file(tmp_path):
    np.save(tmp_path / "x.npy", mel(2))
    assert torch.equal(read_log_mel("x.npy", tmp_path), torch.from_numpy(mel(2)))


def test_a_pickle_in_a_file_is_not_opened(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(InvalidInput, match=r"not a readable \.npy"):
        read_log_mel("x.npy", tmp_path)


def test_a_header_that_claims_more_than_the_file_holds_is_refused(tmp_path):
    np.save(tmp_path / "x.npy", mel())
    content = (tmp_path / "x.npy").read_bytes()
    (tmp_path / "x.npy").write_bytes(content[:2000])
    with pytest.raises(InvalidInput, match=r"not a readable \.npy"):
        read_log_mel("x.npy", tmp_path)


def test_what_was_read_is_a_copy_that_outlives_the_file(tmp_path):
    np.save(tmp_path / "x.npy", mel())
    found = read_log_mel("x.npy", tmp_path)
    (tmp_path / "x.npy").write_bytes(b"")
    assert found.isfinite().all()
