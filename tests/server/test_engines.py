"""Engines: opened once, refused with what they need, measured on this machine."""

import threading

import pytest

from server.engines import CARDS, Engines
from server.errors import EngineAbsent, InvalidInput
from tests.server.sounding import HEAVY, QUICK, Noise, engines_of


def test_an_unknown_engine_is_refused_by_name_and_the_known_are_listed():
    with pytest.raises(InvalidInput, match=r"engine: 'moog'.*foley, tangoflux"):
        Engines().open("moog")


def test_an_engine_that_is_absent_says_what_it_needs_and_can_be_installed_meanwhile():
    engines = Engines()
    with pytest.raises(EngineAbsent, match=r"^engine: tangoflux .*earshot pull tangoflux"):
        engines.open("tangoflux")
    installed = {}
    later = Engines(CARDS, lambda name: installed[name] if name in installed else Engines().open(name))
    with pytest.raises(EngineAbsent):
        later.open("tangoflux")
    installed["tangoflux"] = Noise()
    assert later.open("tangoflux") is installed["tangoflux"]


def test_an_open_engine_is_at_hand_while_another_is_being_opened():
    noise, opening, gate = Noise(), threading.Event(), threading.Event()

    def opener(name):
        if name == "tangoflux":
            opening.set()
            assert gate.wait(10)
        return noise

    engines = Engines((QUICK, HEAVY), opener)
    engines.open("foley")
    looking = threading.Thread(target=engines.look)
    looking.start()
    assert opening.wait(10)
    assert engines.open("foley") is noise
    assert not engines.available("tangoflux")
    gate.set()
    looking.join()
    assert engines.available("tangoflux")


def test_looking_opens_what_is_installed_and_leaves_the_rest():
    engines = engines_of(foley=Noise())
    assert not engines.available("foley")
    engines.look()
    assert [engines.available(name) for name in ("foley", "tangoflux")] == [True, False]


def test_an_engine_is_measured_by_ten_seconds_of_sound():
    noise = Noise()
    engines = engines_of(foley=noise)
    assert engines.seconds_per_10s("foley") is None
    engines.measure("foley")
    assert 0 < engines.seconds_per_10s("foley") < 10
    assert len(noise.rendered) == 2


def test_the_estimate_follows_length_or_steps_and_short_sounds_tell_nothing():
    engines = engines_of()
    engines.took("foley", 2.0, seconds=20.0)
    engines.took("foley", 9.0, seconds=1.0)
    assert engines.seconds_per_10s("foley") == 1.0
    engines.took("tangoflux", 20.0, seconds=2.0, steps=10)
    assert engines.seconds_per_10s("tangoflux") == 100.0


def test_lanes_keep_what_is_heavy_from_what_is_quick():
    assert Engines().lane("quick") == ("recording", "foley")
    assert Engines().lane("heavy") == ("tangoflux",)


def test_a_release_names_the_checkpoint_of_an_engine_that_has_one():
    noise = Noise()
    plain = engines_of(foley=noise).release("foley")
    noise.checkpoint = "abc123"
    assert engines_of(foley=noise).release("foley") == f"{plain} abc123"
