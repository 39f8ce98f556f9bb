"""What passes by is loudest, and at its own pitch, where it is nearest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.synthesis.foley.sources.noise import RATE
from model.synthesis.foley.sources.passing import SOUND, Path
from tests.model.synthesis.foley.sources.listening import centroid, rms

N = RATE
PATH = Path(at=0.5, distance=10.0, speed=20.0)
PATHS = st.builds(Path, st.floats(0.1, 0.9), st.floats(1, 200), st.floats(-80, 80).filter(lambda v: abs(v) > 1))


def test_metres_along_the_path_are_speed_times_time():
    along = PATH.along(N)
    assert along[N // 2] == pytest.approx(0, abs=0.01)
    assert along[-1] - along[0] == pytest.approx(20.0, rel=1e-3)


@given(PATHS)
@settings(max_examples=25, deadline=None)
def test_level_range_and_pan_agree_with_where_it_is(path):
    at = int(path.at * RATE)
    distance, level, pan = path.range(N), path.level(N), path.pan(N)
    assert distance[at] == pytest.approx(path.distance, rel=1e-3)
    assert distance.min() >= path.distance * (1 - 1e-5)
    assert level[at] == pytest.approx(1, abs=1e-3)
    assert level.max() <= 1 + 1e-5
    assert np.abs(pan).max() <= 1
    assert abs(float(pan[at])) < 0.01


@given(PATHS)
@settings(max_examples=25, deadline=None)
def test_pitch_is_higher_on_the_way_in_and_lower_on_the_way_out(path):
    factor = path.doppler(N)
    assert (np.diff(factor) <= 1e-6).all()
    at = int(path.at * RATE)
    assert factor[at] == pytest.approx(1, abs=0.01)
    assert factor[0] >= 1 - 1e-6
    assert factor[-1] <= 1 + 1e-6
    assert factor.max() <= 1 / (1 - abs(path.speed) / SOUND) + 1e-3


def test_from_the_left_goes_to_the_right_and_back_from_the_right():
    assert PATH.pan(N)[0] < 0 < PATH.pan(N)[-1]
    back = Path(0.5, 10.0, -20.0)
    assert back.pan(N)[0] > 0 > back.pan(N)[-1]


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_level_falls_with_range_to_a_power(power):
    np.testing.assert_allclose(PATH.level(N, power), (10.0 / PATH.range(N)) ** power, rtol=1e-5)


def test_far_off_a_sound_is_weaker_and_duller():
    sound = np.random.default_rng(0).normal(size=N).astype(np.float32)
    heard = Path(0.5, 2.0, 60.0).heard(sound, 800.0)
    assert heard.shape == (2, N)
    far, near = heard[:, : N // 4], heard[:, N // 2 - N // 8 : N // 2 + N // 8]
    assert rms(near) > 2 * rms(far)
    assert centroid(near) > 1.2 * centroid(far)
