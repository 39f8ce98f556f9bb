"""A sound into a file the person names: the format by its suffix, the rendering told as it goes."""

import shutil
from collections.abc import Callable
from pathlib import Path

from server.errors import InvalidInput, StartError
from server.http.parameters import SoundFormat
from server.sound.cache import Sounds
from server.sound.orders import SoundOrder

SUFFIXES: dict[str, SoundFormat] = {".wav": "wav", ".flac": "flac", ".ogg": "ogg"}


def format_of(target: Path) -> SoundFormat:
    """The format that a file's name asks for.

    Raises:
        InvalidInput: There is none of that suffix; `out` is blamed.
    """
    if target.suffix.lower() not in SUFFIXES:
        raise InvalidInput("out", f"must end in {', '.join(SUFFIXES)}, not {target.suffix or 'nothing'}")
    return SUFFIXES[target.suffix.lower()]


def write_sound(
    sounds: Sounds, order: SoundOrder, target: Path, progress: Callable[[int, int], None] | None = None
) -> None:
    """Render a sound here and now, unless it is kept already, and write its file.

    Raises:
        StartError: The file, or the folder of kept sounds, cannot be written.
        ModelError: The engine refuses the caption.
    """
    try:
        sounds.render(order, progress)
        kept = sounds.open(order, format_of(target))
    except OSError as error:
        raise StartError(f"data_dir: cannot write {sounds.folder}: {error.strerror}") from error
    if kept is None:
        raise StartError(f"data_dir: {sounds.folder} does not keep what is written there")
    try:
        with kept, target.open("wb") as file:
            shutil.copyfileobj(kept, file)
    except OSError as error:
        raise StartError(f"out: cannot write {target}: {error.strerror}") from error
