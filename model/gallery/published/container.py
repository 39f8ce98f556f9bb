"""The published galleries' container: one HDF5 file with a sample a row (specification §10)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import GalleryError, first_line
from model.gallery.entry import MAX_SECONDS
from model.gallery.manifest import Container
from model.lazy import part
from model.synthesis import Clip

File = Any
"""An h5py.File: its types are not known where the extra is not installed."""
Dataset = Any

SAMPLE_ID = "sample_id"
AUDIO, AUDIO_CAPTION, AUDIO_VECTOR = "audio_raw", "audio_caption", "audio_embedding"
CAPTION, TEXT_VECTOR, SYNTHESISED = "llava_caption_zl", "text_embedding_zl", "synth_audio_zl"
"""Their names end with the scale."""
SAMPLE_RATE = 44_100
MAX_CHANNELS = 2


@contextlib.contextmanager
def opened(path: Path) -> Iterator[File]:
    """An HDF5 file open for reading.

    Raises:
        GalleryError: it is missing, truncated or no HDF5 file; one line.
    """
    try:
        file = part("h5py", "File")(path, "r")
    except ModuleNotFoundError as error:
        raise GalleryError("HDF5 files need h5py: pip install 'earshot[hdf5]'") from error
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise _unreadable(path, error) from error
    with file:
        yield file


def values_of(stored: Dataset, where: Any) -> Any:
    """What a data set holds `where` an index or slice says.

    Raises:
        GalleryError: the file is damaged there.
    """
    try:
        return stored[where]
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise _unreadable(stored.file.filename, error) from error


def _unreadable(path: object, error: Exception) -> GalleryError:
    return GalleryError(f"{path}: cannot be read as HDF5: {first_line(error)}")


def dataset(file: File, name: str, dims: tuple[int, ...], rows: int | None = None) -> Dataset:
    """A data set of the file, with one of `dims` dimensions and `rows` rows.

    Raises:
        GalleryError: it is missing or of another shape.
    """
    found = file.get(name)
    if not isinstance(found, part("h5py", "Dataset")):
        raise GalleryError(f"{file.filename}: is no gallery of the published layout: it has no {name}")
    if found.ndim not in dims or rows not in (None, found.shape[0]):
        expected = f"{rows} rows" if rows is not None else "one row a sample"
        raise GalleryError(f"{file.filename}: {name} has the shape {found.shape}, not {expected}")
    return found


def scales_of(file: File) -> tuple[int, ...]:
    """The scales that have captions.

    Raises:
        GalleryError: there are none.
    """
    endings = [name.removeprefix(CAPTION) for name in file if name.startswith(CAPTION)]
    scales = sorted(int(ending) for ending in endings if ending.isdecimal() and int(ending) > 0)
    if not scales:
        raise GalleryError(f"{file.filename}: is no gallery of the published layout: it has no {CAPTION}1")
    return tuple(scales)


def texts_of(values: NDArray[Any]) -> list[str]:
    """A part of a data set of byte strings, as text on one line."""
    return [
        " ".join((value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).split())
        for value in values
    ]


def read_clip(container: Container, sound: str) -> Clip:
    """The sound in a row of the container, as `DATASET/ROW` names it, cut at a minute.

    Raises:
        GalleryError: the container is gone or another file, or the row holds no sound.
    """
    path = Path(container.path)
    name, _, row = sound.rpartition("/")
    check_container(container)
    with opened(path) as file:
        stored = dataset(file, name, (1, 2, 3))
        if not row.isdecimal() or int(row) >= stored.shape[0]:
            raise GalleryError(f"{path}: {name} has no row {row}")
        rate = int(stored.attrs.get("sample_rate", SAMPLE_RATE))
        longest = round(MAX_SECONDS * rate)
        values = np.asarray(values_of(stored, int(row) if stored.ndim == 1 else (int(row), ..., slice(longest))))
    samples = np.atleast_2d(values)[:, :longest]  # (channels, n)
    if samples.dtype.kind == "i":
        samples = samples / -float(np.iinfo(samples.dtype).min)
    if samples.ndim != 2 or samples.dtype.kind != "f" or samples.shape[0] > MAX_CHANNELS or not samples.size:
        raise GalleryError(f"{path}: {name}, row {row}, is no mono or stereo sound but {values.shape} {values.dtype}")
    if not np.isfinite(samples).all():
        raise GalleryError(f"{path}: {name}, row {row}, holds values that are no numbers")
    return Clip(np.ascontiguousarray(samples, np.float32), rate)


def check_container(container: Container) -> None:
    """Refuse a container that is gone or was replaced.

    Raises:
        GalleryError: saying what to do.
    """
    path = Path(container.path)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise GalleryError(f"{path}: the gallery's sounds are read from this file: {error.strerror}") from error
    if size != container.bytes:
        raise GalleryError(f"{path}: is another file than the gallery was imported from; import it again")
