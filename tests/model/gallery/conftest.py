from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from model.gallery.entry import GalleryEntry
from model.gallery.write import EmbeddedEntries, write_gallery

DIM = 8


def unit(count: int, dim: int = DIM, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source folder with one second of noise in it, and nothing else yet."""
    path = tmp_path / "source"
    path.mkdir()
    noise = 0.1 * np.random.default_rng(1).normal(size=(16_000, 2))
    soundfile.write(path / "noise.flac", noise, 16_000)
    return path


@pytest.fixture
def written(tmp_path: Path, folder: Path) -> Callable[..., Path]:
    """Write a gallery of `captions` and `recordings` random vectors; the first recording is the noise file."""

    def write(captions: int = 5, recordings: int = 3, seed: int = 0) -> Path:
        said = [
            GalleryEntry(f"c{n}", f"caption {n}", "CC0-1.0", scene="sea", lat=n % 90, lon=-0.5) for n in range(captions)
        ]
        heard = [GalleryEntry(f"r{n}", f"wind {n}", "CC-BY-4.0", foley="wind", seed=n) for n in range(1, recordings)]
        if recordings:
            heard.insert(0, GalleryEntry("r0", "noise, loud", "CC-BY-4.0", path="noise.flac", seconds=1.0))
        parts = {
            "caption": EmbeddedEntries(tuple(said), unit(captions, seed=seed)),
            "recording": EmbeddedEntries(tuple(heard), unit(recordings, seed=seed + 1)),
        }
        out = tmp_path / f"gallery-{captions}-{recordings}-{seed}"
        write_gallery(out, folder, parts, "tiny", "abc123")
        return out

    return write
