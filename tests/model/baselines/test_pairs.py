from dataclasses import FrozenInstanceError

import pytest
from PIL import Image

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


@pytest.mark.parametrize(
    ("size", "scales"),
    [((1500, 1500), [1, 3, 5]), ((256, 256), [1]), ((800, 800), [1, 3]), ((96, 96), []), ((2000, 300), [1])],
)
def test_an_image_fills_the_crops_of_which_it_shows_most(size, scales):
    imagery = IMAGERIES["bingmap"]
    assert [scale for scale in imagery.scales if imagery.fills(Image.new("L", size), scale)] == scales
