"""A checkpoint is opened as whatever its header says it is, on the imagery it was trained on."""

import dataclasses

import pytest
import torch

from model.baselines import encoders as module
from model.baselines.encoders import SYSTEMS, TRAINED_ON, open_encoders, trained_imagery
from model.baselines.pairs import IMAGERIES
from model.baselines.sat2sound_encoders import Sat2SoundEncoders
from model.baselines.soundingearth import SoundingEarth, SoundingEarthSizes, save_soundingearth
from model.errors import CheckpointError, NotPulled, TrainingError
from model.sat2sound import ModelConfig, Sat2Sound, save_checkpoint
from model.sat2sound.config import IMAGERY

BING = IMAGERIES["bingmap"]


def saved(path, name="tiny"):
    torch.manual_seed(0)
    save_checkpoint(Sat2Sound(dataclasses.replace(ModelConfig.tiny(), name=name)), path)
    return path


@pytest.fixture
def baseline(tmp_path):
    sizes = SoundingEarthSizes("small", 18, dim=8, width=2, image_size=16, bands=16, tile_pixels=32)
    save_soundingearth(SoundingEarth(sizes), tmp_path / "baseline.safetensors")
    return tmp_path / "baseline.safetensors"


def test_a_checkpoint_of_ours_is_opened_as_sat2sound(tmp_path):
    encoders = open_encoders(saved(tmp_path / "m.safetensors"), BING)
    assert isinstance(encoders, Sat2SoundEncoders)
    assert encoders.imagery is BING


def test_a_baseline_is_opened_by_its_header_and_on_any_imagery(baseline):
    for imagery in IMAGERIES.values():
        assert isinstance(open_encoders(baseline, imagery), SoundingEarth)
    assert trained_imagery(baseline) is None


def test_a_further_system_needs_no_more_than_its_entry(baseline, monkeypatch):
    opened = []
    monkeypatch.setattr(
        module, "SYSTEMS", {"soundingearth": lambda path, device: opened.append((path, device)) or "it"}
    )
    assert open_encoders(baseline, BING) == "it"
    assert opened == [(baseline, str(module.best_device()))]
    assert set(SYSTEMS) == {"soundingearth"}


@pytest.mark.parametrize(("name", "imagery"), [("bingmap_x", "bingmap"), ("sentinel_x", "sentinel"), ("mine", None)])
def test_the_imagery_a_checkpoint_was_trained_on_is_read_from_its_name(tmp_path, name, imagery):
    assert trained_imagery(saved(tmp_path / "m.safetensors", name)) == imagery


def test_every_published_imagery_has_a_name_in_data_sets():
    assert TRAINED_ON.keys() == IMAGERY.keys()
    assert set(TRAINED_ON.values()) == set(IMAGERIES)


def test_a_published_checkpoint_is_refused_other_imagery_and_both_are_named(tmp_path):
    path = saved(tmp_path / "m.safetensors", "sentinel_nometa")
    assert open_encoders(path, IMAGERIES["sentinel"]).name == "sentinel_nometa"
    with pytest.raises(TrainingError, match="trained on sentinel imagery, not on bingmap"):
        open_encoders(path, BING)


@pytest.mark.parametrize("content", [b"", b"no tensors", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_a_file_of_something_else_is_a_checkpoint_error(tmp_path, content):
    (tmp_path / "m.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"m\.safetensors"):
        open_encoders(tmp_path / "m.safetensors", BING)
    with pytest.raises(CheckpointError):
        trained_imagery(tmp_path / "m.safetensors")


def test_a_published_checkpoint_is_looked_for_in_the_data_folder_told(tmp_path):
    for call in (lambda: open_encoders("published:bingmap_nometa", BING, tmp_path),
                 lambda: trained_imagery("published:bingmap_nometa", tmp_path)):  # fmt: skip
        with pytest.raises(NotPulled, match="earshot pull bingmap_nometa"):
            call()
