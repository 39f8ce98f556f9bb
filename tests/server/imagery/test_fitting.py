"""A published checkpoint listens to imagery of the kind it was trained on, and to no other."""

import pytest
import torch

from model.sat2sound import Metadata, ModelConfig, Sat2Sound
from model.sat2sound.metadata import encode_metadata
from server.errors import StartError
from server.imagery.fitting import fit_shelf, fit_source
from server.imagery.shelf import ImageryShelf
from tiles.imagery import open_imagery

BINGMAP, SENTINEL = ModelConfig.published("bingmap"), ModelConfig.published("sentinel")


def shelf(*names):
    return ImageryShelf.open(names, cache_dir=None)


@pytest.mark.parametrize(
    ("config", "source"), [(BINGMAP, "sentinel2"), (SENTINEL, "esri"), (ModelConfig.published("SoundingEarth"), "esri")]
)
def test_imagery_of_another_kind_is_refused_naming_both(config, source):
    with pytest.raises(StartError) as caught:
        fit_source(config, open_imagery(source))
    for word in (config.name, config.imagery, source, f"{config.gsd_range[0]:g} m"):
        assert word in str(caught.value)


@pytest.mark.parametrize(("config", "source"), [(BINGMAP, "esri"), (SENTINEL, "sentinel2")])
def test_imagery_of_its_own_kind_is_taken_as_it_is(config, source):
    found = open_imagery(source)
    before = found.gsd
    fit_source(config, found)
    assert found.gsd == before


def test_null_island_is_drawn_as_the_checkpoint_knows_the_world():
    for config in (BINGMAP, SENTINEL, ModelConfig.published("SoundingEarth")):
        source = open_imagery("null-island")
        fit_source(config, source)
        assert source.gsd == config.gsd_range[0]
    assert open_imagery("null-island").gsd == 0.6


def test_checkpoints_of_no_one_kind_take_any_imagery():
    found = shelf("null-island", "esri", "sentinel2")
    fit_shelf(ModelConfig.embedded(), found, named=True)
    assert list(found.offered) == ["null-island", "esri", "sentinel2"]


def test_what_nobody_named_is_left_out_and_what_was_named_is_refused():
    found = shelf("null-island", "esri", "sentinel2")
    fit_shelf(BINGMAP, found, named=False)
    assert list(found.offered) == ["null-island", "esri"]
    with pytest.raises(StartError, match="sentinel2"):
        fit_shelf(BINGMAP, shelf("null-island", "sentinel2"), named=True)
    with pytest.raises(StartError, match="esri"):
        fit_shelf(SENTINEL, shelf("esri"), named=False)


def test_a_place_is_asked_about_with_the_sources_of_the_reference_and_masks_for_what_is_not_known():
    encoded = encode_metadata(Metadata.of_places(latitude=[10, 20], longitude=[5, 6], month=[None, 5], hour=13), 2)
    assert encoded.audio_source.tolist() == [0, 0]
    assert encoded.caption_source.tolist() == [0, 0]
    assert encoded.valid.tolist() == [[True, True, True, False, True], [True, True, True, True, True]]


def test_month_and_hour_change_what_a_checkpoint_with_metadata_hears():
    torch.manual_seed(0)
    model = Sat2Sound(ModelConfig.tiny(metadata=True)).eval()
    image = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        told = [
            model.embed_images(image, 0.6, Metadata.of_places(1.0, 2.0, month, hour)).vector
            for month, hour in ((None, None), (1, None), (7, None), (7, 3), (7, 15))
        ]
        midnight = [model.embed_images(image, 0.6, Metadata.of_places(1.0, 2.0, 7, hour)).vector for hour in (0, 23)]
    assert all(not torch.allclose(a, b) for n, a in enumerate(told) for b in told[:n])
    torch.testing.assert_close(*midnight)  # the reference's period is 23 hours
