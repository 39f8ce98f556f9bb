from dataclasses import FrozenInstanceError

import pytest

from model.baselines.pairs import IMAGERIES
from model.sat2sound.config import IMAGERY
from model.training.paired.config import PUBLISHED_IMAGERY
from tests.model.training.toy_pairs import toy_row


@pytest.mark.parametrize("name", IMAGERIES)
def test_imagery_states_what_its_published_checkpoint_was_trained_on(name):
    imagery, (pixels, gsd) = IMAGERIES[name], IMAGERY[PUBLISHED_IMAGERY[name]]
    assert (imagery.tile_pixels, imagery.gsd) == (pixels, gsd)
    assert imagery.scales[0] == 1


def test_captions_lie_in_a_column_a_scale():
    assert IMAGERIES["sentinel"].caption_column(5) == "llava_caption_sentinel_zl5"


def test_a_row_cannot_be_changed_and_equals_itself_alone():
    row = toy_row(0)
    with pytest.raises(FrozenInstanceError):
        row.id = "other"
    assert row != toy_row(0)
