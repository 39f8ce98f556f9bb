import numpy as np
import pytest
import soundfile

from model.errors import GalleryError
from model.gallery import Gallery
from model.gallery.sound import inside, read_file


@pytest.mark.parametrize("path", ["../secret.flac", "a/../../secret.flac", "/etc/passwd", ".."])
def test_a_path_that_leaves_the_folder_is_refused(folder, path):
    (folder.parent / "secret.flac").write_bytes(b"secret")
    with pytest.raises(GalleryError, match="leads out of the folder"):
        inside(folder, path)


def test_an_absolute_path_is_refused_even_within_the_folder(folder):
    with pytest.raises(GalleryError, match="leads out of the folder"):
        inside(folder, str(folder / "noise.flac"))


def test_a_link_out_of_the_folder_is_refused(folder):
    (folder.parent / "secret.flac").write_bytes(b"secret")
    (folder / "link.flac").symlink_to(folder.parent / "secret.flac")
    with pytest.raises(GalleryError, match=r"link\.flac: leads out of the folder"):
        inside(folder, "link.flac")


@pytest.mark.parametrize("path", ["absent.ogg", ".", "", "nul\0.ogg", "a" * 5000])
def test_a_path_to_no_file_is_refused(folder, path):
    with pytest.raises(GalleryError):
        inside(folder, path)


@pytest.mark.parametrize(
    ("name", "samples", "complaint"),
    [
        ("short.wav", np.zeros((100, 1)), r"is shorter than 0.1 s"),
        ("empty.wav", np.zeros((0, 1)), "holds no sound"),
        ("many.wav", np.zeros((1_600, 65)), "has 65 channels; at most 64 are read"),
        ("hole.wav", np.full((16_000, 1), np.nan), "holds samples that are not finite numbers"),
    ],
)
def test_a_sound_that_cannot_be_used_is_named(tmp_path, name, samples, complaint):
    soundfile.write(tmp_path / name, samples, 16_000, subtype="FLOAT")
    with pytest.raises(GalleryError, match=f"{name}: {complaint}"):
        read_file(tmp_path / name)


@pytest.mark.parametrize("name", ["noise.ogg", "noise.raw", "noise.mp3", "noise"])
def test_a_file_that_is_no_sound_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"this is not a sound" * 100)
    with pytest.raises(GalleryError, match=f"{name}: cannot be decoded as sound"):
        read_file(tmp_path / name)


def test_stereo_is_kept_and_more_channels_become_one(tmp_path):
    wave = np.random.default_rng(0).uniform(-0.5, 0.5, (16_000, 1))
    for channels, kept in ((1, 1), (2, 2), (4, 1)):
        soundfile.write(tmp_path / "a.wav", wave.repeat(channels, 1), 16_000, subtype="FLOAT")
        assert read_file(tmp_path / "a.wav").samples.shape == (kept, 16_000)


def test_a_long_recording_is_heard_for_its_first_minute(tmp_path):
    soundfile.write(tmp_path / "long.flac", np.zeros((8_000 * 90, 1)), 8_000)
    assert read_file(tmp_path / "long.flac").seconds == 60
    assert read_file(tmp_path / "long.flac", seconds=5).seconds == 5


def test_a_recording_changed_after_the_build_is_refused(written):
    path = written()
    (path / "audio/r0.flac").write_bytes(b"something else")
    with pytest.raises(GalleryError, match=r"audio/r0\.flac: the checksum differs"):
        Gallery.open(path).audio("r0")


def test_a_recording_lost_after_the_build_is_named(written):
    path = written()
    (path / "audio/r0.flac").unlink()
    with pytest.raises(GalleryError, match=r"audio/r0\.flac: no such file"):
        Gallery.open(path).audio("r0")
