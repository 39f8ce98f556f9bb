"""Training configurations in TOML: which recipe a file asks for, and what it takes over from another."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from model.errors import TrainingError
from model.training.labelled.config import TrainConfig
from model.training.paired.config import PairedConfig
from model.training.soundingearth.config import SoundingEarthConfig

CONFIGS = Path(__file__).parent / "configs"

Recipe = TrainConfig | PairedConfig | SoundingEarthConfig

RECIPES: dict[str, type[TrainConfig] | type[PairedConfig] | type[SoundingEarthConfig]] = {
    "staged": TrainConfig,
    "paired": PairedConfig,
    "soundingearth": SoundingEarthConfig,
}
DEEPEST = 8
"""How many files may extend one another."""


def read_recipe(name_or_path: str) -> Recipe:
    """A configuration that ships ("embedded", "bingmap_withmeta", ...) or a TOML file.

    `recipe` in the file is "staged" (the default), "paired" or "soundingearth"; `extends` names a configuration
    whose values it takes over where it gives none itself; `name` is the file's where it gives none.

    Raises:
        TrainingError: no such file, not TOML, an unknown recipe, or a field that does not exist.
    """
    values, path = _read(name_or_path, DEEPEST)
    recipe = values.pop("recipe", "staged")
    if recipe not in RECIPES:
        raise TrainingError(f"{path}: recipe {recipe!r} is not one of {', '.join(RECIPES)}")
    return RECIPES[recipe].from_values(values, path)


def _read(name_or_path: str, depth: int) -> tuple[dict[str, Any], Path]:
    path = CONFIGS / f"{name_or_path}.toml"
    path = path if path.is_file() else Path(name_or_path)
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainingError(f"{name_or_path}: not a training configuration: {error}") from error
    values.setdefault("name", path.stem)
    base = values.pop("extends", None)
    if base is None:
        return values, path
    if not depth:
        raise TrainingError(f"{path}: extends {base}, which leads back to itself")
    return _merged(_read(str(base), depth - 1)[0], values), path


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` over `base`, table by table."""
    both = dict(base)
    for key, value in changes.items():
        is_table = isinstance(value, dict) and isinstance(both.get(key), dict)
        both[key] = _merged(both[key], value) if is_table else value
    return both
