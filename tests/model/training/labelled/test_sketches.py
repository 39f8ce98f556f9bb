"""Sketches are scenery of every kind, drawn from a seed around the pixels they are given."""

import numpy as np
import pytest

from model.scenes.captions import read_scene_map
from model.training.labelled.samples import ImageSample
from model.training.labelled.sketches import DATASET, KINDS, sketch_samples
from model.training.labelled.sketches.brush import SIDE, fractal


@pytest.fixture(scope="module")
def ground() -> tuple[ImageSample, ...]:
    rng = np.random.default_rng(0)
    return tuple(
        ImageSample(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8), 10.0, "eurosat", label, ("meadow",))
        for label in ("Pasture", "Residential", "AnnualCrop")
    )


def test_every_kind_is_drawn_with_its_scenes_and_a_footprint_in_its_span(ground):
    samples = sketch_samples(ground, 3, seed=1)
    assert [s.label for s in samples] == [label for label in KINDS for _ in range(3)]
    for sample in samples:
        low, high = KINDS[sample.label][1]
        assert sample.pixels.shape == (SIDE, SIDE, 3)
        assert sample.pixels.dtype == np.uint8
        assert low <= sample.gsd * SIDE <= high
        assert sample.scenes == read_scene_map()[DATASET, sample.label]


def test_a_seed_gives_the_same_sketches_and_another_seed_others(ground):
    first, again, other = (sketch_samples(ground, 1, seed) for seed in (1, 1, 2))
    for a, b, c in zip(first, again, other, strict=True):
        assert np.array_equal(a.pixels, b.pixels)
        assert not np.array_equal(a.pixels, c.pixels)


def test_only_blank_and_cloudy_sketches_say_nothing(ground):
    assert {s.label for s in sketch_samples(ground, 1, 3) if not s.scenes} == {"blank", "cloud"}


def test_sketches_can_be_drawn_without_the_labels_they_would_like_best():
    rng = np.random.default_rng(0)
    odd = ImageSample(rng.integers(0, 256, (32, 48, 3), dtype=np.uint8), 1.0, "mine", "Quarry", ("industry",))
    assert len(sketch_samples((odd,), 1, 0)) == len(KINDS)


def test_fractal_noise_has_unit_variance_and_no_wave_longer_than_asked():
    rng = np.random.default_rng(5)
    noise = fractal(rng, 2.0, longest=0.25)
    assert noise.std() == pytest.approx(1.0, rel=1e-6)
    power = np.abs(np.fft.rfft2(noise)) ** 2
    fy, fx = np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :]
    assert power[np.hypot(fy, fx) < 3.9 / SIDE].sum() < 1e-9 * power.sum()


def test_drawn_out_noise_changes_more_slowly_one_way_than_the_other():
    rng = np.random.default_rng(6)
    noise = fractal(rng, 1.5, drawn_out=8.0)
    down, right = (np.abs(np.diff(noise, axis=axis)).mean() for axis in (0, 1))
    falling, rising = np.abs(noise[1:, 1:] - noise[:-1, :-1]).mean(), np.abs(noise[1:, :-1] - noise[:-1, 1:]).mean()
    assert max(down / right, right / down, falling / rising, rising / falling) > 1.5
