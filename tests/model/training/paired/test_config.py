"""A paired run is read strictly; what it does not say is the paper's."""

from pathlib import Path

import pytest

from model.errors import TrainingError
from model.sat2sound import ModelConfig
from model.training.paired.config import PUBLISHED_IMAGERY, PairedConfig

PATH = Path("run.toml")


def read(**values) -> PairedConfig:
    return PairedConfig.from_values({"name": "run", "imagery": "bingmap", **values}, PATH)


def test_the_defaults_are_the_papers():
    config = read()
    assert (config.batch, config.epochs, config.learning_rate, config.weight_decay) == (128, 20, 5e-5, 0.2)
    assert (config.clip, config.alpha, config.metadata_dropout, config.restart_period) == (0.5, 0.1, 0.5, 5000)


@pytest.mark.parametrize(("imagery", "published"), PUBLISHED_IMAGERY.items())
def test_sizes_are_those_published_for_the_imagery(imagery, published):
    model = read(imagery=imagery).model
    assert model.to_json().replace('"run"', f'"{published}_withmeta"') == ModelConfig.published(published).to_json()


def test_a_model_may_be_another_base_without_metadata_and_with_changes():
    model = read(model={"base": "tiny", "metadata": False, "codebook_size": 96, "scales": [1]}).model
    assert (model.name, model.codebook_size, model.scales, model.uses_metadata) == ("run", 96, (1,), False)


@pytest.mark.parametrize(
    "values",
    [
        {"imagery": "landsat"},
        {"model": {"base": "huge"}},
        {"model": {"colour": 3}},
        {"model": {"base": "tiny", "temperature": 0.0}},
        {"colour": 3},
        {"jitter": {"speed": 1}},
        {"epochs": 0},
        {"batch": 1},
        {"workers": 0},
        {"check_every": 0},
        {"restart_period": 0},
        {"metadata_dropout": 1.5},
        {"metadata_dropout": -0.1},
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
        PairedConfig.from_values(values, PATH)
