"""A hub on this machine that holds small files under the published names, and a cache and data folder of one's own."""

import pytest

from model.registry.hub import Hub
from tests.hub.local_hub import local_hub

CKPT = bytes(range(256)) * 512  # 128 KiB
FLAN = {
    "config.json": b'{"model_type": "t5"}',
    "model.safetensors": b"flan" * 4000,
    "pytorch_model.bin": b"never wanted" * 400,
    "tokenizer.json": b'{"tokens": []}',
    "tokenizer_config.json": b"{}",
}
TANGO = {"config.json": b"{}", "tangoflux.safetensors": b"flow" * 900, "vae.safetensors": b"vae " * 700}


@pytest.fixture
def served(tmp_path):
    folder = tmp_path / "published"
    folder.mkdir()
    with local_hub(folder) as hub:
        hub.publish(
            "MVRL/sat2sound",
            {
                "README.md": b"# Sat2Sound",
                "sat2sound/bingmap_withmeta.ckpt": CKPT,
                "sat2sound/sentinel_nometa.ckpt": CKPT[::-1],
            },
        )
        hub.publish("google/flan-t5-large", FLAN, licence="apache-2.0")
        hub.publish("declare-lab/TangoFlux", TANGO, licence="other")
        yield hub


@pytest.fixture
def hub(served, tmp_path) -> Hub:
    return Hub(served.url, tmp_path / "cache")
