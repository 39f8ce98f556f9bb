"""Place, month and hour go round in circles; what is unknown is masked, and masked rows do not lean on others."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import InvalidInput
from model.sat2sound import Metadata, ModelConfig
from model.sat2sound.config import METADATA_FIELDS
from model.sat2sound.metadata import (
    AUDIO_SOURCES,
    CAPTION_SOURCES,
    FIELD_VALUES,
    MetadataFusion,
    encode_metadata,
)

CONFIG = ModelConfig.tiny(metadata=True)


@pytest.fixture(scope="module")
def fusion() -> MetadataFusion:
    torch.manual_seed(0)
    return MetadataFusion(CONFIG).eval().requires_grad_(False)


def patches(count: int = 2) -> torch.Tensor:
    return torch.randn(count, 4, CONFIG.dim, generator=torch.Generator().manual_seed(0))


def test_every_token_is_made_of_fields_that_metadata_has():
    assert tuple(FIELD_VALUES) == METADATA_FIELDS
    known = Metadata.__dataclass_fields__.keys()
    assert {name for names in FIELD_VALUES.values() for name in names} == set(known)


def test_nothing_known_is_all_masked_and_zero():
    encoded = encode_metadata(Metadata(), 3)
    assert not encoded.valid.any()
    assert (encoded.latlong == 0).all()
    assert (encoded.month == 0).all()
    assert (encoded.audio_source == 0).all()


def test_one_value_stands_for_every_row():
    encoded = encode_metadata(Metadata(latitude=10, longitude=20, month=3), 4)
    assert encoded.valid.tolist() == [[False, False, True, True, False]] * 4
    torch.testing.assert_close(encoded.month, encoded.month[:1].expand(4, -1))


def test_a_none_in_a_row_masks_that_row_alone():
    encoded = encode_metadata(Metadata(hour=[3, None]), 2)
    assert encoded.valid[:, 4].tolist() == [True, False]
    assert encoded.time[1].tolist() == [0, 0]


def test_half_a_place_is_no_place():
    assert not encode_metadata(Metadata(latitude=3), 1).valid[0, 2]


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(1, 12), st.integers(0, 23))
@settings(max_examples=40, deadline=None)
def test_encodings_lie_on_the_unit_circle(latitude, longitude, month, hour):
    encoded = encode_metadata(Metadata(latitude, longitude, month, hour), 1)
    for pair in (encoded.latlong[:, :2], encoded.latlong[:, 2:], encoded.month, encoded.time):
        torch.testing.assert_close(pair.norm(dim=1), torch.ones(1))


def test_the_dateline_is_one_line_and_midnight_meets_23():
    west, east = (encode_metadata(Metadata(0, longitude), 1).latlong for longitude in (-180, 180))
    torch.testing.assert_close(west, east, atol=1e-6, rtol=0)
    early, late = (encode_metadata(Metadata(hour=hour), 1).time for hour in (0, 23))
    torch.testing.assert_close(early, late, atol=1e-6, rtol=0)


def test_latitude_has_a_period_of_180_degrees_as_in_the_reference():
    encoded = encode_metadata(Metadata(latitude=45, longitude=0), 1)
    torch.testing.assert_close(encoded.latlong[0, :2], torch.tensor([math.sin(math.pi / 2), math.cos(math.pi / 2)]))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"latitude": 91}, "latitude"),
        ({"longitude": -181}, "longitude"),
        ({"month": 0}, "month"),
        ({"month": 13}, "month"),
        ({"hour": 24}, "hour"),
        ({"audio_source": "spotify"}, "audio_source"),
        ({"caption_source": 3}, "caption_source"),
        ({"audio_source": -1}, "audio_source"),
        ({"month": [1, 2, 3]}, "month"),
        ({"caption_source": ["meta", "x"]}, "caption_source"),
    ],
)
def test_what_cannot_be_is_refused_by_name(values, field):
    with pytest.raises(InvalidInput, match=f"metadata {field}"):
        encode_metadata(Metadata(**values), 2)


@pytest.mark.parametrize(("index", "name"), tuple(enumerate(AUDIO_SOURCES)))
def test_a_source_goes_by_name_or_index(index, name):
    by_name, by_index = (encode_metadata(Metadata(audio_source=value), 1) for value in (name, index))
    assert by_name.audio_source.tolist() == by_index.audio_source.tolist() == [index]


def test_where_no_recording_is_the_sources_are_those_of_the_demo():
    metadata = Metadata.of_places(1.0, 2.0, None, 5)
    assert (metadata.audio_source, metadata.caption_source) == (AUDIO_SOURCES[0], CAPTION_SOURCES[0])
    assert (metadata.latitude, metadata.month, metadata.hour) == (1.0, None, 5)


def test_tensors_are_taken_as_they_are():
    encoded = encode_metadata(Metadata(month=torch.tensor([1.0, 6.0])), 2)
    assert encoded.valid[:, 3].all()


def test_fused_tokens_are_the_patches_then_one_a_field(fusion):
    fused = fusion(patches(), encode_metadata(Metadata.of_places(1, 2, 3, 4), 2))
    assert fused.shape == (2, 4 + len(METADATA_FIELDS), CONFIG.dim)


def test_masked_tokens_are_zero_before_fusion(fusion):
    encoded = encode_metadata(Metadata(month=3), 2)
    tokens = fusion.tokens(encoded, encoded.valid)
    masked = ~encoded.valid
    assert (tokens[masked] == 0).all()
    assert (tokens[encoded.valid] != 0).any()


def test_a_row_never_depends_on_its_neighbours(fusion):
    mixed = encode_metadata(Metadata(latitude=[1, None], longitude=[2, None], month=[None, 4]), 2)
    alone = encode_metadata(Metadata(month=4), 1)
    torch.testing.assert_close(fusion(patches(), mixed)[1:], fusion(patches()[1:], alone), atol=1e-5, rtol=1e-5)


def test_masked_tokens_at_the_end_of_a_row_are_zero_outside_training(fusion):
    known = encode_metadata(Metadata(audio_source=0, caption_source=0), 1)  # latlong, month, time masked behind them
    fused = fusion(patches(1), known)
    assert (fused[0, -3:] == 0).all()
    assert (fused[0, :-3] != 0).any(dim=1).all()


def test_what_is_told_changes_the_patches(fusion):
    march, june = (fusion(patches(1), encode_metadata(Metadata(month=month), 1))[:, :4] for month in (3, 6))
    assert not torch.allclose(march, june)


def test_patches_out_of_reach_do_not_see_each_other_but_all_see_the_metadata(fusion):
    unseen = ~torch.eye(4, dtype=torch.bool)
    known = encode_metadata(Metadata.of_places(1, 2, 3, 4), 1)
    changed = patches(1)
    changed[0, 0] += 1
    before, after = (fusion(x, known, unseen) for x in (patches(1), changed))
    assert before.shape == (1, 9, CONFIG.dim)
    assert not torch.allclose(before[0, 0], after[0, 0])
