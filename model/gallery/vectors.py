"""Vectors on disk: one safetensors file, written row by row and mapped into memory rather than read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import safetensors
from numpy.typing import NDArray

from model.errors import GalleryError

NORM_TOLERANCE = 1e-3
ROWS_CHECKED = 65_536
"""Rows of a matrix whose length is looked at when it is opened."""
ALIGNMENT = 64
FLOAT32 = 4

Matrix = NDArray[np.float32]


def create_vectors(path: Path, counts: Mapping[str, int], dim: int) -> dict[str, Matrix]:
    """Make a file for `counts` rows of `dim` numbers under each name, and map its matrices to be filled.

    Raises:
        OSError: the disk refuses.
    """
    header, offset = {}, 0
    for name, count in counts.items():
        end = offset + count * dim * FLOAT32
        header[name] = {"dtype": "F32", "shape": [count, dim], "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-(len(text) + 8) % ALIGNMENT)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + offset)
    return _mapped(path, {name: (count, dim) for name, count in counts.items()}, "r+")


def open_vectors(path: Path, counts: Mapping[str, int], dim: int) -> dict[str, Matrix]:
    """Map the matrices (count, dim), checked to be float32 of length 1.

    Raises:
        GalleryError: the file is missing, no safetensors file, or holds something else.
    """
    shapes = {name: (count, dim) for name, count in counts.items()}
    try:
        with safetensors.safe_open(path, framework="numpy") as file:  # checks the header against the file's length
            found = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            stored = {name: (part.get_dtype(), tuple(part.get_shape())) for name, part in found.items()}
        for name, shape in shapes.items():
            if stored.get(name, ("F32", (0, dim))) != ("F32", shape):
                raise GalleryError(f"{path}: {name} vectors are not {shape} float32")
        matrices = _mapped(path, {name: shape for name, shape in shapes.items() if name in stored}, "r")
    except (OSError, safetensors.SafetensorError) as error:
        raise GalleryError(f"{path}: not a safetensors file: {error}") from error
    matrices |= {name: np.empty(shape, np.float32) for name, shape in shapes.items() if name not in matrices}
    for name, matrix in matrices.items():
        if not (np.abs(np.linalg.norm(matrix[:ROWS_CHECKED], axis=1) - 1) <= NORM_TOLERANCE).all():
            raise GalleryError(f"{path}: {name} vectors are not of length 1")
    return matrices


def _mapped(path: Path, shapes: Mapping[str, tuple[int, int]], mode: str) -> dict[str, Matrix]:
    """The named matrices of a file; one without rows cannot be mapped and need not be."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    matrices: dict[str, Matrix] = {}
    for name, shape in shapes.items():
        offset = 8 + length + header[name]["data_offsets"][0]
        matrices[name] = (
            np.memmap(path, np.float32, mode, offset, shape) if shape[0] else np.empty(shape, np.float32)  # type: ignore[call-overload]
        )
    return matrices
