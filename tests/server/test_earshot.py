"""Earshot itself: what is opened belongs together, or is refused in words before anything is answered."""

import csv

import pytest
import torch

from model.errors import GalleryError
from model.gallery import build_gallery
from model.sat2sound import ModelConfig, Sat2Sound, open_checkpoint, save_checkpoint
from server.earshot import Earshot, open_model
from server.errors import StartError


def test_a_gallery_of_another_checkpoint_is_refused(make_settings, tmp_path):
    torch.manual_seed(1)
    save_checkpoint(Sat2Sound(ModelConfig.tiny()), tmp_path / "other.safetensors")
    with pytest.raises(GalleryError, match="build the gallery again"):
        open_model(make_settings(checkpoint=str(tmp_path / "other.safetensors")))


@pytest.mark.parametrize(
    ("scale", "said"), [(None, "holds no captions, and a place"), ("1", "holds no captions at scale 3, and a place")]
)
def test_a_gallery_that_has_no_words_for_a_scale_is_refused(home, make_settings, tmp_path, scale, said):
    """Only recordings, or only captions of one scale."""
    (tmp_path / "source").mkdir()
    row = ["r", "", "beach", "surf on sand", "CC0-1.0", "Ann", "surf on sand", "3", "1.0"]
    if scale is not None:
        row = ["c", scale, "beach", "surf on sand", "CC0-1.0", "Ann", "", "", ""]
    with (tmp_path / "source/gallery.csv").open("w", newline="") as file:
        columns = ["id", "scale", "scene", "text", "licence", "author", "foley", "seed", "seconds"]
        csv.writer(file).writerows([columns, row])
    build_gallery(tmp_path / "source", tmp_path / "gallery", open_checkpoint(home / "checkpoint.safetensors"))
    with pytest.raises(StartError, match=said):
        open_model(make_settings(gallery=str(tmp_path / "gallery")))


def test_its_paths_are_put_behind_the_address_it_is_reached_at(earshot, make_settings):
    settings = make_settings(base_url="https://ear.example/shot")
    opened = Earshot(settings, earshot.model, earshot.gallery, earshot.imagery, earshot.engines)
    assert opened.url("/search?q=waves") == "https://ear.example/shot/search?q=waves"
    assert earshot.url("/search") == "/search"


def test_warming_runs_the_model_once_and_looks_for_captions_of_every_scale(earshot, monkeypatch):
    ran, looked = [], []
    embed, captions = Sat2Sound.embed_images, type(earshot.matches).captions
    monkeypatch.setattr(Sat2Sound, "embed_images", lambda self, *given: ran.append(1) or embed(self, *given))
    monkeypatch.setattr(
        type(earshot.matches), "captions", lambda self, *asked: looked.append(asked[2]) or captions(self, *asked)
    )
    earshot.warm()
    assert (len(ran), looked) == (1, list(earshot.model.config.scales))


def test_what_is_kept_lies_in_the_data_folder_it_was_given(earshot, make_settings):
    settings = make_settings()
    opened = Earshot(settings, earshot.model, earshot.gallery, earshot.imagery, earshot.engines)
    assert opened.regions.folder == settings.data_dir / "regions"
    assert (settings.data_dir / "sounds").is_dir()
