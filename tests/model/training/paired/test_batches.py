"""Batches as the paper draws them: a scale a row, metadata dropped field by field, everything of one row together."""

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image

from model.sat2sound import ModelConfig
from model.sat2sound.metadata import encode_metadata
from model.training.dataset.row_windows import RowWindows
from model.training.paired.batches import (
    VALUES,
    PairedBatches,
    caption_problem,
    resized_crop,
    row_values,
    scale_problem,
    scales_of,
    told_metadata,
)
from model.training.paired.colour_jitter import ColourJitter
from tests.model.training.toy_pairs import TOY, ToyPairs, toy_row


def test_each_row_is_drawn_at_one_scale_with_its_gsd_and_caption():
    row = dataclasses.replace(toy_row(0), image_captions={1: "near", 2: "far"})
    data = ToyPairs(1)
    data.shuffled = lambda seed, epoch, skip=0: iter([row][skip:])  # type: ignore[method-assign]
    batches = PairedBatches(ModelConfig.tiny(), TOY, RowWindows(data, 1, 0), ColourJitter(), 0.0)
    drawn = [batches.make(np.random.default_rng(seed), 0) for seed in range(40)]
    assert {(batch.gsd.item(), batch.image_captions) for batch in drawn} == {(10.0, ("near",)), (20.0, ("far",))}
    clips = {bool(torch.equal(batch.log_mel[0], row.log_mel[0])) for batch in drawn}
    assert clips == {True, False}
    assert drawn[0].metadata is None


def test_a_row_without_a_caption_of_its_image_is_no_use():
    assert caption_problem(toy_row(0)) is None
    assert caption_problem(dataclasses.replace(toy_row(0), image_captions={})) is not None


def test_a_row_is_drawn_only_at_scales_that_its_image_fills():
    row = dataclasses.replace(toy_row(0), image_captions={1: "near", 2: "far"})
    small = dataclasses.replace(row, image=row.image.crop((0, 0, 64, 64)))
    assert (scales_of(row, TOY), scales_of(small, TOY)) == ([1, 2], [1])
    assert scale_problem(small, TOY) is None
    far = dataclasses.replace(small, image_captions={2: "far"})
    assert "its image of 64 x 64 pixels fills less than half" in str(scale_problem(far, TOY))


@pytest.mark.parametrize(("dropout", "count"), [(0.5, 9), (0.5, 10), (0.25, 9), (1.0, 9), (0.0, 9)])
def test_each_metadata_field_is_missing_from_as_many_rows_as_told(dropout, count):
    rows = [row_values(toy_row(n)) for n in range(count)]
    never = {"month": sum(v["month"] is None for v in rows)}
    fields = ModelConfig.tiny(metadata=True).metadata_fields
    metadata = told_metadata(rows, fields, dropout, np.random.default_rng(0))
    missing = (~encode_metadata(metadata, count).valid).sum(dim=0).tolist()
    assert missing == [max(int(dropout * count), never.get(field, 0)) for field in fields]


def test_metadata_fields_are_dropped_independently_and_what_stays_is_the_rows_own():
    rows = [row_values(toy_row(n)) for n in range(40)]
    metadata = told_metadata(rows, ("audio_source", "latlong", "time"), 0.5, np.random.default_rng(0))
    patterns = {(a is None, b is None) for a, b in zip(metadata.audio_source, metadata.hour, strict=True)}
    assert len(patterns) == 4
    assert all((a is None) == (b is None) for a, b in zip(metadata.latitude, metadata.longitude, strict=True))
    assert all(h in (None, row["hour"]) for h, row in zip(metadata.hour, rows, strict=True))
    assert metadata.month is None


def test_a_batch_has_a_row_of_everything_for_each_row():
    model = ModelConfig.tiny(metadata=True)
    batches = PairedBatches(model, TOY, RowWindows(ToyPairs(12), 6, 0), ColourJitter(), 0.5)
    batch = batches.make(np.random.default_rng(0), 0)
    assert batch.images.shape == (6, 3, 32, 32)
    assert batch.gsd.shape == (6,)
    assert batch.log_mel.shape == (6, 1001, 64)
    assert len(batch.audio_captions) == len(batch.image_captions) == 6
    assert encode_metadata(batch.metadata, 6).valid.shape == (6, 5)


def test_the_same_step_and_generator_give_the_same_batch():
    batches = PairedBatches(ModelConfig.tiny(), TOY, RowWindows(ToyPairs(12), 6, 0), ColourJitter(), 0.5)
    one, again = (batches.make(np.random.default_rng(3), 1) for _ in range(2))
    assert torch.equal(one.images, again.images)
    assert one.image_captions == again.image_captions


def test_the_gsd_told_is_that_of_the_crop_in_the_models_own_pixels():
    model = dataclasses.replace(ModelConfig.tiny(), tile_pixels=128)
    batches = PairedBatches(model, TOY, RowWindows(ToyPairs(6), 6, 0), ColourJitter(), 0.0)
    gsd = batches.make(np.random.default_rng(0), 0).gsd
    assert set(gsd.tolist()) <= {10.0 * scale * 64 / 128 for scale in TOY.scales}


def test_a_crop_is_the_middle_at_the_models_size():
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[10:30, 10:30] = 200
    crop = np.asarray(resized_crop(Image.fromarray(pixels), 20, 8))
    assert crop.shape == (8, 8, 3)
    assert (crop == 200).all()


def test_values_of_a_row_go_by_the_names_of_metadata():
    assert row_values(toy_row(3)).keys() == set(VALUES)
    assert row_values(toy_row(3))["hour"] == 3


def test_without_a_generator_nothing_is_dropped():
    rows = [row_values(toy_row(n)) for n in range(6)]
    metadata = told_metadata(rows, ("time", "latlong"), 0.5)
    assert metadata.hour == [row["hour"] for row in rows]
    assert metadata.latitude == [row["latitude"] for row in rows]
    assert metadata.month is None
