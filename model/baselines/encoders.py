"""The registry of encoders: a checkpoint is opened as whatever its header says it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open

from model.baselines.paired_encoders import PairedEncoders
from model.baselines.pairs import Imagery
from model.baselines.sat2sound_encoders import Sat2SoundEncoders
from model.baselines.soundingearth import SYSTEM, open_soundingearth
from model.errors import TrainingError
from model.gpu import best_device
from model.sat2sound.checkpoint.open import checkpoint_config, open_checkpoint

SYSTEMS: Mapping[str, Callable[[Path, str], PairedEncoders]] = {SYSTEM: open_soundingearth}
"""What a baseline's checkpoint says under "system" in its header, and what opens it (path, device)."""
TRAINED_ON = {"bingmap": "bingmap", "sentinel": "sentinel", "SoundingEarth": "googleearth"}
"""What data sets call the imagery of a published checkpoint."""


def open_encoders(checkpoint: str | Path, imagery: Imagery, data_dir: Path | None = None) -> PairedEncoders:
    """A checkpoint of Sat2Sound, or of a baseline, which its header tells, on the best device.

    A published one is looked for in `data_dir`.

    Raises:
        CheckpointError: no such checkpoint, or one that cannot be used.
        NotPulled: a published checkpoint that is not here.
        TrainingError: a published checkpoint that was trained on other imagery; both are named.
    """
    path, device = Path(checkpoint), str(best_device())
    if (opener := SYSTEMS.get(_system(path) or "")) is not None:
        return opener(path, device)
    model = open_checkpoint(checkpoint, device, data_dir=data_dir)
    trained = TRAINED_ON.get(model.config.imagery or "")
    if trained not in (None, imagery.name):
        raise TrainingError(
            f"imagery: checkpoint {model.config.name} was trained on {trained} imagery, not on {imagery.name}"
        )
    return Sat2SoundEncoders(model, imagery)


def trained_imagery(checkpoint: str | Path, data_dir: Path | None = None) -> str | None:
    """The imagery a published checkpoint was trained on, by its name in data sets; None of any other checkpoint.

    Raises:
        CheckpointError: no such checkpoint, or one that cannot be used.
        NotPulled: a published checkpoint that is not here.
    """
    if _system(Path(checkpoint)) in SYSTEMS:
        return None
    return TRAINED_ON.get(checkpoint_config(checkpoint, data_dir).imagery or "")


def _system(path: Path) -> str | None:
    """What a safetensors header says under "system"; None of anything else, which `open_checkpoint` judges."""
    if path.suffix != ".safetensors" or not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            return (file.metadata() or {}).get("system")
    except (OSError, SafetensorError):
        return None
