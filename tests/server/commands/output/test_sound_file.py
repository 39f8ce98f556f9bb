"""A sound into a file the person names."""

from pathlib import Path

import pytest

from model.synthesis import Clip
from server.commands.output.sound_file import format_of, write_sound
from server.errors import InvalidInput, StartError
from server.sound.cache import Sounds
from server.sound.engines import Engines
from server.sound.orders import Orders
from server.sound.queries import SynthesisOptions

MEBIBYTE = 1024 * 1024


@pytest.fixture
def sounds(tmp_path):
    (tmp_path / "sounds").mkdir()
    return Sounds(tmp_path / "sounds", MEBIBYTE, Engines.installed(tmp_path))


@pytest.fixture
def order(sounds):
    options = SynthesisOptions(caption="wind", engine="foley", seconds=1.0)
    return Orders(sounds.engines).of_caption(options.caption, options)


@pytest.mark.parametrize(("name", "format"), [("a.wav", "wav"), ("b.FLAC", "flac"), ("c.d.ogg", "ogg")])
def test_the_format_is_what_the_suffix_says(name, format):
    assert format_of(Path(name)) == format


@pytest.mark.parametrize("name", ["a.mp3", "wav", "a."])
def test_a_suffix_of_no_format_is_refused_naming_those_there_are(name):
    with pytest.raises(InvalidInput, match=r"\.wav, \.flac, \.ogg"):
        format_of(Path(name))


def test_a_sound_is_rendered_once_and_copied_from_what_is_kept_after_that(sounds, order, tmp_path):
    told = []
    write_sound(sounds, order, tmp_path / "a.flac", lambda done, total: told.append((done, total)))
    assert Clip.read(tmp_path / "a.flac").seconds == pytest.approx(1, abs=0.01)
    before = len(told)
    write_sound(sounds, order, tmp_path / "b.flac", lambda done, total: told.append((done, total)))
    assert (tmp_path / "b.flac").read_bytes() == (tmp_path / "a.flac").read_bytes()
    assert len(told) == before


def test_a_file_that_cannot_be_written_is_told_by_its_name(sounds, order, tmp_path):
    with pytest.raises(StartError, match=r"out: cannot write .*none/a\.wav"):
        write_sound(sounds, order, tmp_path / "none" / "a.wav")
