"""Foley's sources as recordings whose names are known."""

import pytest
import torch

from model.scenes.captions import SCENES, read_sound_captions
from model.synthesis.foley.sources import SOURCES
from model.training.labelled.foley_clips import DATASET, RECORDED, foley_captions, foley_samples, sound_name


def test_foley_clips_name_their_sources_and_scenes():
    samples = foley_samples(2, seed=1)
    names = {caption.sound for caption in foley_captions()}
    assert all(s.sound in names and s.scenes for s in samples)
    assert torch.equal(foley_samples(1, seed=1)[0].log_mel, samples[0].log_mel)


def test_a_source_that_recordings_have_a_name_for_goes_by_it():
    known = {caption.sound for caption in read_sound_captions()}
    assert set(RECORDED) <= set(SOURCES)
    assert set(RECORDED.values()) <= known


@pytest.mark.parametrize(("source", "name"), [("surf", "sea_waves"), ("swell", "foley/swell"), ("tram", "foley/tram")])
def test_any_other_goes_by_its_own(source, name):
    assert sound_name(source) == name


def test_every_description_is_a_caption_of_its_sound_in_known_scenes():
    captions = foley_captions()
    assert len(captions) == sum(len(source.descriptions) for source in SOURCES.values())
    assert all(caption.voice == "audio" and set(caption.scenes) <= set(SCENES) for caption in captions)


def test_none_are_none_and_progress_counts_those_made(monkeypatch):
    assert foley_samples(0, seed=1) == ()
    told = []
    samples = foley_samples(1, seed=1, progress=lambda *steps: told.append(steps))
    assert told == [(1, 1)]
    assert samples[0].dataset == DATASET
