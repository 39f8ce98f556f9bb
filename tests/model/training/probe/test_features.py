"""One frozen vector a file; what cannot be read is told with its reason."""

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from model.errors import AudioError, InvalidInput, TrainingError
from model.sat2sound import image_tensor
from model.sat2sound.features import ten_seconds
from model.training.probe.class_folders import read_class_folders
from model.training.probe.features import read_features, read_recording, read_square
from tests.model.training.probe.conftest import COLOURS, RATE, draw, whistle


@pytest.mark.parametrize("vector", ["embedding", "tokens"])
def test_an_images_vector_is_the_models_own_at_the_gsd_of_its_footprint(model, tmp_path, rng, vector):
    draw(tmp_path / "a" / "wide.png", COLOURS["sand"], rng, size=(40, 24))
    features = read_features(model, read_class_folders(tmp_path), vector, gsd=2.0)
    square = Image.open(tmp_path / "a" / "wide.png").crop((8, 0, 32, 24))
    tensor, told = image_tensor(square, model.config.image_size)[None], 2.0 * 24 / model.config.tile_pixels
    assert features.gsd == pytest.approx((told, told))
    with torch.no_grad():
        tokens = model.image_encoder(tensor, torch.tensor([told]))
        expected = tokens.mean(dim=1) if vector == "tokens" else model.embed_images(tensor, told).vector
    np.testing.assert_allclose(features.vectors, expected, atol=1e-6)


def test_of_a_recording_the_first_ten_seconds_are_heard(model, tmp_path, rng):
    whistle(tmp_path / "a" / "long.wav", 700, rng, seconds=14)
    samples, _ = soundfile.read(tmp_path / "a" / "long.wav", dtype="float32")
    features = read_features(model, read_class_folders(tmp_path))
    with torch.no_grad():
        expected = model.embed_audio(ten_seconds(samples[: 11 * RATE], RATE), 32_000).vector
    np.testing.assert_allclose(features.vectors, expected, atol=1e-5)
    assert features.gsd is None


def test_recordings_have_no_gsd(model, recordings):
    with pytest.raises(InvalidInput, match="images alone"):
        read_features(model, read_class_folders(recordings), gsd=1.0)


def test_the_middle_square_is_read_and_its_side_told(tmp_path):
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[:, 5:25] = 200
    Image.fromarray(pixels).save(tmp_path / "x.png")
    tensor, side = read_square(tmp_path / "x.png", 10)
    assert side == 20
    assert torch.equal(tensor, image_tensor(np.full((10, 10, 3), 200, np.uint8), 10))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_any_image_of_eight_bits_is_read(tmp_path, mode):
    path = tmp_path / ("x.tif" if mode == "CMYK" else "x.png")
    Image.new(mode, (8, 8)).save(path)
    assert read_square(path, 4)[0].shape == (3, 4, 4)


@pytest.mark.parametrize("mode", ["I;16", "F", "I"])
def test_others_are_refused_rather_than_stretched_by_guess(tmp_path, mode):
    Image.new(mode, (8, 8)).save(tmp_path / "x.tif")
    with pytest.raises(InvalidInput, match="save it as 8-bit RGB"):
        read_square(tmp_path / "x.tif", 4)


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_image_is_invalid_input(tmp_path, content):
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(InvalidInput, match="not a readable image"):
        read_square(tmp_path / "x.png", 4)


def test_a_recording_is_one_log_mel_of_both_ears_together(tmp_path):
    time = np.arange(RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 440 * time)
    soundfile.write(tmp_path / "mono.wav", tone, RATE)
    soundfile.write(tmp_path / "stereo.wav", np.stack([2 * tone, 0 * tone], axis=1), RATE)
    mono, stereo = (read_recording(tmp_path / f"{name}.wav") for name in ("mono", "stereo"))
    assert mono.shape == (1001, 64)
    loud = mono > -30
    assert float((mono - stereo)[loud].abs().max()) < 1.0


@pytest.mark.parametrize("level", [0.0, 1e-6])
def test_silence_says_nothing(tmp_path, level):
    soundfile.write(tmp_path / "x.wav", np.full(RATE, level), RATE, subtype="FLOAT")
    with pytest.raises(AudioError, match="silent"):
        read_recording(tmp_path / "x.wav")


def test_what_is_no_recording_is_an_audio_error(tmp_path):
    (tmp_path / "x.wav").write_bytes(b"no sound")
    with pytest.raises(AudioError, match="cannot be decoded as sound"):
        read_recording(tmp_path / "x.wav")


def test_progress_is_told_to_the_end_and_vectors_lie_beside_their_files(model, images):
    told = []
    found = read_features(model, read_class_folders(images), progress=lambda *steps: told.append(steps))
    assert told[-1] == (36, 36)
    assert found.vectors.shape == (36, model.config.dim)
    assert len(found.files) == 36


def test_a_folder_of_which_no_file_can_be_used_says_why(model, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.png").write_bytes(b"no image")
    with pytest.raises(TrainingError, match=r"no file can be used, of 1 \(a/x\.png: not a readable image"):
        read_features(model, read_class_folders(tmp_path))


def test_a_vector_that_is_not_finite_is_left_out(model, images, monkeypatch):
    embed = model.embed_images

    def broken(batch, gsd):
        found = embed(batch, gsd)
        found.vector[0] = float("nan")
        return found

    monkeypatch.setattr(model, "embed_images", broken)
    found = read_features(model, read_class_folders(images, limit=2))
    assert [reason for _, reason in found.skipped] == ["its vector is not finite"]
    assert np.isfinite(found.vectors).all()
