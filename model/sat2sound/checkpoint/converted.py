"""Published checkpoints, converted once: NAME.safetensors, NAME.audio.safetensors and the run's options as NAME.json.

They lie in the data folder's models/. NAME.json also says which file they were made from: one that is pulled anew is
converted anew.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from model.errors import CheckpointError
from model.files import write_whole
from model.registry import CHECKPOINTS, locked, models_folder, pulled
from model.sat2sound.checkpoint.lightning_file import LightningFile, read_lightning
from model.sat2sound.checkpoint.published_names import convert
from model.sat2sound.checkpoint.safetensors_pair import audio_path, model_around, save_checkpoint, weights_hash
from model.sat2sound.config import ModelConfig
from model.sat2sound.sat2sound import Sat2Sound

logger = logging.getLogger(__name__)


def converted(name: str, data_dir: Path | None = None) -> Path:
    """The converted file of a published checkpoint, made of the pulled one if there is none, or one of older weights.

    Raises:
        CheckpointError: no published checkpoint has this name, the pulled file is not one, or nothing can be written.
        NotPulled: it was never pulled; the message says which command fetches it.
    """
    if name not in CHECKPOINTS:
        raise CheckpointError(f"published:{name}: no such checkpoint; published are {', '.join(CHECKPOINTS)}")
    target = models_folder(data_dir) / f"{name}.safetensors"
    entry = locked(name, data_dir)
    source = next(iter(entry.files.values())).sha256 if entry else None
    if not _is_current(target, source):
        ckpt = pulled(name, data_dir)
        with FileLock(target.with_suffix(".busy")):
            if not _is_current(target, source):
                _convert(ckpt, target, {"name": name, "sha256": source, **_origin(name, data_dir)})
    return target


def open_lightning(path: Path) -> Sat2Sound:
    """A published Lightning file as it is: its tensors stay in the file, which is read as they are used.

    Raises:
        CheckpointError: unreadable, not data alone, or tensors that are missing, misshapen or not finite.
    """
    return _opened(path, read_lightning(path))


def _opened(path: Path, content: LightningFile) -> Sat2Sound:
    config = ModelConfig.from_hyper_parameters(content.hyper_parameters)
    try:
        found = convert(content.state, config)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error
    if found.unexpected:
        logger.warning("%s: ignored unexpected tensors: %s", path, ", ".join(found.unexpected))
    model = model_around(found.state, config, path)
    model.checkpoint_hash = weights_hash(found.state)
    return model


def _convert(ckpt: Path, target: Path, origin: Mapping[str, Any]) -> None:
    """Write the weights, then the options, without which the weights count as not converted."""
    content = read_lightning(ckpt)
    model = _opened(ckpt, content)
    if model.config.name != origin["name"]:
        raise CheckpointError(f"{ckpt}: holds {model.config.name}, not {origin['name']}")
    _options(target).unlink(missing_ok=True)
    save_checkpoint(model, target)
    told = json.dumps({"from": origin, "hyper_parameters": dict(content.hyper_parameters)}, indent=2, default=str)
    try:
        write_whole(_options(target), told + "\n")
    except OSError as error:
        raise CheckpointError(f"{_options(target)}: cannot be written: {error.strerror}") from error


def _origin(name: str, data_dir: Path | None) -> dict[str, str]:
    entry = locked(name, data_dir)
    return {"repository": entry.repository, "revision": entry.revision} if entry else {}


def _options(target: Path) -> Path:
    return target.with_suffix(".json")


def _is_current(target: Path, source: str | None) -> bool:
    """Whether both files are there and were made of the file with this sha256; of any file where it is None."""
    try:
        origin = json.loads(_options(target).read_text())["from"]["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return target.is_file() and audio_path(target).is_file() and source in (None, origin)
