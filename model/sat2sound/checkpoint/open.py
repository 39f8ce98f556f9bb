"""Open a checkpoint: the embedded one, one trained here, a published one by name, or a published Lightning file."""

from __future__ import annotations

from pathlib import Path

from model.errors import CheckpointError
from model.sat2sound.checkpoint.concept_names import read_concept_names
from model.sat2sound.checkpoint.converted import converted, open_lightning
from model.sat2sound.checkpoint.lightning_file import read_lightning
from model.sat2sound.checkpoint.safetensors_pair import read_checkpoint, read_config
from model.sat2sound.config import ModelConfig
from model.sat2sound.sat2sound import Sat2Sound

EMBEDDED = Path(__file__).parents[1] / "weights" / "embedded.safetensors"
PUBLISHED = "published:"


def open_checkpoint(name: str | Path = "embedded", device: str = "cpu", *, data_dir: Path | None = None) -> Sat2Sound:
    """Open "embedded", "published:NAME", a .safetensors saved here, or a published .ckpt; frozen, in evaluation mode.

    A published checkpoint must have been pulled into `data_dir` (by default `default_data_dir()`), where its text
    encoder is looked for, too; it is converted the first time it is opened.

    Raises:
        CheckpointError: unknown name, or a file that is missing, corrupt, incomplete or misshapen; one line.
        NotPulled: a published checkpoint that is not here; the message says which command fetches it.
    """
    path = checkpoint_path(name, data_dir)
    model = open_lightning(path) if path.suffix == ".ckpt" else read_checkpoint(path)
    model.concept_names = read_concept_names(path, model.checkpoint_hash, model.config.codebook_size)
    model.data_dir = data_dir
    return model.eval().requires_grad_(False).to(device)


def checkpoint_config(name: str | Path, data_dir: Path | None = None) -> ModelConfig:
    """The configuration of a checkpoint, without its weights.

    Raises:
        CheckpointError: as `open_checkpoint`.
        NotPulled: as `open_checkpoint`.
    """
    path = checkpoint_path(name, data_dir)
    if path.suffix == ".ckpt":
        return ModelConfig.from_hyper_parameters(read_lightning(path).hyper_parameters)
    return read_config(path)


def checkpoint_path(name: str | Path, data_dir: Path | None = None) -> Path:
    """The file of the checkpoint called "embedded" or "published:NAME", or that a path leads to.

    Raises:
        CheckpointError: there is none.
        NotPulled: a published checkpoint that is not here.
    """
    if str(name).startswith(PUBLISHED):
        return converted(str(name).removeprefix(PUBLISHED), data_dir)
    path = EMBEDDED if str(name) == "embedded" else Path(name)
    if not path.is_file():
        raise CheckpointError(
            f"{name}: no such checkpoint; give 'embedded', 'published:NAME' or a path to .safetensors or .ckpt"
        )
    return path
