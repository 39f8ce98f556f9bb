"""The ResNet baseline: its loss is the paper's, it learns, and its checkpoint comes back as it was."""

import dataclasses

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.baselines.encoders import open_encoders
from model.baselines.soundingearth import (
    SoundingEarth,
    SoundingEarthSizes,
    open_soundingearth,
    save_soundingearth,
    spectrogram,
)
from model.errors import CheckpointError
from model.training.evaluation.evaluate import evaluate
from model.training.loop.run import Report
from model.training.paired.colour_jitter import ColourJitter
from model.training.soundingearth.config import SoundingEarthConfig
from model.training.soundingearth.objective import batch_triplet_loss
from model.training.soundingearth.train import train_soundingearth
from tests.model.training.toy_pairs import TOY, ToyPairs, toy_row

SIZES = SoundingEarthSizes("small", 18, dim=16, width=4, image_size=32, tile_pixels=64, scales=(1, 2))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    config = SoundingEarthConfig(
        "small", "toy", SIZES, epochs=10, batch=6, learning_rate=3e-3, workers=2, check_every=15,
        jitter=ColourJitter(0.1, 0.1, 0.1, 0.0),
    )  # fmt: skip
    reports: list[Report] = []
    folder = tmp_path_factory.mktemp("soundingearth")
    return train_soundingearth(config, ToyPairs(18), ToyPairs(12, first=100), folder, reports.append), reports


def test_the_loss_is_a_hinge_on_every_wrong_pair_in_both_directions():
    torch.manual_seed(0)
    images, sounds = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    expected = 0.0
    for i in range(5):
        own = (sounds[i] - images[i]).norm()
        for j in range(5):
            if j != i:
                expected += max(0.0, float(own - (sounds[i] - images[j]).norm() + 1))
                expected += max(0.0, float(own - (sounds[j] - images[i]).norm() + 1))
    assert batch_triplet_loss(images, sounds).item() == pytest.approx(expected, rel=1e-9)


def test_the_loss_has_a_gradient_where_a_pair_coincides():
    images = torch.zeros(2, 3, requires_grad=True)
    batch_triplet_loss(images, torch.tensor([[0.0, 0, 0], [1, 0, 0]])).backward()
    assert bool(images.grad.isfinite().all())


def test_training_lowers_the_loss_and_keeps_the_best(trained):
    result, reports = trained
    loss = [r.loss for r in reports]
    assert len(loss) == 30
    assert sum(loss[-5:]) < 0.8 * sum(loss[:5])
    assert result.i2a_recall == max(r.figures["i2a_r10"] for r in reports if r.figures)


def test_the_checkpoint_is_evaluated_as_any_other_without_text_or_metadata(trained):
    result, _ = trained
    encoders = open_encoders(result.checkpoint, TOY)
    assert (encoders.name, encoders.scales, encoders.metadata_fields) == ("small", (1, 2), ())
    rows = [toy_row(n) for n in range(3)]
    assert encoders.embed_images(rows, 2, ()).shape == encoders.embed_audio(rows).shape == (3, 16)
    evaluation = evaluate(encoders, ToyPairs(12, first=100))
    assert {line.scale for line in evaluation.audio} == {1, 2}
    assert evaluation.text == ()


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
