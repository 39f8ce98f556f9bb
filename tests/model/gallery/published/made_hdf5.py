"""A tiny HDF5 file of the published galleries' layout."""

from pathlib import Path

import h5py
import numpy as np

SCALES = (1, 3, 5)


def write_hdf5(path: Path, rows: int = 7, dim: int = 8, samples: int = 4410, seed: int = 0, **changes) -> dict:
    """Write the file and return its data sets; `changes` replace data sets, None leaves one out."""
    rng = np.random.default_rng(seed)
    sets = {
        "sample_id": np.array([f"yfcc-{n}".encode() for n in range(rows)], dtype=object),
        "audio_raw": (0.1 * rng.normal(size=(rows, 2, samples))).astype(np.float32),
        "audio_caption": np.array([f"heard {n}".encode() for n in range(rows)], dtype=object),
        "audio_embedding": rng.normal(size=(rows, dim)).astype(np.float32) * 3,
    }
    for scale in SCALES:
        sets[f"text_embedding_zl{scale}"] = rng.normal(size=(rows, dim)).astype(np.float32) * 2
        sets[f"llava_caption_zl{scale}"] = np.array(
            [f"seen {n} at {scale}".encode() for n in range(rows)], dtype=object
        )
        sets[f"synth_audio_zl{scale}"] = (0.1 * rng.normal(size=(rows, 2, samples))).astype(np.float32)
    sets |= changes
    with h5py.File(path, "w") as file:
        for name, values in sets.items():
            if values is None:
                continue
            if values.dtype == object:
                file.create_dataset(name, data=values, dtype=h5py.string_dtype())
            else:
                file.create_dataset(name, data=values)
    return sets
