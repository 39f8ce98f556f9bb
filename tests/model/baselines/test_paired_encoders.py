"""Whatever is evaluated, it is asked in the same words and answers in the same shapes."""

import inspect

import pytest
import torch

from model.baselines.paired_encoders import PairedEncoders
from model.baselines.sat2sound_encoders import Sat2SoundEncoders
from model.baselines.soundingearth import SoundingEarth, SoundingEarthSizes
from model.sat2sound import ModelConfig, Sat2Sound
from tests.model.training.toy_pairs import TOY, toy_row

ROWS = [toy_row(n) for n in range(2)]
KINDS = {"sat2sound": Sat2SoundEncoders, "soundingearth": SoundingEarth}
METHODS = [name for name, _ in inspect.getmembers(PairedEncoders, inspect.isfunction) if name.startswith("embed_")]


@pytest.fixture(params=KINDS)
def encoders(request) -> PairedEncoders:
    torch.manual_seed(0)
    if request.param == "sat2sound":
        return Sat2SoundEncoders(Sat2Sound(ModelConfig.tiny(metadata=True)).eval(), TOY)
    return SoundingEarth(
        SoundingEarthSizes("small", 18, dim=8, width=2, image_size=16, bands=16, tile_pixels=64)
    ).eval()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_each_takes_what_the_protocol_says(kind, method):
    asked, taken = (list(inspect.signature(getattr(owner, method)).parameters) for owner in (PairedEncoders, kind))
    assert taken == asked


def test_each_says_its_name_scales_and_metadata(encoders):
    assert encoders.name
    assert encoders.scales
    assert isinstance(encoders.metadata_fields, tuple)


def test_images_and_recordings_lie_in_one_space(encoders):
    images = encoders.embed_images(ROWS, 1, encoders.metadata_fields)
    sounds = encoders.embed_audio(ROWS)
    assert images.shape == sounds.shape
    assert images.isfinite().all()
    assert sounds.isfinite().all()


def test_captions_lie_there_too_or_are_not_read(encoders):
    for found in (encoders.embed_audio_captions(ROWS), encoders.embed_image_captions(ROWS, 1)):
        assert found is None or found.shape == encoders.embed_audio(ROWS).shape


def test_nothing_that_is_embedded_is_to_be_learnt_from(encoders):
    assert not encoders.embed_images(ROWS, 1, ()).requires_grad
    assert not encoders.embed_audio(ROWS).requires_grad
