"""Engines: opened once, refused with what they need, measured on this machine."""

import threading

import pytest

from benchmarks.made_up_tangoflux import write_made_up
from model.registry import record
from server.errors import EngineAbsent, InvalidInput
from server.sound.engines import CARDS, Engines
from server.sound.estimates import Estimates
from tests.server.sound.sounding import HEAVY, QUICK, Noise, engines_of


def test_an_unknown_engine_is_refused_by_name_and_the_known_are_listed():
    with pytest.raises(InvalidInput, match=r"engine: 'moog'.*foley, tangoflux"):
        Engines().open("moog")


def test_an_engine_that_is_absent_says_what_it_needs_and_can_be_installed_meanwhile(tmp_path):
    engines = Engines.installed(tmp_path)
    with pytest.raises(EngineAbsent, match=r"^engine: tangoflux .*earshot pull tangoflux"):
        engines.open("tangoflux")
    installed = {}
    later = Engines(CARDS, lambda name: installed[name] if name in installed else engines.open(name))
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
    engines = engines_of(foley=Noise(), tangoflux=Noise())
    engines.look()
    engines.took("foley", 2.0, seconds=20.0)
    engines.took("foley", 9.0, seconds=1.0)
    assert engines.seconds_per_10s("foley") == 1.0
    engines.took("tangoflux", 20.0, seconds=2.0, steps=10)
    assert engines.seconds_per_10s("tangoflux") == 100.0


def test_an_engine_that_can_tell_by_a_step_is_not_made_to_render():
    noise = Noise()
    noise.estimate = lambda seconds: 12 * seconds
    engines = engines_of(tangoflux=noise)
    engines.look()
    engines.measure_unknown()
    assert engines.seconds_per_10s("tangoflux") == 120
    assert noise.rendered == []


def test_what_was_measured_is_known_after_a_restart_and_not_measured_again(tmp_path):
    file = tmp_path / "estimates.json"
    first = engines_of(Estimates(file), foley=Noise())
    first.open("foley")
    first.took("foley", 2.0, seconds=20.0)
    noise = Noise()
    second = engines_of(Estimates(file), foley=noise)
    assert second.seconds_per_10s("foley") is None  # whose weights these are is not known before it is open
    second.open("foley")
    assert second.seconds_per_10s("foley") == 1.0
    second.measure_unknown()
    assert noise.rendered == []


def test_what_other_weights_or_another_device_took_tells_nothing(tmp_path):
    file = tmp_path / "estimates.json"
    noise = Noise()
    noise.checkpoint = "aaaa"
    engines = engines_of(Estimates(file), tangoflux=noise)
    engines.open("tangoflux")
    engines.took("tangoflux", 20.0, seconds=10.0, steps=50)
    for change in ({"checkpoint": "bbbb"}, {"checkpoint": "aaaa", "device": "cuda"}):
        for name, value in change.items():
            setattr(noise, name, value)
        other = engines_of(Estimates(file), tangoflux=noise)
        other.open("tangoflux")
        assert other.seconds_per_10s("tangoflux") is None


def test_foley_is_the_default_until_an_engine_that_wants_a_gpu_is_open_on_one():
    fast, slow = Noise(), Noise()
    fast.device = "cuda"
    on_gpu, on_cpu = engines_of(foley=Noise(), tangoflux=fast), engines_of(foley=Noise(), tangoflux=slow)
    assert on_gpu.default == "foley"
    for engines in (on_gpu, on_cpu):
        engines.look()
    assert (on_gpu.default, on_cpu.default) == ("tangoflux", "foley")


def test_an_engine_that_was_pulled_is_found_in_the_data_folder(tmp_path):
    record("tangoflux", write_made_up(tmp_path / "weights"), data_dir=tmp_path)
    engines = Engines.installed(tmp_path)
    assert engines.available("tangoflux")  # before it is opened, which takes a while
    assert engines.open("tangoflux").checkpoint == engines.checkpoint("tangoflux")
    assert engines.checkpoint("tangoflux") in engines.release("tangoflux")
    assert engines.device("tangoflux") == "cpu"
    assert engines.device("foley") is engines.checkpoint("foley") is None


def test_an_engine_that_was_pulled_and_cannot_be_opened_is_not_offered_any_more(tmp_path):
    folder = write_made_up(tmp_path / "weights")
    (folder / "config.json").write_text(" " * (folder / "config.json").stat().st_size)
    record("tangoflux", folder, data_dir=tmp_path)
    engines = Engines.installed(tmp_path)
    engines.look()
    assert not engines.available("tangoflux")
    with pytest.raises(EngineAbsent):
        engines.open("tangoflux")


def test_lanes_keep_what_is_heavy_from_what_is_quick():
    assert Engines().lane("quick") == ("recording", "foley")
    assert Engines().lane("heavy") == ("tangoflux",)


def test_a_release_names_the_checkpoint_of_an_engine_that_has_one():
    noise = Noise()
    plain = engines_of(foley=noise).release("foley")
    noise.checkpoint = "abc123"
    assert engines_of(foley=noise).release("foley") == f"{plain} abc123"
