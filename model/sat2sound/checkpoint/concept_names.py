"""What a checkpoint's concepts are called: NAME.concepts.json beside it, which belongs to weights of one content."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.errors import CheckpointError
from model.files import write_whole

MAX_NAME = 100


def names_path(checkpoint: Path) -> Path:
    """Where the names of a checkpoint's concepts live."""
    return checkpoint.with_suffix(".concepts.json")


def read_concept_names(checkpoint: Path, checkpoint_hash: str, codebook_size: int) -> dict[int, str]:
    """Concept id -> name, none where no names were written.

    Raises:
        CheckpointError: the file cannot be read, belongs to other weights, or names what is no concept.
    """
    path = names_path(checkpoint)
    if not path.is_file():
        return {}
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        owner, names = content["checkpoint"], {int(id): name for id, name in content["names"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{path}: not a file of concept names: {error}; delete it") from error
    if owner != checkpoint_hash:
        raise CheckpointError(
            f"{path}: names the concepts of checkpoint {owner}, not {checkpoint_hash}; delete it, "
            "and `earshot concepts --write` names them anew"
        )
    for id, name in names.items():
        if not 0 <= id < codebook_size or not isinstance(name, str) or not 0 < len(name.strip()) <= MAX_NAME:
            raise CheckpointError(f"{path}: concept {id} of {codebook_size} cannot be called {name!r}")
    return names


def write_concept_names(checkpoint: Path, names: Mapping[int, str], checkpoint_hash: str) -> Path:
    """Write the names beside their checkpoint, whole or not at all, and say where.

    Raises:
        CheckpointError: the file cannot be written; what was there before stays.
    """
    path = names_path(checkpoint)
    content = {"checkpoint": checkpoint_hash, "names": {str(id): names[id] for id in sorted(names)}}
    try:
        write_whole(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be written: {error}") from error
    return path


def check_names_can_be_written(checkpoint: Path) -> None:
    """Find out before the work whether `write_concept_names` has a folder to write to.

    Raises:
        CheckpointError: it has not.
    """
    try:
        with tempfile.TemporaryFile(dir=checkpoint.parent):
            pass
    except OSError as error:
        raise CheckpointError(f"{names_path(checkpoint)}: cannot be written: {error}") from error
