"""Sizes of a directory: the published ones by default, others where its files say so, impossible ones by name."""

import dataclasses
import json

import pytest

from model.errors import CheckpointError
from model.synthesis.tangoflux.config import FIXED, FLAN_T5_LARGE, OOBLECK, TangoFluxConfig, local_text_encoder

PUBLISHED = {
    field.name: getattr(TangoFluxConfig(), field.name)
    for field in dataclasses.fields(TangoFluxConfig)
    if field.name not in ("text", "vae")
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(PUBLISHED))
    return tmp_path


def test_a_directory_with_config_json_alone_has_the_published_sizes(folder):
    assert TangoFluxConfig.read(folder) == TangoFluxConfig()


def test_what_config_json_says_beside_sizes_is_not_looked_at(folder):
    (folder / "config.json").write_text(json.dumps({**PUBLISHED, "uncondition": False}))
    assert TangoFluxConfig.read(folder) == TangoFluxConfig()


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_field_that_is_missing_or_of_another_type_is_named(folder, name):
    for value in ({}, {name: None}, {name: [1]}):
        left = {key: known for key, known in PUBLISHED.items() if key != name}
        (folder / "config.json").write_text(json.dumps({**left, **value}))
        with pytest.raises(CheckpointError, match=f"missing or of another type: {name}"):
            TangoFluxConfig.read(folder)


def test_a_truth_value_is_no_number(folder):
    (folder / "config.json").write_text(json.dumps({**PUBLISHED, "num_layers": True}))
    with pytest.raises(CheckpointError, match="num_layers"):
        TangoFluxConfig.read(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "3"])
def test_what_is_no_json_object_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(CheckpointError, match=r"config\.json"):
        TangoFluxConfig.read(folder)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r"config\.json: not a readable"):
        TangoFluxConfig.read(tmp_path)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"num_layers": 0}, "num_layers"),
        ({"num_single_layers": 0}, "num_single_layers"),
        ({"audio_seq_len": 0}, "audio_seq_len"),
        ({"max_duration": 0}, "max_duration"),
        ({"in_channels": 32}, "in_channels"),
        ({"attention_head_dim": 64}, "attention_head_dim"),
        ({"joint_attention_dim": 512}, "joint_attention_dim"),
        *(({"vae": {**OOBLECK, name: 7}}, f"vae {name}") for name in FIXED),
    ],
)
def test_sizes_that_do_not_fit_together_are_named(changes, field):
    with pytest.raises(CheckpointError, match=field):
        dataclasses.replace(TangoFluxConfig(), **changes)


def test_a_text_encoder_of_the_directorys_own_gives_its_sizes(folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "config.json").write_text(json.dumps({**FLAN_T5_LARGE, "d_model": 64}))
    (folder / "config.json").write_text(
        json.dumps({**PUBLISHED, "text_encoder_name": "mine", "joint_attention_dim": 64})
    )
    assert TangoFluxConfig.read(folder).text["d_model"] == 64


def test_a_vae_config_changes_what_it_names_alone(folder):
    (folder / "vae_config.json").write_text(json.dumps({"encoder_hidden_size": 8}))
    vae = TangoFluxConfig.read(folder).vae
    assert vae["encoder_hidden_size"] == 8
    assert vae["decoder_channels"] == OOBLECK["decoder_channels"]


def test_the_text_encoder_is_found_by_its_name_or_in_the_usual_folder(tmp_path):
    assert local_text_encoder(tmp_path, "google/flan-t5-large") is None
    with pytest.raises(CheckpointError, match="no folder 'mine'"):
        local_text_encoder(tmp_path, "mine")
    (tmp_path / "text_encoder").mkdir()
    (tmp_path / "text_encoder" / "config.json").write_text("{}")
    assert local_text_encoder(tmp_path, "anything") == tmp_path / "text_encoder"
