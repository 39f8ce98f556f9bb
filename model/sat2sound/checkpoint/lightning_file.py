"""A Lightning checkpoint, read as data: tensors and plain values, and nothing in it is ever run (specification §14)."""

from __future__ import annotations

import argparse
import pickle
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import torch
from torch import Tensor

from model.errors import CheckpointError, first_line

ALLOWED: tuple[tuple[type, str], ...] = (
    (argparse.Namespace, "argparse.Namespace"),
    (PurePosixPath, "pathlib.PosixPath"),
    (PurePosixPath, "pathlib._local.PosixPath"),
    (PureWindowsPath, "pathlib.WindowsPath"),
    (PureWindowsPath, "pathlib._local.WindowsPath"),
    (OrderedDict, "pytorch_lightning.utilities.parsing.AttributeDict"),
    (OrderedDict, "lightning_fabric.utilities.data.AttributeDict"),
    (OrderedDict, "lightning.pytorch.utilities.parsing.AttributeDict"),
    (OrderedDict, "lightning.fabric.utilities.data.AttributeDict"),
)
"""What hyper-parameters may be made of beside torch's own list of tensors and plain values: holders of values, each
given as the class that stands for it here. None of them does anything when it is made."""

REFUSED = re.compile(r"(?:GLOBAL |global |function |class )'?([\w.]+)")


@dataclass(frozen=True)
class LightningFile:
    """What a checkpoint holds: tensors that stay in the file until they are touched, and the run's options."""

    state: Mapping[str, Tensor]
    hyper_parameters: Mapping[str, Any]


def read_lightning(path: Path) -> LightningFile:
    """Read a .ckpt with `weights_only=True` and the allow-list above; its tensors are mapped, not copied.

    Raises:
        CheckpointError: unreadable, cut short, not a Lightning checkpoint, or with something in it that is not data.
    """
    try:
        with torch.serialization.safe_globals(list(ALLOWED)):
            content: Any = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(f"{path}: not a readable checkpoint: {_reason(error)}") from error
    except (OSError, RuntimeError, ValueError, EOFError, LookupError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: not a readable checkpoint, perhaps cut short while it was copied: {first_line(error)}"
        ) from error
    if not isinstance(content, dict) or not {"state_dict", "hyper_parameters"} <= content.keys():
        raise CheckpointError(f"{path}: no state_dict and hyper_parameters in it")
    state, given = content["state_dict"], content["hyper_parameters"]
    hyper_parameters = vars(given) if isinstance(given, argparse.Namespace) else given
    if not isinstance(state, dict) or not isinstance(hyper_parameters, dict):
        raise CheckpointError(f"{path}: its state_dict and hyper_parameters are not tables of names")
    odd = sorted(str(name) for name, value in state.items() if not isinstance(value, Tensor))
    if odd:
        raise CheckpointError(f"{path}: state_dict: {odd[0]} is not a tensor")
    return LightningFile(state, hyper_parameters)


def _reason(error: pickle.UnpicklingError) -> str:
    """Torch's own message advises to load unsafely; ours names what was refused."""
    named = REFUSED.search(str(error))
    what = f"it holds {named[1]}, which is neither a tensor nor a setting" if named else "it is not data alone"
    return f"{what}; it was refused and nothing in it was run"
