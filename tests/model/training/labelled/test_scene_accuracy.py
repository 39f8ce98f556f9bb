"""The share of images whose best caption fits, over all and by data set and label."""

import numpy as np
import pytest
import torch

from model.sat2sound import ModelConfig, Sat2Sound, image_tensor
from model.scenes.captions import Caption
from model.training.labelled import scene_accuracy as module
from model.training.labelled.samples import ImageSample
from model.training.labelled.scene_accuracy import embed_samples, scene_accuracy

CAPTIONS = (Caption("a", "sea", "image", "waves", "CC0-1.0"), Caption("b", "forest", "image", "leaves", "CC0-1.0"))


def sample(scenes, dataset="d", label="l", gsd=2.0, shape=(24, 30)) -> ImageSample:
    pixels = np.random.default_rng(len(label)).integers(0, 256, (*shape, 3)).astype(np.uint8)
    return ImageSample(pixels, gsd, dataset, label, scenes)


@pytest.fixture(scope="module")
def model() -> Sat2Sound:
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny()).eval()


@pytest.fixture
def nearest(monkeypatch):
    """Let each sample lie at the caption whose number is given."""

    def lie(*numbers):
        vectors = torch.eye(2)[list(numbers)]
        monkeypatch.setattr(module, "embed_samples", lambda model, samples: vectors)

    return lie


def test_a_hit_is_a_best_caption_of_any_scene_that_fits(nearest):
    nearest(0, 1, 1)
    samples = [sample(("sea",)), sample(("sea", "forest")), sample(("sea",))]
    found = scene_accuracy(None, samples, CAPTIONS, torch.eye(2))
    assert found.overall == pytest.approx(2 / 3)
    assert found.images == 3


def test_shares_are_told_by_data_set_and_label(nearest):
    nearest(0, 1, 1)
    samples = [sample(("sea",), "x", "beach"), sample(("sea",), "x", "reef"), sample(("forest",), "y", "wood")]
    found = scene_accuracy(None, samples, CAPTIONS, torch.eye(2))
    assert found.by_dataset == {"x": 0.5, "y": 1.0}
    assert found.by_label == {"x/beach": 1.0, "x/reef": 0.0, "y/wood": 1.0}


def test_an_image_that_says_nothing_fits_no_caption(nearest):
    nearest(0)
    assert scene_accuracy(None, [sample(())], CAPTIONS, torch.eye(2)).overall == 0


def test_vectors_are_the_models_own_of_the_middle_square(model):
    one = sample(("sea",))
    middle = one.pixels[:, 3:27]
    with torch.inference_mode():
        expected = model.embed_images(image_tensor(middle, 32)[None], 24 * 2.0 / 64).normalised()
    torch.testing.assert_close(embed_samples(model, [one]), expected, atol=1e-5, rtol=0)


def test_an_unknown_distance_is_a_metre_a_pixel(model):
    unknown, told = sample((), gsd=float("nan")), sample((), gsd=1.0)
    assert torch.equal(embed_samples(model, [unknown]), embed_samples(model, [told]))


def test_batches_do_not_change_the_vectors(model, monkeypatch):
    samples = [sample((), label="x" * n) for n in range(1, 4)]
    whole = embed_samples(model, samples)
    monkeypatch.setattr(module, "BATCH", 2)
    torch.testing.assert_close(embed_samples(model, samples), whole, atol=1e-5, rtol=0)
