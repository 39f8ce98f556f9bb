"""The ResNet baseline: its loss is the paper's, it learns, and its checkpoint comes back as it was."""

import dataclasses

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.baselines.soundingearth import (
    SoundingEarth,
    SoundingEarthSizes,
    open_soundingearth,
    save_soundingearth,
    spectrogram,
)
from model.errors import CheckpointError
from tests.model.training.toy_pairs import toy_row

SIZES = SoundingEarthSizes("small", 18, dim=16, width=4, image_size=32, tile_pixels=64, scales=(1, 2))


def test_what_was_saved_opens_with_the_same_vectors(tmp_path):
    model = SoundingEarth(SIZES).eval()
    save_soundingearth(model, tmp_path / "m.safetensors")
    opened = open_soundingearth(tmp_path / "m.safetensors")
    rows = [toy_row(n) for n in range(2)]
    assert torch.equal(opened.embed_images(rows, 1, ()), model.embed_images(rows, 1, ()))
    assert torch.equal(opened.embed_audio(rows), model.embed_audio(rows))
    assert not any(p.requires_grad for p in opened.parameters())


def test_a_checkpoint_that_cannot_be_used_is_named(tmp_path):
    path = tmp_path / "m.safetensors"
    save_soundingearth(SoundingEarth(SIZES), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(CheckpointError, match=r"m\.safetensors: corrupt"):
        open_soundingearth(path)
    path.write_bytes(whole[:100])
    with pytest.raises(CheckpointError, match="not a readable safetensors"):
        open_soundingearth(path)
    with pytest.raises(CheckpointError, match="no-such"):
        open_soundingearth(tmp_path / "no-such.safetensors")
    path.write_bytes(whole)
    save_file(load_file(path), path, metadata={"system": "other"})
    with pytest.raises(CheckpointError, match="not a SoundingEarth checkpoint"):
        open_soundingearth(path)


def test_the_networks_are_the_papers_resnets():
    def millions(network):
        return sum(p.numel() for p in network.parameters()) / 1e6

    with torch.device("meta"):
        small, large = SoundingEarth(SoundingEarthSizes()), SoundingEarth(SoundingEarthSizes(image_layers=50))
    # He et al. 2016, without the classifier of 1000 classes: 11.69 - 0.51 and 25.56 - 2.05.
    assert millions(small.image_encoder) == pytest.approx(11.18, abs=0.01)
    assert millions(large.image_encoder) == pytest.approx(23.51, abs=0.01)
    assert millions(small.audio_encoder) == pytest.approx(11.17, abs=0.01)


def test_spectrograms_have_the_papers_bands():
    log_mel = torch.linspace(-100, 0, 64).expand(10, 64)
    stretched = spectrogram(log_mel, 128)
    assert stretched.shape == (128, 10)
    assert bool((stretched.diff(dim=0) >= 0).all())
    assert (stretched.min().item(), stretched.max().item()) == pytest.approx((-1.5, 1.0))


def test_impossible_sizes_are_refused():
    with pytest.raises(CheckpointError, match="image_layers: 34"):
        dataclasses.replace(SIZES, image_layers=34)
    with pytest.raises(CheckpointError, match="must be positive"):
        dataclasses.replace(SIZES, width=0)
