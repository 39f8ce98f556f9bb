"""Confidence is the share of probability on the first caption's scene, to the last bit what it always was."""

import math

import numpy as np
import pytest

from model.gallery import Gallery, GalleryShelf
from server.soundscape.confidence import MAX_CAPTIONS_WEIGHED, scene_confidence
from server.soundscape.matches import Matches

SCALE = 14.3


def looked_up_one_by_one(gallery, vector, scale, exact=False):
    """The confidence as it was first written: the entry of every weighed caption, looked up for its scene."""
    ((_, first),) = gallery.numbered(gallery.nearest(vector[None], 1, "caption", scale=scale, exact=exact)[1][0])
    if not first.scene:
        return None
    scores, numbers = gallery.nearest(vector[None], MAX_CAPTIONS_WEIGHED, "caption", scale=scale, exact=exact)
    logits = SCALE * scores[0].astype(np.float64)
    shares = np.exp(logits - logits.max())
    same = np.array([entry.scene == first.scene for _, entry in gallery.numbered(numbers[0])])
    return float(shares[same].sum() / shares.sum())


@pytest.fixture(scope="module")
def embedded():
    return GalleryShelf({"embedded": Gallery.open("embedded")})


@pytest.mark.parametrize("scale", [1, 3, 5])
def test_it_equals_what_looking_up_every_entry_gives_to_the_last_bit(embedded, scale):
    matches = Matches(embedded, SCALE, False, "")
    vectors = np.random.default_rng(scale).normal(size=(12, embedded.galleries["embedded"].dim)).astype(np.float32)
    sure = [matches.captions(vector, 5, scale)[1] for vector in vectors]
    assert sure == [looked_up_one_by_one(embedded, vector, scale) for vector in vectors]
    assert all(0 < share <= 1 for share in sure)


def test_galleries_side_by_side_share_their_scenes(embedded):
    gallery = embedded.galleries["embedded"]
    both = GalleryShelf({"embedded": gallery, "again": gallery})
    vector = np.random.default_rng(7).normal(size=gallery.dim).astype(np.float32)
    assert Matches(both, SCALE, False, "").captions(vector, 5, 1)[1] == looked_up_one_by_one(both, vector, 1)


def test_it_is_a_softmax_over_the_captions_summed_by_scene():
    scores = np.array([0.5, 0.4, -0.2], np.float32)
    parts = [math.exp(2 * float(score)) for score in scores]
    found = scene_confidence(scores, np.array([3, 1, 3]), 3, 2.0)
    assert found == pytest.approx((parts[0] + parts[2]) / sum(parts), rel=1e-12)


def test_one_scene_alone_is_certain():
    assert scene_confidence(np.array([0.1, -0.9], np.float32), np.zeros(2, np.int32), 0, 100.0) == 1.0


def test_a_large_scale_does_not_overflow():
    assert scene_confidence(np.array([1.0, -1.0], np.float32), np.array([0, 1]), 0, 1e4) == 1.0
