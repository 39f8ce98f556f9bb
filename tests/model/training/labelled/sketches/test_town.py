"""Towns have streets and roofs; a track goes around its pitch."""

import numpy as np
import pytest

from model.training.labelled.sketches.brush import SIDE
from model.training.labelled.sketches.town import outskirts, sprawl, track
from tests.model.training.labelled.sketches.ground import drawn


@pytest.mark.parametrize("draw", [track, sprawl, outskirts])
def test_a_sketch_is_a_picture_and_never_twice_the_same(draw):
    one, other = drawn(draw, 1), drawn(draw, 2)
    assert one.shape == (SIDE, SIDE, 3)
    assert np.isfinite(one).all()
    assert one.std() > 0.01
    assert not np.allclose(one, other)


def test_the_middle_of_a_track_is_its_pitch():
    for seed in range(4):
        picture = drawn(track, seed)
        middle = picture[SIDE // 2 - 4 : SIDE // 2 + 4, SIDE // 2 - 4 : SIDE // 2 + 4]
        assert middle.std(axis=(0, 1)).max() < 0.1


def test_a_city_from_afar_is_full_of_detail():
    detail = [np.abs(np.diff(drawn(sprawl, seed), axis=1)).mean() for seed in range(4)]
    assert min(detail) > 0.01
