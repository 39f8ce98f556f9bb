"""Sizes that do not fit together are refused by name, and a configuration survives its JSON."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import CheckpointError
from model.sat2sound.config import IMAGERY, METADATA_FIELDS, ModelConfig

READY = {
    "default": ModelConfig(),
    "embedded": ModelConfig.embedded(),
    "tiny": ModelConfig.tiny(),
    "tiny with metadata": ModelConfig.tiny(metadata=True),
    **{f"{kind} {metadata}": ModelConfig.published(kind, metadata) for kind in IMAGERY for metadata in (True, False)},
}


@pytest.mark.parametrize("config", READY.values(), ids=READY)
def test_a_configuration_comes_back_from_its_json(config):
    assert ModelConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"image_size": 225}, "patch_size"),
        ({"image_stem": (8, 8)}, "image_stem"),
        ({"image_width": 770}, "image_width"),
        ({"image_heads": 7}, "image_width"),
        ({"fusion_heads": 7}, "fusion_heads"),
        ({"metadata_fields": ("month", "latlong")}, "metadata_fields"),
        ({"metadata_fields": ("weather",)}, "metadata_fields"),
        ({"audio_heads": (4, 8)}, "audio_heads"),
        ({"audio_depths": (2, 2, 0, 2)}, "audio_heads"),
        ({"mel_bands": 60}, "mel_bands"),
        ({"audio_window": 7}, "audio_window"),
        ({"temperature": 0.0}, "temperature"),
        ({"gsd_range": (3.0, 0.6)}, "gsd_range"),
        ({"gsd_range": (0.0, 0.6)}, "gsd_range"),
    ],
)
def test_sizes_that_do_not_fit_together_are_refused_by_name(changes, field):
    with pytest.raises(CheckpointError, match=rf"'bingmap_withmeta'.*{field}"):
        dataclasses.replace(ModelConfig(), **changes)


def test_every_wrong_field_is_named_at_once():
    with pytest.raises(CheckpointError, match="mel_bands, temperature"):
        ModelConfig(mel_bands=60, temperature=-1)


def test_heads_of_the_fusion_do_not_matter_without_metadata():
    assert not dataclasses.replace(ModelConfig(), fusion_heads=7, metadata_fields=()).uses_metadata


@pytest.mark.parametrize("text", ["", "[]", "3", "null", '{"dim": 1024, "colour": "red"}', '{"dim"'])
def test_what_is_no_configuration_is_refused(text):
    with pytest.raises(CheckpointError):
        ModelConfig.from_json(text)


@given(st.dictionaries(st.text(max_size=8), st.integers(), min_size=1, max_size=3))
def test_unknown_fields_are_never_taken(values):
    known = {field.name for field in dataclasses.fields(ModelConfig)}
    if not values.keys() <= known:
        with pytest.raises(CheckpointError):
            ModelConfig.from_json(json.dumps(values))


def test_lists_of_json_become_tuples():
    config = ModelConfig.from_json(json.dumps({"scales": [1, 3]}))
    assert config.scales == (1, 3)


@pytest.mark.parametrize(
    ("imagery", "metadata", "name", "pixels", "gsd", "scales"),
    [
        ("bingmap", True, "bingmap_withmeta", 300, (0.6, 3.0), (1, 3, 5)),
        ("sentinel", False, "sentinel_nometa", 256, (10.0, 50.0), (1, 3, 5)),
        ("SoundingEarth", True, "SoundingEarth_withmeta", 256, (0.2, 0.2), (1,)),
    ],
)
def test_published_configurations_state_their_imagery(imagery, metadata, name, pixels, gsd, scales):
    config = ModelConfig.published(imagery, metadata)
    assert (config.name, config.tile_pixels, config.scales) == (name, pixels, scales)
    assert config.gsd_range == pytest.approx(gsd)
    assert config.metadata_fields == (METADATA_FIELDS if metadata else ())
    assert config.imagery == imagery


def test_imagery_that_was_never_published_is_refused_and_the_known_are_listed():
    with pytest.raises(CheckpointError, match=r"'landsat'.*bingmap, sentinel, SoundingEarth"):
        ModelConfig.published("landsat")


@pytest.mark.parametrize("name", ["embedded", "tiny", "mine_bingmap", ""])
def test_any_other_name_is_for_whatever_it_is_shown(name):
    assert dataclasses.replace(ModelConfig.tiny(), name=name).imagery is None


def test_grids_and_widths_follow_from_the_sizes():
    config = ModelConfig()
    assert (config.grid, config.audio_grid, config.audio_dim) == (14, 64, 768)
    tiny = ModelConfig.tiny()
    assert (tiny.grid, tiny.audio_grid, tiny.audio_dim) == (4, 32, 32)


@pytest.mark.parametrize(
    ("values", "name", "fields"),
    [
        ({}, "bingmap_nometa", ()),
        ({"sat_type": "sentinel", "metadata_type": "none"}, "sentinel_nometa", ()),
        ({"metadata_type": "latlong_month_time_asource_tsource"}, "bingmap_withmeta", METADATA_FIELDS),
        ({"metadata_type": "month_latlong"}, "bingmap_withmeta", ("latlong", "month")),
        ({"dataset_type": "SoundingEarth", "sat_type": "bingmap"}, "SoundingEarth_nometa", ()),
    ],
)
def test_the_options_of_a_published_run_say_what_it_is(values, name, fields):
    config = ModelConfig.from_hyper_parameters(values)
    assert (config.name, config.metadata_fields) == (name, fields)


def test_sizes_of_a_published_run_are_taken_over():
    config = ModelConfig.from_hyper_parameters({"fc_dim": 512, "codebook_size": 4000, "sat_input_size": 112})
    assert (config.dim, config.codebook_size, config.image_size) == (512, 4000, 112)
