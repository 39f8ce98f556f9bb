"""The pointing game: hits are counted where the brightest patch lies on what is sought."""

import numpy as np
import pytest
import torch

from model.errors import TrainingError
from model.explain import METHODS, focus_vector, patch_map, patch_queries, text_focus
from model.sat2sound import ModelConfig, Sat2Sound, image_tensor
from model.training.labelled.pointing import PointingCase, mosaics, play
from model.training.labelled.samples import ImageSample
from model.training.labelled.scene_queries import SCENE_QUERIES


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny()).eval()


def case(seed, sought, group="waves", query="waves"):
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    return PointingCase(pixels, 0.6, query, np.asarray(sought, float), group)


def brightest(model, made, method):
    """Where a method points, worked out by itself."""
    queries = patch_queries(model, image_tensor(made.pixels, 32)[None], [0.6], method=method)[0].numpy()
    return int(patch_map(queries, focus_vector(model, text_focus(model, made.query, method=method))).argmax())


@pytest.mark.parametrize("method", METHODS)
def test_a_hit_is_a_brightest_patch_that_is_mostly_what_is_sought(model, method):
    at = brightest(model, case(0, np.zeros((4, 4))), method)
    for share, hit in ((0.49, 0), (0.5, 1), (1.0, 1)):
        sought = np.zeros(16)
        sought[at] = share
        (score,) = (s for s in play(model, [case(0, sought.reshape(4, 4))]) if s.method == method)
        assert (score.hits, score.cases, score.accuracy) == (hit, 1, hit)
        assert score.chance == pytest.approx(hit / 16)
        elsewhere = 1 - (np.arange(16) == at)
        (score,) = (s for s in play(model, [case(0, elsewhere.reshape(4, 4))]) if s.method == method)
        assert score.hits == 0


def test_cases_are_counted_by_group_and_progress_is_told(model):
    half = np.tile([1, 1, 0, 0], (4, 1))
    cases = [case(n, half, group) for n, group in enumerate("aab" * 4)]
    told = []
    scores = play(model, iter(cases), told.append)
    assert {(score.group, score.method): score.cases for score in scores} == {
        (group, method): count for group, count in (("a", 8), ("b", 4)) for method in METHODS
    }
    assert all(score.chance == 0.5 for score in scores)
    assert told == [8, 12]
    alone = play(model, [made for made in cases if made.group == "b"])
    assert [score for score in scores if score.group == "b"] == alone


def sample(value, label, scenes, dataset="made"):
    return ImageSample(np.full((50, 60, 3), value, np.uint8), 2.0, dataset, label, scenes)


SAMPLES = [sample(0, "Sea", ("sea",)), sample(255, "City", ("city",)), sample(255, "Street", ("street", "city"))]


def test_a_mosaic_holds_what_is_sought_in_one_half_and_says_which():
    config = ModelConfig.tiny()
    turned = set()
    for made in mosaics(config, SAMPLES, 24, seed=1):
        assert made.pixels.shape == (64, 64, 3)
        assert made.gsd == pytest.approx(50 * 2.0 / 64)
        dark = made.query == SCENE_QUERIES["sea"]
        patches = made.pixels[..., 0].reshape(4, 16, 4, 16).mean(axis=(1, 3))
        np.testing.assert_array_equal(made.sought, (patches == 0) if dark else (patches == 255))
        assert made.sought.mean() == 0.5
        turned.add(made.sought.tobytes())
    assert len(turned) == 4


def test_mosaics_are_the_same_for_the_same_seed():
    one, other = (list(mosaics(ModelConfig.tiny(), SAMPLES, 5, seed=2)) for _ in range(2))
    for first, second in zip(one, other, strict=True):
        np.testing.assert_array_equal(first.pixels, second.pixels)
        assert first.query == second.query


def test_images_that_sound_alike_make_no_mosaic():
    with pytest.raises(TrainingError, match="two classes that sound different"):
        next(mosaics(ModelConfig.tiny(), SAMPLES[1:], 3))
