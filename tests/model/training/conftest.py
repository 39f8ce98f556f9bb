"""Paired data of twelve rows, as a folder with a CSV file and as Parquet; and a tiny model that uses metadata."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from model.sat2sound import ModelConfig, Sat2Sound

ROWS = 12
RATE = 16_000


def pixels(n: int) -> np.ndarray:
    return np.random.default_rng(n).integers(0, 256, (96, 96, 3)).astype(np.uint8)


def tone(n: int) -> np.ndarray:
    time = np.arange(RATE) / RATE
    return (0.3 * np.sin(2 * np.pi * (200 + 300 * n) * time)).astype(np.float32)


def encoded(n: int) -> tuple[bytes, bytes]:
    """A row's picture as PNG and its tone as FLAC."""
    picture, sound = io.BytesIO(), io.BytesIO()
    Image.fromarray(pixels(n)).save(picture, "PNG")
    soundfile.write(sound, tone(n), RATE, format="FLAC")
    return picture.getvalue(), sound.getvalue()


def text_columns(n: int) -> dict[str, object]:
    """Everything of row n but its media: rows 3 and 4 lack captions of images, row 5 its place and date."""
    return {
        "sample_id": f"{'freesound' if n == 2 else 'yfcc'}-{n}",
        "source": "freesound" if n == 2 else "yfcc",
        "audio_caption": f"a tone of {200 + 300 * n} hertz",
        "audio_caption_source": "meta" if n % 2 else "qwen",
        "latitude": None if n == 5 else 40.0 + n,
        "longitude": -3.5,
        "date": "" if n == 5 else f"2019-05-{n + 1:02d} {n:02d}:30:00",
        **{f"llava_caption_bingmap_zl{s}": "" if n in (3, 4) else f"place {n} from {s}" for s in (1, 3, 5)},
    }


@pytest.fixture(scope="session")
def write_csv() -> Callable[[Path, list[dict[str, object]]], None]:
    def write(path: Path, rows: list[dict[str, object]]) -> None:
        with path.open("w", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)

    return write


@pytest.fixture
def csv_rows(tmp_path: Path) -> list[dict[str, object]]:
    """The rows of a CSV file in tmp_path whose images and sounds are there already."""
    rows = []
    for n in range(ROWS):
        picture, sound = encoded(n)
        (tmp_path / f"{n}.png").write_bytes(picture)
        (tmp_path / f"{n}.flac").write_bytes(sound)
        rows.append({**text_columns(n), "bingmap_image": f"{n}.png", "audio": f"{n}.flac"})
    return rows


@pytest.fixture
def csv_folder(tmp_path: Path, csv_rows: list[dict[str, object]], write_csv: Callable[..., None]) -> Path:
    write_csv(tmp_path / "test.csv", csv_rows)
    return tmp_path


@pytest.fixture
def parquet_rows() -> list[dict[str, object]]:
    """The same rows with media as structs of bytes."""
    rows = []
    for n in range(ROWS):
        picture, sound = encoded(n)
        image = {"bytes": picture, "path": f"{n}.png"}
        rows.append({**text_columns(n), "bingmap_image": image, "audio": {"bytes": sound, "path": None}, "unused": n})
    return rows


@pytest.fixture(scope="session")
def tiny() -> Sat2Sound:
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny(metadata=True)).eval().requires_grad_(False)
