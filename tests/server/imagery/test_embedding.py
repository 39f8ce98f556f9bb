"""One way from chips to vectors: a click, a region's cell and attention give the model the very same."""

import numpy as np
import pytest
import torch

from model.sat2sound import ModelConfig, Sat2Sound, image_tensor
from server.imagery.embedding import ModelInput, batch_of, embed_chips
from server.regions.encode import RegionEncoder
from tiles.imagery import open_imagery
from tiles.region import Condition


@pytest.fixture(scope="module", params=[False, True], ids=["without metadata", "with metadata"])
def model(request):
    torch.manual_seed(4)
    return Sat2Sound(ModelConfig.tiny(metadata=request.param)).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def chips():
    source = open_imagery("null-island")
    return [source.read(0.1 * i, 0.3, 0.6 * (1 + 2 * i), 32) for i in range(3)]


def test_a_chip_is_resized_to_what_the_model_looks_at(model, chips):
    looked_at = ModelInput.of(model, chips[0], 7, 14)
    assert torch.equal(looked_at.image, image_tensor(chips[0].pixels, model.config.image_size))
    assert (looked_at.chip, looked_at.month, looked_at.hour) == (chips[0], 7, 14)


def test_a_batch_tells_each_chips_own_metres_place_and_time(model, chips):
    inputs = [ModelInput.of(model, chip, month, None) for chip, month in zip(chips, (1, None, 12), strict=True)]
    images, gsd, metadata = batch_of(model, inputs)
    side = model.config.image_size
    assert images.shape == (3, 3, side, side)
    assert gsd == [chip.gsd for chip in chips]
    if not model.config.uses_metadata:
        assert metadata is None
        return
    alone = [batch_of(model, [one])[2] for one in inputs]
    assert len({repr(one) for one in alone}) == 3


@pytest.mark.parametrize("condition", [None, Condition(7, 14), Condition(1, None)], ids=str)
def test_a_regions_cell_is_embedded_as_a_click_there_is(model, chips, condition):
    told = condition or Condition()
    region = RegionEncoder(model)(chips, condition)
    click = embed_chips(model, [ModelInput.of(model, chip, told.month, told.hour) for chip in chips])
    np.testing.assert_array_equal(region, click.vector.numpy())


def test_only_a_model_with_metadata_tells_months_apart(model, chips):
    january, july = (embed_chips(model, [ModelInput.of(model, chips[0], month)]).vector for month in (1, 7))
    assert torch.equal(january, july) != model.config.uses_metadata


def test_what_is_embedded_keeps_no_gradients(model, chips):
    assert embed_chips(model, [ModelInput.of(model, chips[0])]).vector.is_inference()
