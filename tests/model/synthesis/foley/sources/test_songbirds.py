"""Songs are whistled, unlike each other, and in the range of the birds they are of."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.songbirds import SONGS, _note, _phrase
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, loudest, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_a_note_is_nearly_one_tone():
    note = _note([3000, 3000], 0.2)
    assert loudest(note) == pytest.approx(3000, rel=0.01)
    assert share(np.stack([note, note]), 2900, 3100) > 0.95
    assert np.abs(note[[0, -1]]).max() < 1e-3


def test_a_gliding_note_ends_higher_than_it_began():
    note = _note([2000, 4000], 0.4)
    assert loudest(note[: len(note) // 3]) < loudest(note[-len(note) // 3 :])


def test_a_phrase_is_its_notes_and_the_gaps_behind_them():
    phrase = _phrase([np.ones(10, np.float32), np.full(5, 2, np.float32)], [0.01, 0.0])
    assert len(phrase) == 10 + 441 + 5
    assert (phrase[10:451] == 0).all()
    assert (phrase[451:] == 2).all()


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.__name__.strip("_"))
def test_a_song_lasts_a_moment_lies_in_a_birds_range_and_is_never_twice_the_same(song, rng):
    one, other = song(rng), song(rng)
    for sound in (one, other):
        assert 0.2 < len(sound) / RATE < 5
        assert np.isfinite(sound).all()
        assert 1500 < loudest(sound) < 7500
    assert len(one) != len(other) or not np.allclose(one, other)


def test_birds_sing_high(source):
    assert share(source("songbirds", SECONDS, 1), 1500, 8500) > 0.95
    assert centroid(source("songbirds", SECONDS, 1)) > 2000
