"""The baseline learns on paired data, and its checkpoint is evaluated as any other."""

import numpy as np
import pytest
import torch
from PIL import Image

from model.baselines.encoders import open_encoders
from model.baselines.soundingearth import SoundingEarthSizes
from model.training.dataset.row_windows import RowWindows
from model.training.evaluation.evaluate import evaluate
from model.training.loop.run import Report
from model.training.paired.colour_jitter import ColourJitter
from model.training.soundingearth.config import SoundingEarthConfig
from model.training.soundingearth.train import FRAMES, SoundingEarthBatches, train_soundingearth
from tests.model.training.toy_pairs import TOY, ToyPairs, toy_row

SIZES = SoundingEarthSizes("small", 18, dim=16, width=4, image_size=32, tile_pixels=64, scales=(1, 2))
CONFIG = SoundingEarthConfig("small", "toy", SIZES, batch=6)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    config = SoundingEarthConfig(
        "small", "toy", SIZES, epochs=10, batch=6, learning_rate=3e-3, workers=2, check_every=15,
        jitter=ColourJitter(0.1, 0.1, 0.1, 0.0),
    )  # fmt: skip
    reports: list[Report] = []
    folder = tmp_path_factory.mktemp("soundingearth")
    return train_soundingearth(config, ToyPairs(18), ToyPairs(12, first=100), folder, reports.append), reports


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


def test_a_batch_is_as_many_crops_and_pieces_of_sound_as_rows():
    batch = SoundingEarthBatches(CONFIG, TOY, RowWindows(ToyPairs(6), 6, 0)).make(np.random.default_rng(0), 0)
    assert batch.images.shape == (6, 3, 32, 32)
    assert batch.spectrograms.shape == (6, SIZES.bands, FRAMES)


def test_the_same_generator_gives_the_same_batch():
    batches = SoundingEarthBatches(CONFIG, TOY, RowWindows(ToyPairs(6), 6, 0))
    one, again = (batches.make(np.random.default_rng(4), 0) for _ in range(2))
    assert torch.equal(one.images, again.images)
    assert torch.equal(one.spectrograms, again.spectrograms)


@pytest.mark.parametrize(("side", "scales"), [(128, {1, 2}), (64, {1}), (30, {1})])
def test_only_scales_that_an_image_is_large_enough_for_are_drawn(side, scales):
    batches = SoundingEarthBatches(CONFIG, TOY, RowWindows(ToyPairs(6), 6, 0))
    image = Image.new("RGB", (side, side))
    assert {batches._scale(image, np.random.default_rng(seed)) for seed in range(20)} == scales


@pytest.mark.parametrize("side", [20, 64, 300])
def test_a_view_has_the_models_size_whatever_the_image(side):
    batches = SoundingEarthBatches(CONFIG, TOY, RowWindows(ToyPairs(6), 6, 0))
    for seed in range(5):
        assert batches._view(Image.new("RGB", (side, side + 10)), 64, np.random.default_rng(seed)).size == (32, 32)
