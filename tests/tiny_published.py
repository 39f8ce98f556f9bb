"""Published checkpoints at the smallest size: the published layout and names, with a tiny model's weights."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch

from model.sat2sound import ModelConfig, Sat2Sound
from model.sat2sound.checkpoint.published_names import carried, published_name

SIZES = {"fc_dim": 32, "codebook_size": 48, "sat_input_size": 32}


def shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every published configuration a tiny one; only the sizes change."""
    published = ModelConfig.published

    def tiny(imagery: str = "bingmap", metadata: bool = True) -> ModelConfig:
        full = published(imagery, metadata)
        kept = ("name", "tile_pixels", "gsd_range", "scales", "metadata_fields")
        return dataclasses.replace(ModelConfig.tiny(metadata), **{field: getattr(full, field) for field in kept})

    monkeypatch.setattr(ModelConfig, "published", tiny)


def options(name: str) -> dict[str, Any]:
    """The hyper-parameters a published checkpoint of that name carries."""
    imagery, metadata = name.split("_")
    kind = "SoundingEarth" if imagery == "SoundingEarth" else "GeoSound"
    return {
        "dataset_type": kind,
        "sat_type": "googleEarth" if imagery == "SoundingEarth" else imagery,
        "metadata_type": "latlong_month_time_asource_tsource" if metadata == "withmeta" else "none",
        "learning_rate": 5e-5,
        **SIZES,
    }


def state(name: str, seed: int = 2) -> dict[str, torch.Tensor]:
    """Its state dict, under the published names; `shrink` must be in force."""
    config = ModelConfig.from_hyper_parameters(options(name))
    torch.manual_seed(seed)
    found = {published_name(own): tensor for own, tensor in Sat2Sound(config).state_dict().items()}
    return found | {own: torch.zeros(shape) for own, shape in carried(config).items()}


def write_ckpt(path: Path, name: str, **changed: Any) -> Path:
    """Write a Lightning file; `changed` replaces parts of it."""
    content = {"epoch": 0, "state_dict": state(name), "hparams_name": "hparams", "hyper_parameters": options(name)}
    torch.save({**content, **changed}, path)
    return path
