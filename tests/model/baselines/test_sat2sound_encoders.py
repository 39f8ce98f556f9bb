"""Sat2Sound is evaluated on what rows hold: crops at a scale, first clips, captions, and the metadata told."""

import dataclasses

import pytest
import torch

from model.baselines.sat2sound_encoders import Sat2SoundEncoders, metadata_of
from model.sat2sound import ModelConfig, Sat2Sound, centre_crop, image_tensor
from model.sat2sound.config import METADATA_FIELDS
from model.sat2sound.metadata import encode_metadata
from tests.model.training.toy_pairs import TOY, toy_row

ROWS = [toy_row(n) for n in range(3)]


@pytest.fixture(scope="module")
def encoders() -> Sat2SoundEncoders:
    torch.manual_seed(0)
    return Sat2SoundEncoders(Sat2Sound(ModelConfig.tiny(metadata=True)).eval(), TOY)


def test_it_is_what_its_checkpoint_says(encoders):
    assert (encoders.name, encoders.scales, encoders.metadata_fields) == ("tiny", (1, 3, 5), METADATA_FIELDS)


@pytest.mark.parametrize("scale", [1, 2])
def test_images_are_centre_crops_at_the_scale_with_its_ground_distance(encoders, scale):
    found = encoders.embed_images(ROWS, scale, ())
    pixels = 64 * scale
    images = torch.stack([image_tensor(centre_crop(row.image, pixels), 32) for row in ROWS])
    with torch.inference_mode():
        expected = encoders.model.embed_images(images, 10.0 * scale, metadata_of(ROWS, ())).vector
    torch.testing.assert_close(found, expected)


def test_metadata_is_told_field_by_field(encoders):
    none, month, all_of_it = (encoders.embed_images(ROWS, 1, fields) for fields in ((), ("month",), METADATA_FIELDS))
    assert not torch.allclose(none, month)
    assert not torch.allclose(month, all_of_it)


def test_a_model_without_metadata_is_told_none():
    torch.manual_seed(0)
    plain = Sat2SoundEncoders(Sat2Sound(ModelConfig.tiny()).eval(), TOY)
    assert plain.metadata_fields == ()
    assert plain.embed_images(ROWS, 1, METADATA_FIELDS).shape == (3, 32)


def test_of_a_recording_the_first_clip_is_heard(encoders):
    other = [dataclasses.replace(row, log_mel=torch.stack([row.log_mel[0], row.log_mel[1] + 9])) for row in ROWS]
    assert torch.equal(encoders.embed_audio(ROWS), encoders.embed_audio(other))


def test_captions_are_those_of_the_sound_or_of_the_image_at_the_scale(encoders):
    with torch.inference_mode():
        heard = encoders.model.embed_texts([row.audio_caption for row in ROWS]).vector
        seen = encoders.model.embed_texts([row.image_captions[2] for row in ROWS]).vector
    torch.testing.assert_close(encoders.embed_audio_captions(ROWS), heard)
    torch.testing.assert_close(encoders.embed_image_captions(ROWS, 2), seen)


@pytest.mark.parametrize("field", METADATA_FIELDS)
def test_one_field_told_is_valid_alone(field):
    encoded = encode_metadata(metadata_of(ROWS[1:], (field,)), 2)
    valid = dict(zip(METADATA_FIELDS, encoded.valid.any(dim=0).tolist(), strict=True))
    assert valid == {name: name == field for name in METADATA_FIELDS}


def test_what_a_row_does_not_know_is_masked():
    unknown = dataclasses.replace(toy_row(1), latitude=None, longitude=None, audio_source=None)
    encoded = encode_metadata(metadata_of([unknown]), 1)
    assert encoded.valid.tolist() == [[False, True, False, True, True]]
