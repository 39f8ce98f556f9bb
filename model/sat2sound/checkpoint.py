"""Open and save checkpoints: the embedded one, one trained here, or a published Lightning file.

Ours is a pair of safetensors files, so that each can carry its own licence: NAME.safetensors holds the image, text
and codebook weights, NAME.audio.safetensors the audio side. Each header holds a sha256 of its tensors' bytes.
"""

from __future__ import annotations

import hashlib
import logging
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from model.errors import CheckpointError
from model.sat2sound.concept_names import read_concept_names
from model.sat2sound.config import ModelConfig
from model.sat2sound.published import convert
from model.sat2sound.sat2sound import Sat2Sound

EMBEDDED = Path(__file__).parent / "weights" / "embedded.safetensors"
AUDIO_PREFIXES = ("audio_encoder.", "codebook.queries.audio.", "log_scales.ia", "log_scales.at", "log_scales.i_at")
HASH_LENGTH = 16

logger = logging.getLogger(__name__)


def open_checkpoint(name: str | Path = "embedded", device: str = "cpu") -> Sat2Sound:
    """Open "embedded", a .safetensors saved here, or a published .ckpt; frozen and in evaluation mode.

    Raises:
        CheckpointError: unknown name, or a file that is missing, corrupt, incomplete or misshapen; one line.
    """
    path = checkpoint_path(name)
    model = _open_published(path) if path.suffix == ".ckpt" else _open_ours(path)
    model.concept_names = read_concept_names(path, model.checkpoint_hash, model.config.codebook_size)
    return model.eval().requires_grad_(False).to(device)


def checkpoint_path(name: str | Path) -> Path:
    """The file of the checkpoint called "embedded", or that a path leads to.

    Raises:
        CheckpointError: there is none.
    """
    path = EMBEDDED if str(name) == "embedded" else Path(name)
    if str(name).startswith("published:"):
        raise CheckpointError(f"{name}: not installed; give the path of its .ckpt file")
    if not path.is_file():
        raise CheckpointError(f"{name}: no such checkpoint; give 'embedded' or a path to .safetensors or .ckpt")
    return path


def save_checkpoint(model: Sat2Sound, path: Path) -> None:
    """Write NAME.safetensors and NAME.audio.safetensors, each whole or not at all.

    The names of concepts are no part of it: `write_concept_names` writes them beside it.

    Raises:
        CheckpointError: the files cannot be written; what was there before stays.
    """
    state = {k: v.detach().cpu().contiguous() for k, v in model.state_dict().items()}
    parts = {path: {}, audio_path(path): {}}  # type: dict[Path, dict[str, Tensor]]
    for key, tensor in state.items():
        parts[audio_path(path) if key.startswith(AUDIO_PREFIXES) else path][key] = tensor
    for target, tensors in parts.items():
        header = {"config": model.config.to_json(), "sha256": content_hash(tensors)}
        temporary = target.with_suffix(".partial")
        try:
            save_file(tensors, temporary, metadata=header)
            temporary.replace(target)
        except (OSError, SafetensorError) as error:
            temporary.unlink(missing_ok=True)
            raise CheckpointError(f"{target}: cannot be written: {error}") from error


def audio_path(path: Path) -> Path:
    """Where the audio side of a checkpoint lives."""
    return path.with_suffix(".audio.safetensors")


def content_hash(tensors: Mapping[str, Tensor]) -> str:
    """sha256 over names and bytes, in order of name."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _open_ours(path: Path) -> Sat2Sound:
    core, header = _read_safetensors(path)
    audio, audio_header = _read_safetensors(audio_path(path))
    if audio_header["config"] != header["config"]:
        raise CheckpointError(f"{audio_path(path)}: belongs to another configuration than {path.name}")
    model = _build(ModelConfig.from_json(header["config"]), {**core, **audio}, path)
    model.checkpoint_hash = hashlib.sha256((header["sha256"] + audio_header["sha256"]).encode()).hexdigest()[
        :HASH_LENGTH
    ]
    return model


def _read_safetensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: not a readable safetensors file: {error}") from error
    if not {"config", "sha256"} <= header.keys():
        raise CheckpointError(f"{path}: not an Earshot checkpoint (its header has no configuration)")
    if content_hash(tensors) != header["sha256"]:
        raise CheckpointError(f"{path}: corrupt: its tensors do not match the checksum in its header")
    odd = [name for name, tensor in tensors.items() if not bool(torch.isfinite(tensor).all())]
    if odd:
        raise CheckpointError(f"{path}: not finite: {', '.join(sorted(odd)[:5])}")
    return tensors, header


def _open_published(path: Path) -> Sat2Sound:
    """A Lightning file, read with `weights_only=True` and nothing looser."""
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"{path}: not a readable checkpoint: {reason}") from error
    if not isinstance(content, dict) or not {"state_dict", "hyper_parameters"} <= content.keys():
        raise CheckpointError(f"{path}: no state_dict and hyper_parameters in it")
    config = ModelConfig.from_hyper_parameters(content["hyper_parameters"])
    try:
        converted = convert(content["state_dict"], config)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error
    if converted.unexpected:
        logger.warning("%s: ignored unexpected tensors: %s", path, ", ".join(converted.unexpected))
    model = _build(config, converted.state, path)
    model.checkpoint_hash = content_hash(converted.state)[:HASH_LENGTH]
    return model


def _build(config: ModelConfig, state: Mapping[str, Tensor], path: Path) -> Sat2Sound:
    """A model around tensors that are already in memory: nothing is initialised twice."""
    with torch.device("meta"):
        model = Sat2Sound(config)
    wanted = {name: tuple(t.shape) for name, t in model.state_dict().items()}
    wrong = sorted(name for name in wanted if name not in state or tuple(state[name].shape) != wanted[name])
    if wrong:
        raise CheckpointError(f"{path}: missing or misshapen: {', '.join(wrong[:5])}")
    unknown = sorted(state.keys() - wanted.keys())
    if unknown:
        raise CheckpointError(f"{path}: unexpected tensors: {', '.join(unknown[:5])}")
    model.load_state_dict(dict(state), assign=True)
    return model
