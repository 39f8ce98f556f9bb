"""A run of the baseline is read strictly."""

import math
from pathlib import Path

import pytest

from model.errors import TrainingError
from model.training.soundingearth.config import SoundingEarthConfig

PATH = Path("run.toml")


def read(**values) -> SoundingEarthConfig:
    return SoundingEarthConfig.from_values({"name": "run", "imagery": "googleearth", **values}, PATH)


def test_the_defaults_are_those_of_the_published_code():
    config = read()
    assert (config.batch, config.learning_rate, config.weight_decay, config.epochs) == (16, 1e-3, 0.0, 100)
    assert math.isinf(config.clip)
    assert (config.model.dim, config.model.image_layers) == (512, 18)


def test_tile_and_scales_are_those_of_the_imagery():
    assert (read().model.tile_pixels, read().model.scales) == (256, (1,))
    assert (read(imagery="bingmap").model.tile_pixels, read(imagery="bingmap").model.scales) == (300, (1, 3, 5))


def test_sizes_stand_beside_the_others():
    config = read(image_layers=50, dim=64, epochs=3, jitter={"hue": 0.0})
    assert (config.model.image_layers, config.model.dim, config.epochs, config.jitter.hue) == (50, 64, 3, 0.0)


@pytest.mark.parametrize(
    "values",
    [
        {"imagery": "landsat"},
        {"colour": 3},
        {"image_layers": 34},
        {"width": 0},
        {"jitter": {"speed": 1}},
        {"tile_pixels": 10},
        {"epochs": 0},
        {"batch": 1},
        {"workers": 0},
        {"check_every": 0},
    ],
)
def test_what_cannot_be_is_refused_with_the_file(values):
    with pytest.raises(TrainingError, match=r"run\.toml"):
        read(**values)


@pytest.mark.parametrize("missing", ["name", "imagery"])
def test_a_missing_field_is_named(missing):
    values = {"name": "run", "imagery": "bingmap"}
    del values[missing]
    with pytest.raises(TrainingError, match=missing):
        SoundingEarthConfig.from_values(values, PATH)
