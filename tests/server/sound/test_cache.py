"""Sounds: rendered once, kept whole under their content's address, dropped when there are too many."""

import dataclasses
import errno
import os
import threading

import numpy as np
import pytest
import soundfile

from model.errors import Cancelled, GalleryError, SynthesisError
from model.synthesis import Clip
from server.sound.cache import ABANDONED, LOUDNESS, Sounds
from server.sound.orders import SoundOrder
from tests.server.sound.sounding import Noise, engines_of

ORDER = SoundOrder("foley", "wind", 1.0, 0, release="1", licence="CC0-1.0", place="1.00000, 2.00000")
OTHER = {"seconds": 2.0, "seed": 1, "steps": 3, "guidance": 1.5}


@pytest.fixture
def noise():
    return Noise()


@pytest.fixture
def sounds(tmp_path, noise):
    return Sounds(tmp_path, 10_000_000, engines_of(foley=noise))


def metadata(file):
    with file, soundfile.SoundFile(file) as sound:
        return sound.copy_metadata()


def clip_of(file):
    with file:
        return Clip.read(file)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(SoundOrder)])
def test_whatever_changes_the_file_changes_its_address(field):
    assert dataclasses.replace(ORDER, **{field: OTHER.get(field, "other")}).key != ORDER.key
    assert SoundOrder.from_json(ORDER.to_json()) == ORDER
    assert dataclasses.replace(ORDER).key == ORDER.key


def test_a_sound_is_kept_at_the_promised_loudness(sounds):
    sounds.render(ORDER)
    clip = clip_of(sounds.open(ORDER, "wav"))
    assert clip.loudness == pytest.approx(LOUDNESS, abs=0.2)
    assert clip.seconds == 1.0


def test_the_same_sound_of_two_places_is_rendered_once_and_each_file_says_its_own(sounds, noise):
    there = dataclasses.replace(ORDER, place="3.00000, 4.00000")
    for order in (ORDER, there, ORDER):
        sounds.render(order)
    assert len(noise.rendered) == 1
    said = [metadata(sounds.open(order, "ogg"))["album"] for order in (ORDER, there)]
    assert said == ["Place: 1.00000, 2.00000", "Place: 3.00000, 4.00000"]


@pytest.mark.parametrize("format", ["ogg", "flac", "wav"])
def test_a_file_says_what_it_is_and_that_it_was_synthesised(sounds, format):
    sounds.render(ORDER)
    said = metadata(sounds.open(ORDER, format))
    assert said["title"] == "wind"
    assert said["copyright"] == "CC0-1.0"
    for words in ("Synthesised by Earshot", "engine foley", "seed 0", "checkpoint 1"):
        assert words in said["comment"]


def test_every_format_holds_the_same_sound(sounds):
    sounds.render(ORDER)
    flac, wav = (clip_of(sounds.open(ORDER, format)) for format in ("flac", "wav"))
    np.testing.assert_array_equal(flac.samples, wav.samples)


def test_what_is_not_rendered_has_no_file(sounds):
    assert not sounds.ready(ORDER)
    assert sounds.open(ORDER, "ogg") is None


def test_a_file_asked_for_by_many_at_once_is_encoded_once(sounds, monkeypatch):
    sounds.render(ORDER)
    encoded = []
    real = Clip.to_bytes
    monkeypatch.setattr(Clip, "to_bytes", lambda *given: encoded.append(1) or real(*given))
    threads = [threading.Thread(target=lambda: sounds.open(ORDER, "ogg").close()) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(encoded) == 1


def test_a_caption_the_engine_refuses_or_that_is_called_off_leaves_nothing_behind(sounds, tmp_path):
    with pytest.raises(SynthesisError):
        sounds.render(dataclasses.replace(ORDER, caption="nothing"))
    with pytest.raises(Cancelled):
        sounds.render(ORDER, cancel=lambda: True)
    with pytest.raises(GalleryError):
        sounds.render(dataclasses.replace(ORDER, recording="r1"))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(sounds, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("server.concurrency.files.os.fsync", full)
    with pytest.raises(OSError, match="space"):
        sounds.render(ORDER)
    assert list(tmp_path.iterdir()) == []


def test_a_kept_sound_that_is_damaged_is_rendered_again(sounds, noise):
    sounds.render(ORDER)
    sounds._path(ORDER.samples_key, "flac").write_bytes(b"fLaC, but no more")
    assert sounds.open(ORDER, "wav") is None
    sounds.render(ORDER)
    assert clip_of(sounds.open(ORDER, "wav")).seconds == 1.0
    assert len(noise.rendered) == 2


def test_the_sounds_longest_unheard_leave_when_the_folder_is_full(tmp_path, noise):
    sounds = Sounds(tmp_path, 70_000, engines_of(foley=noise))  # a second of 16-bit stereo noise at 8 kHz is 30 kB
    orders = [dataclasses.replace(ORDER, seed=seed, place="") for seed in range(3)]
    for age, order in enumerate(orders[:2]):
        sounds.render(order)
        os.utime(sounds._path(order.key, "flac"), (1000 + age, 1000 + age))
    sounds.open(orders[0], "flac").close()  # heard again
    sounds.render(orders[2])
    assert [sounds.ready(order) for order in orders] == [True, False, True]


def test_a_sound_larger_than_the_folder_is_still_answered(tmp_path, noise):
    sounds = Sounds(tmp_path, 100, engines_of(foley=noise))
    sounds.render(ORDER)
    assert sounds.ready(ORDER)


def test_what_a_killed_process_left_half_written_is_swept_up_but_not_what_is_being_written(sounds, tmp_path):
    old, new = tmp_path / "a.part", tmp_path / "b.part"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, old.stat().st_mtime - ABANDONED - 1))
    sounds.sweep()
    assert list(tmp_path.iterdir()) == [new]


def test_a_sound_that_is_dropped_while_it_is_read_is_read_to_its_end(sounds):
    sounds.render(ORDER)
    with sounds.open(ORDER, "wav") as whole:
        expected = whole.read()
    with sounds.open(ORDER, "wav") as file:
        for path in sounds.folder.iterdir():
            path.unlink()
        assert file.read() == expected


def test_a_sound_that_is_dropped_as_soon_as_it_is_encoded_counts_as_not_kept(sounds, monkeypatch):
    sounds.render(ORDER)
    monkeypatch.setattr(sounds, "_prune", lambda keep: keep.unlink())  # as another process may
    assert sounds.open(ORDER, "wav") is None
    assert sounds.ready(ORDER)


def test_what_is_kept_of_a_sound_is_handed_out_until_it_is_dropped(sounds):
    assert sounds.clip(ORDER) is None
    sounds.render(ORDER)
    assert sounds.clip(ORDER).seconds == 1.0
    sounds._path(ORDER.samples_key, "flac").unlink()
    assert sounds.clip(ORDER) is None


def test_a_sound_is_on_the_disk_before_it_is_told_that_it_is_done(sounds, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr("server.concurrency.files.os.fsync", lambda descriptor: synced.append(1) or real(descriptor))
    sounds.render(ORDER)
    assert synced
