"""A staged run is read strictly: stages take over what they do not say, and impossible ones are refused."""

from pathlib import Path

import pytest

from model.errors import TrainingError
from model.training.labelled.config import AudioStage, ImageStage, TrainConfig

PATH = Path("run.toml")


def read(**values) -> TrainConfig:
    return TrainConfig.from_values({"name": "run", "model": {"base": "tiny"}, **values}, PATH)


def test_stages_that_are_not_named_are_left_out_but_the_two_that_must_be():
    config = read()
    assert (config.warm.steps, config.polish.steps, config.head.steps, config.sounds.steps) == (0, 0, 0, 0)
    assert config.image == ImageStage()
    assert config.audio == AudioStage()


def test_a_stage_takes_over_what_it_does_not_say():
    config = read(image={"batch": 32, "keep": 0.3}, polish={"steps": 5, "keep": 0.9})
    assert (config.polish.batch, config.polish.keep, config.polish.steps) == (32, 0.9, 5)
    assert config.warm.batch == 32


def test_the_sounds_stage_takes_over_from_the_audio_stage():
    config = read(audio={"batch": 12}, sounds={"steps": 3})
    assert (config.sounds.batch, config.sounds.steps) == (12, 3)


def test_sizes_are_those_of_the_base_with_what_is_changed():
    config = read(model={"base": "tiny", "codebook_size": 96, "scales": [1, 3]})
    assert (config.model.codebook_size, config.model.scales, config.model.dim) == (96, (1, 3), 32)
    assert TrainConfig.from_values({"name": "run"}, PATH).model.name == "embedded"


@pytest.mark.parametrize(
    "values",
    [
        {"model": {"base": "huge"}},
        {"model": {"base": "tiny", "colour": 3}},
        {"image": {"speed": 3}},
        {"audio": {"keep": 0.5}},
        {"sounds": {"keep": 0.5}},
        {"colour": "red"},
    ],
)
def test_a_field_that_does_not_exist_is_named_with_its_file(values):
    with pytest.raises(TrainingError, match=r"run\.toml"):
        read(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"image": {"steps": -1}},
        {"image": {"batch": 1}},
        {"audio": {"batch": 0}},
        {"warm": {"steps": 3, "keep": 0.0}},
        {"head": {"steps": 3, "keep": 1.5}},
        {"sounds": {"steps": -3}},
    ],
)
def test_stages_that_cannot_be_are_refused(values):
    with pytest.raises(TrainingError, match="steps must not be negative"):
        read(**values)


def test_a_run_without_a_name_is_refused():
    with pytest.raises(TrainingError, match="name"):
        TrainConfig.from_values({}, PATH)


def test_the_tables_handed_over_are_those_of_the_file():
    values = {"name": "run", "seed": 7, "check_every": 9, "precision": "bf16-mixed"}
    config = TrainConfig.from_values(dict(values), PATH)
    assert (config.seed, config.check_every, config.precision) == (7, 9, "bf16-mixed")
