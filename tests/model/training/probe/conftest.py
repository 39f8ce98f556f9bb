"""Folders of classes that anyone can tell apart, and a tiny model."""

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from model.sat2sound import ModelConfig, Sat2Sound

RATE = 16_000
COLOURS = {"forest": (20, 90, 30), "sand": (220, 200, 150), "water": (20, 40, 120)}


@pytest.fixture(scope="session")
def model():
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny()).eval()


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def draw(path, colour, rng, size=(24, 24)):
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = rng.integers(-15, 16, (size[1], size[0], 3))
    Image.fromarray(np.clip(noise + np.array(colour), 0, 255).astype(np.uint8)).save(path)


def whistle(path, hertz, rng, seconds=1.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    t = np.arange(round(seconds * RATE)) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hertz * t) + 0.01 * rng.normal(size=t.shape), RATE)


@pytest.fixture
def images(tmp_path, rng):
    """Three classes of twelve images in plain colours, and a table beside them."""
    folder = tmp_path / "images"
    for label, colour in COLOURS.items():
        for n in range(12):
            draw(folder / label / f"{n:02d}.png", colour, rng)
    (folder / "water" / "about.csv").write_text("file\n")
    return folder


@pytest.fixture
def recordings(tmp_path, rng):
    folder = tmp_path / "recordings"
    for label, hertz in (("high", 6000), ("low", 300)):
        for n in range(5):
            whistle(folder / label / f"{n}.wav", hertz, rng)
    return folder
