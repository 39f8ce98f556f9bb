"""Single events lie where and when they are placed, on the side they are panned to, at the pitch they follow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.grains import (
    EAR_DELAY,
    buzz,
    call,
    glide,
    moved,
    phase,
    place,
    ring,
    shape,
    silence,
    tone,
)
from tests.model.synthesis.foley.sources.listening import loudest, rms


def test_silence_is_a_stereo_canvas():
    assert silence(5).shape == (2, 5)
    assert not silence(5).any()


def test_a_sound_is_added_at_its_moment():
    canvas = silence(RATE)
    place(canvas, np.ones(10), 0.5)
    assert canvas[:, RATE // 2 : RATE // 2 + 10] == pytest.approx(2**-0.5)
    place(canvas, np.ones(10), 0.5)
    assert canvas[0, RATE // 2] == pytest.approx(2 * 2**-0.5)


@given(st.floats(-1.5, 1.5), st.floats(-1, 1), st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_a_sound_may_hang_over_either_end(at, pan, length):
    canvas = silence(RATE // 100)
    place(canvas, np.ones(length, np.float32), at / 100, pan)
    assert np.isfinite(canvas).all()
    assert np.abs(canvas).max() <= 1.0 + 1e-6


@pytest.mark.parametrize(("pan", "loud"), [(-1.0, 0), (1.0, 1)])
def test_a_sound_from_the_side_is_on_that_ear_alone_and_reaches_the_other_later(pan, loud):
    canvas = silence(1000)
    place(canvas, np.ones(10), 0.001, pan)
    assert np.abs(canvas[loud]).max() == pytest.approx(1.0)
    assert np.abs(canvas[1 - loud]).max() < 1e-6
    canvas = silence(1000)
    place(canvas, np.ones(1), 0.001, 0.5 * pan)
    near, far = (int(np.abs(canvas[ear]).argmax()) for ear in (loud, 1 - loud))
    assert far - near == round(0.5 * EAR_DELAY * RATE)


@given(st.floats(-3, 3))
@settings(deadline=None)
def test_power_is_the_same_wherever_a_sound_is(pan):
    both = moved(np.ones(4, np.float32), pan)
    np.testing.assert_allclose(np.square(both).sum(axis=0), 1, atol=1e-5)


def test_a_path_of_pan_moves_a_sound_across():
    both = moved(np.ones(100, np.float32), np.linspace(-1, 1, 100))
    assert both[0, 0] == pytest.approx(1)
    assert both[1, -1] == pytest.approx(1)
    assert (np.diff(both[1]) >= 0).all()


@pytest.mark.parametrize(("attack", "release"), [(0.01, 0.05), (0.0, 0.0), (1.0, 1.0)])
def test_an_envelope_begins_and_ends_at_nothing_and_never_exceeds_one(attack, release):
    envelope = shape(4410, attack, release)
    assert envelope[[0, -1]].tolist() == pytest.approx([0, 0], abs=1e-6)
    assert envelope.max() <= 1
    assert envelope.min() >= 0


def test_a_glide_passes_through_its_points():
    curve = glide([100, 200, 50], 0.1)
    assert len(curve) == 4410
    assert (curve[0], curve[-1]) == (100, 50)
    assert curve.max() == pytest.approx(200, rel=0.01)


def test_phase_counts_cycles():
    assert phase(np.full(RATE, 5.0))[-1] == pytest.approx(5.0)


@pytest.mark.parametrize("hz", [100.0, 1000.0, 9000.0])
def test_a_tone_has_its_pitch(hz):
    assert loudest(tone(np.full(RATE // 2, hz))) == pytest.approx(hz, abs=3)


def test_overtones_beyond_hearing_are_left_out():
    with_them, without = (tone(np.full(1000, 9000.0), harmonics) for harmonics in ((1.0, 0.0, 1.0), (1.0,)))
    assert np.array_equal(with_them, without)


def test_a_buzz_has_its_pitch_no_direct_current_and_many_overtones():
    sound = buzz(np.full(RATE, 110.0))
    assert abs(float(sound.mean())) < 1e-6
    power = np.abs(np.fft.rfft(sound))
    for overtone in range(1, 8):
        assert power[110 * overtone] > 10 * power[110 * overtone + 50]


def test_a_call_peaks_at_one_and_rings_at_its_formant():
    sound = call(Generator(SFC64(1)), np.full(RATE // 2, 100.0), [(1500, 100, 1.0)], breath=0.0)
    assert np.abs(sound).max() == pytest.approx(1)
    assert loudest(sound) == pytest.approx(1500, abs=120)


def test_more_breath_is_more_noise():
    hz = np.full(RATE // 4, 200.0)
    voiced, breathy = (call(Generator(SFC64(1)), hz, [(800, 900, 1.0)], breath, 0.0) for breath in (0.0, 3.0))
    period = RATE // 200

    def repeats(x: np.ndarray) -> float:
        return float(np.corrcoef(x[:-period], x[period:])[0, 1])

    assert repeats(voiced) > repeats(breathy)


def test_a_struck_body_falls_by_60_decibels_in_its_time():
    sound = ring(1.0, [(500.0, 1.0, 0.5)])
    begin, end = rms(sound[:2000]), rms(sound[int(0.5 * RATE) : int(0.5 * RATE) + 2000])
    assert 20 * np.log10(begin / end) == pytest.approx(60, abs=2)


def test_partials_ring_each_for_its_time():
    sound = ring(1.0, [(500.0, 1.0, 0.1), (2000.0, 0.5, 1.0)])
    assert loudest(sound[:400]) == pytest.approx(500, abs=120)
    assert loudest(sound[RATE // 2 :]) == pytest.approx(2000, abs=10)
