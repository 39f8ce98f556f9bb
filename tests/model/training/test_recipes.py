"""Every configuration that ships can be built, and mistakes in one are told in a line."""

import pytest
import torch

from model.baselines.soundingearth import SoundingEarth
from model.errors import TrainingError
from model.sat2sound.config import ModelConfig
from model.sat2sound.sat2sound import Sat2Sound
from model.training.labelled.config import TrainConfig
from model.training.paired.config import PairedConfig
from model.training.recipes import CONFIGS, read_recipe
from model.training.soundingearth.config import SoundingEarthConfig

SHIPPED = sorted(path.stem for path in CONFIGS.glob("*.toml"))
PUBLISHED = [(imagery, metadata) for imagery in ("bingmap", "sentinel", "SoundingEarth") for metadata in (True, False)]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_configuration_that_ships_builds_its_model(name):
    config = read_recipe(name)
    assert config.name == config.model.name == name
    with torch.device("meta"):
        built = SoundingEarth(config.model) if isinstance(config, SoundingEarthConfig) else Sat2Sound(config.model)
    assert sum(p.numel() for p in built.parameters()) > 1e6


@pytest.mark.parametrize(("imagery", "metadata"), PUBLISHED)
def test_each_published_model_has_a_configuration_with_the_papers_values(imagery, metadata):
    published = ModelConfig.published(imagery, metadata)
    config = read_recipe(published.name)
    assert isinstance(config, PairedConfig)
    assert config.model == published
    assert config.imagery == {"SoundingEarth": "googleearth"}.get(imagery, imagery)
    assert (config.learning_rate, config.weight_decay, config.batch, config.epochs) == (5e-5, 0.2, 128, 20)
    assert (config.alpha, config.fdt_weight, config.clip, config.restart_period) == (0.1, 1.0, 0.5, 5000)


def test_ablations_change_one_thing_of_the_model_they_extend():
    base = read_recipe("bingmap_withmeta")
    assert isinstance(base, PairedConfig)
    found = {}
    for name in ("loss_tri", "loss_tri_text", "loss_tri_combined"):
        config = read_recipe(name)
        assert isinstance(config, PairedConfig)
        assert config.model.codebook_size == base.model.codebook_size
        found[name] = (config.combined, config.fdt_weight)
    assert found == {"loss_tri": (False, 0.0), "loss_tri_text": (False, 1.0), "loss_tri_combined": (True, 0.0)}
    assert [read_recipe(f"codebook_{size}").model.codebook_size for size in (4000, 8000, 32000)] == [4000, 8000, 32000]


def test_a_file_without_a_recipe_is_staged(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[model]\nbase = 'tiny'\n")
    config = read_recipe(str(path))
    assert isinstance(config, TrainConfig)
    assert config.name == "mine"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("recipe = 'stew'", "recipe 'stew' is not one of staged, paired"),
        ("recipe = 'paired'\nimagery = 'landsat'", "landsat"),
        ("recipe = 'paired'", "imagery"),
        ("extends = 'bingmap_withmeta'\nepoch = 3", "epoch"),
        ("extends = 'bingmap_withmeta'\nbatch = 1", "batch at least 2"),
        ("extends = 'bingmap_withmeta'\n[model]\ncodebook = 3", "codebook"),
        ("extends = 'bingmap_withmeta'\n[jitter]\ngamma = 3", "gamma"),
        ("extends = 'soundingearth_resnet18'\nimage_layers = 34", "image_layers: 34"),
        ("extends = 'no-such'", "no-such"),
        ("name = [", "not a training configuration"),
    ],
)
def test_mistakes_are_named(tmp_path, text, words):
    path = tmp_path / "odd.toml"
    path.write_text(text)
    with pytest.raises(TrainingError, match=words):
        read_recipe(str(path))


def test_a_file_that_extends_itself_is_refused(tmp_path):
    path = tmp_path / "round.toml"
    path.write_text(f"extends = '{path}'")
    with pytest.raises(TrainingError, match="leads back to itself"):
        read_recipe(str(path))
