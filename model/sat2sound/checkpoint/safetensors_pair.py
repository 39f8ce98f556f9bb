"""Our checkpoint files: a pair of safetensors, so that each can carry its own licence.

NAME.safetensors holds the image, text and codebook weights, NAME.audio.safetensors the audio side. Each header holds
the configuration and a sha256 of its tensors' bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from model.errors import CheckpointError
from model.files import replacing
from model.sat2sound.config import ModelConfig
from model.sat2sound.sat2sound import Sat2Sound

AUDIO_PREFIXES = ("audio_encoder.", "codebook.queries.audio.", "log_scales.ia", "log_scales.at", "log_scales.i_at")
HASH_LENGTH = 16
BUFFER = 1 << 22


def save_checkpoint(model: Sat2Sound, path: Path) -> None:
    """Write NAME.safetensors and NAME.audio.safetensors, each whole or not at all.

    The names of concepts are no part of it: `write_concept_names` writes them beside it.

    Raises:
        CheckpointError: the files cannot be written; what was there before stays.
    """
    core, audio = _parts(model.state_dict())
    for target, tensors in ((path, core), (audio_path(path), audio)):
        header = {"config": model.config.to_json(), "sha256": content_hash(tensors)}
        try:
            with replacing(target) as temporary:
                save_file(tensors, temporary, metadata=header)
        except (OSError, SafetensorError) as error:
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


def weights_hash(state: Mapping[str, Tensor]) -> str:
    """What names these weights, in whichever file they lie."""
    return _joined(*(content_hash(part) for part in _parts(state)))


def read_checkpoint(path: Path) -> Sat2Sound:
    """The model saved as NAME.safetensors and NAME.audio.safetensors.

    Raises:
        CheckpointError: a file is missing, corrupt, incomplete, or belongs to another checkpoint.
    """
    core, header = _read_safetensors(path)
    audio, audio_header = _read_safetensors(audio_path(path))
    if audio_header["config"] != header["config"]:
        raise CheckpointError(f"{audio_path(path)}: belongs to another configuration than {path.name}")
    model = model_around({**core, **audio}, ModelConfig.from_json(header["config"]), path)
    model.checkpoint_hash = _joined(header["sha256"], audio_header["sha256"])
    return model


def read_config(path: Path) -> ModelConfig:
    """The configuration in the header of NAME.safetensors.

    Raises:
        CheckpointError: not a checkpoint of ours.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return ModelConfig.from_json((file.metadata() or {}).get("config", ""))
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: not a readable safetensors file: {error}") from error
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error


def _read_safetensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors, mapped rather than read, and the header; they are checked by reading past them once."""
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: not a readable safetensors file: {error}") from error
    if not {"config", "sha256"} <= header.keys():
        raise CheckpointError(f"{path}: not an Earshot checkpoint (its header has no configuration)")
    digest, odd = _look_through(path, tensors)
    if digest != header["sha256"]:
        raise CheckpointError(f"{path}: corrupt: its tensors do not match the checksum in its header")
    if odd:
        raise CheckpointError(f"{path}: not finite: {', '.join(odd[:5])}")
    return tensors, header


def _look_through(path: Path, tensors: Mapping[str, Tensor]) -> tuple[str, list[str]]:
    """The `content_hash` of a file's tensors, and the names of those that are not finite.

    Through a small buffer: what is never used of a mapped tensor then never takes memory.
    """
    digest, odd = hashlib.sha256(), []
    buffer = memoryview(bytearray(BUFFER))
    with path.open("rb", buffering=0) as file:
        length = int.from_bytes(file.read(8), "little")
        entries = json.loads(file.read(length))
        for name in sorted(tensors):
            digest.update(name.encode())
            begin, end = entries[name]["data_offsets"]
            file.seek(8 + length + begin)
            while (left := end - begin) > 0 and (count := file.readinto(buffer[: min(left, BUFFER)])):
                digest.update(buffer[:count])
                values = torch.frombuffer(buffer[:count], dtype=tensors[name].dtype)
                # A sum is quicker than a look at each, and finite only where each is; it may overflow, too.
                if not bool(values.sum().isfinite()) and not bool(values.isfinite().all()):
                    odd.append(name)
                begin += count
    return digest.hexdigest(), sorted(set(odd))


def model_around(state: Mapping[str, Tensor], config: ModelConfig, path: Path) -> Sat2Sound:
    """A model around tensors that are already there, in memory or in a mapped file: nothing is initialised or copied.

    Raises:
        CheckpointError: naming `path` and the tensors that are missing, misshapen or unexpected.
    """
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


def _parts(state: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The tensors of the core file and those of the audio file."""
    core, audio = {}, {}  # type: dict[str, Tensor], dict[str, Tensor]
    for name, tensor in state.items():
        part = audio if name.startswith(AUDIO_PREFIXES) else core
        part[name] = tensor.detach().cpu().contiguous()
    return core, audio


def _joined(core: str, audio: str) -> str:
    return hashlib.sha256((core + audio).encode()).hexdigest()[:HASH_LENGTH]
