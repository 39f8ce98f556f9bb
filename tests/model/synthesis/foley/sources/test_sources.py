"""What every source promises."""

import numpy as np
import pytest

from model.scenes.captions import SCENES
from model.synthesis.foley.sources import RATE, SOURCES
from tests.model.synthesis.foley.sources.listening import SECONDS, crest, modulation, share

ALL = sorted(SOURCES)


def test_there_are_at_least_thirty_sources():
    assert len(SOURCES) >= 30


@pytest.mark.parametrize("name", ALL)
def test_a_source_is_stereo_finite_float32_and_heard(source, name):
    samples = source(name, SECONDS, 1)
    assert samples.shape == (2, round(SECONDS * RATE))
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    assert np.sqrt(np.square(samples).mean()) > 1e-3
    assert np.abs(samples).max() < 100


@pytest.mark.parametrize("name", ALL)
def test_both_ears_hear_a_source_and_not_the_same(source, name):
    left, right = source(name, SECONDS, 1)
    assert 0.02 < left.std() / right.std() < 50
    assert np.corrcoef(left, right)[0, 1] < 0.999


@pytest.mark.parametrize("name", ALL)
def test_a_source_carries_no_direct_current(source, name):
    samples = source(name, SECONDS, 1)
    assert np.abs(samples.mean()) < 0.05 * samples.std()


@pytest.mark.parametrize("name", ALL)
def test_the_same_generator_gives_the_same_sound_and_another_a_different_one(source, name):
    once, again = source(name, 1.0, 7), source.__wrapped__(name, 1.0, 7)  # not from the cache
    assert np.array_equal(once, again)
    assert not np.allclose(once, source(name, 1.0, 8))


@pytest.mark.parametrize("name", ALL)
def test_a_source_is_heard_within_the_first_second(source, name):
    assert np.abs(source(name, 1.0, 7)).max() > 1e-3


@pytest.mark.parametrize("name", ALL)
def test_a_source_is_described_in_words_and_placed_in_known_scenes(name):
    one = SOURCES[name]
    assert one.name == name
    assert len(one.descriptions) >= 2
    assert set(one.scenes) <= set(SCENES)
    assert one.scenes
    assert one.render.__doc__


MEASURED = {
    # source: centroid in Hz and level range in dB, 5th to 95th percentile of real recordings of its class
    "surf": (575, 1676, 4.1, 21.5),
    "rain": (455, 4230, 1.6, 10.6),
    "thunder": (171, 404, 16.1, 41.3),
    "wind_in_the_open": (250, 484, 4.3, 8.9),
    "crows": (1524, 2183, 11.2, 42.0),
    "songbirds": (1108, 3986, 4.0, 34.8),
    "crickets": (1171, 7683, 3.7, 12.0),
    "insects": (377, 1797, 6.1, 17.7),
    "frogs": (1386, 1952, 16.2, 29.3),
    "cattle": (279, 894, 8.6, 22.8),
    "sheep": (566, 2070, 14.8, 22.3),
    "dogs": (506, 1629, 8.7, 53.5),
    "rooster": (907, 2181, 15.9, 53.7),
    "car_horns": (520, 3001, 1.7, 39.4),
    "siren": (292, 1754, 3.1, 17.9),
    "engine": (111, 1351, 1.4, 11.6),
    "train": (273, 572, 4.0, 11.9),
    "jet": (508, 781, 5.1, 8.2),
    "helicopter": (141, 1676, 2.6, 14.0),
    "footsteps": (661, 2139, 9.3, 25.3),
    "children": (376, 1761, 4.1, 34.5),
    "church_bells": (611, 1176, 6.0, 13.6),
    "ventilation": (140, 1374, 1.0, 11.1),
    "jackhammer": (450, 3534, 1.8, 9.0),
    "chainsaw": (425, 2421, 2.5, 48.8),
}
"""Measured by `python -m benchmarks.foley`; the modulation, which needs many seeds, is judged there."""


@pytest.mark.parametrize("name", sorted(MEASURED))
def test_a_source_lies_where_recordings_of_its_class_do(foley, name):
    from benchmarks.foley_ears import traits

    low, high, calm, lively = MEASURED[name]
    heard = []
    for seed in range(3):
        clip = foley.render_source(name, 4.0, 50_000 + seed).mono().resample(32_000)
        heard.append(traits(clip.samples[0]))
    assert low <= np.median([one.centroid_hz for one in heard]) <= high
    assert calm - 1.5 <= np.median([one.level_range_db for one in heard]) <= lively + 1.5


def test_every_scene_has_at_least_two_sources():
    heard = [scene for one in SOURCES.values() for scene in one.scenes]
    assert [scene for scene in SCENES if heard.count(scene) < 2] == []


@pytest.mark.parametrize("name", ["footsteps", "hammering", "tennis", "golf_swing", "woodpecker", "horses"])
def test_strokes_stand_out_of_the_air(source, name):
    assert crest(source(name, SECONDS, 1)) > 8


@pytest.mark.parametrize("name", ["motorway", "river", "fountain", "ventilation", "calm"])
def test_what_hums_is_steady(source, name):
    assert crest(source(name, SECONDS, 1)) < 8


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("cattle", 80, 1500),
        ("sheep", 200, 3500),
        ("dogs", 200, 4000),
        ("rooster", 400, 6000),
        ("gulls", 600, 6000),
        ("crows", 400, 6000),
        ("owl", 600, 2700),
        ("ducks", 200, 5000),
        ("pigeons", 350, 1500),
        ("frogs", 300, 6000),
        ("crowd", 90, 4000),
        ("children", 250, 6000),
        ("ship_horn", 60, 2500),
    ],
)
def test_a_voice_stays_in_its_range(source, name, low, high):
    assert share(source(name, SECONDS, 1), low, high) > 0.85


@pytest.mark.parametrize(("name", "low", "high"), [("helicopter", 10, 18), ("boat", 8, 17), ("jackhammer", 14, 27)])
def test_a_beating_source_beats_at_its_rate(source, name, low, high):
    for seed in range(2):
        assert low <= modulation(source(name, SECONDS, seed), 6.0, 30.0) <= high
