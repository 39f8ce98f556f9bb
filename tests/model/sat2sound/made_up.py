"""A published checkpoint with made-up weights, and sounds to play to it: all drawn from seeds by numpy alone.

golden/recorded.npz is what the published code computed of exactly these weights, once, on a CPU in float32;
golden/published.json names every tensor of a published checkpoint and its shape. Each weight is drawn from its own
name, so that no order matters, and scaled so that the signal neither dies nor explodes on its way through the layers.
"""

import json
import math
import re
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from numpy.random import PCG64, Generator

GOLDEN = Path(__file__).with_name("golden")
SEED = 1
OPTIONS = {
    "dataset_type": "GeoSound",
    "sat_type": "bingmap",
    "sat_input_size": 224,
    "fc_dim": 1024,
    "codebook_size": 16000,
}
"""Those of the run's options that say what the model is."""

# What a name is like, and what its standard normal numbers become; the first match holds.
SCALES = (
    (r".*\.bn0\.running_mean", lambda n: 5 * n - 30),
    (r".*\.bn0\.running_var", lambda n: 225 * (1 + 0.1 * np.abs(n))),
    (r"fdt\.space_dict|.*\.source_embed\.weight", lambda n: n),
    (r".*\.q_map\.4\.weight", lambda n: 16 * n / np.sqrt(n[0].size)),
    (r".*\.relative_position_bias_table", lambda n: n / 2),
)
LEFT_ALONE = re.compile(r".*(audio_feats_extractor|relative_position_index|attn_mask|num_batches_tracked).*")
"""Tables that follow from sizes alone. The model computes them for itself: here they are zeros."""


def shapes(metadata=True):
    """Every tensor of a published checkpoint by name; one without metadata lacks the encoder that reads it."""
    stored = json.loads((GOLDEN / "published.json").read_text())
    return {name: shape for name, shape in stored.items() if metadata or not name.startswith("sat_encoder.")}


def weight(name, shape):
    """One tensor, float32."""
    if LEFT_ALONE.fullmatch(name):
        return np.zeros(shape, np.float32)
    if name.startswith("logit_scale_"):
        return np.full(shape, -math.log(0.07), np.float32)
    drawn = Generator(PCG64(crc32(name.encode()) + SEED)).standard_normal(shape)
    for pattern, scaled in SCALES:
        if re.fullmatch(pattern, name):
            return scaled(drawn).astype(np.float32)
    if drawn.ndim > 1:
        return (drawn / np.sqrt(drawn[0].size)).astype(np.float32)
    return (1 + 0.1 * drawn if name.endswith("weight") else 0.05 * drawn).astype(np.float32)


def write_checkpoint(path, state, metadata=True):
    """Write some of the tensors `state` as a Lightning file, with the options of the run."""
    kinds = "latlong_month_time_asource_tsource" if metadata else "none"
    own = {name: state[name] for name in shapes(metadata)}
    torch.save({"epoch": 0, "state_dict": own, "hyper_parameters": {**OPTIONS, "metadata_type": kinds}}, path)
    return path


def state():
    """All tensors of a checkpoint with metadata: 670 MB."""
    return {name: torch.from_numpy(weight(name, shape)) for name, shape in shapes().items()}


def wave(number):
    """Ten seconds at 32 kHz: three tones over noise that swells and fades."""
    drawn = Generator(PCG64(100_000 * SEED + number))
    seconds = np.arange(320_000) / 32_000
    noise = drawn.standard_normal(len(seconds))
    pitches, levels, phases = (drawn.uniform(low, high, 3) for low, high in ((100, 8000), (0.05, 0.3), (0, 2 * np.pi)))
    swell = 1 + np.sin(2 * np.pi * drawn.uniform(0.2, 2) * seconds)
    mixed = 0.025 * noise * swell
    for pitch, level, phase in zip(pitches, levels, phases, strict=True):
        mixed = mixed + level * np.sin(2 * np.pi * pitch * seconds + phase)
    return mixed.clip(-1, 1).astype(np.float32)
