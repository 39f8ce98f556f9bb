"""The image stages: what each may change."""

import dataclasses

import pytest
import torch

from model.sat2sound import Sat2Sound
from model.training.labelled.captioned import CaptionBank
from model.training.labelled.image_stage import BACKBONE, train_images


@pytest.fixture
def stemmed(short):
    """The short configuration with a convolutional stem, whose batch norms have statistics of their own."""
    return dataclasses.replace(short, model=dataclasses.replace(short.model, image_stem=(4, 8, 8)))


@pytest.fixture
def trained(stemmed, pictures, few_captions, few_sounds, tmp_path):
    def run(name: str) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
        torch.manual_seed(0)
        model = Sat2Sound(stemmed.model)
        bank = CaptionBank(few_captions, few_sounds, model.text_encoder)
        before = {key: value.clone() for key, value in model.state_dict().items()}
        train_images(model, stemmed, pictures, bank, tmp_path, lambda _: None, name)
        return before, model.state_dict()

    return run


def test_the_head_stage_leaves_the_image_encoder_bit_for_bit_as_it_was(trained):
    before, after = trained("head")
    changed = {key for key in after if not torch.equal(before[key], after[key])}
    assert not [key for key in changed if key.startswith(BACKBONE)]
    assert {"codebook.concepts", "image_encoder.projector.0.weight"} <= changed


def test_after_the_warm_stage_everything_but_the_image_encoder_is_drawn_anew(trained, stemmed):
    before, after = trained("warm")
    torch.manual_seed(stemmed.seed)
    fresh = Sat2Sound(stemmed.model).state_dict()
    assert torch.equal(after["codebook.concepts"], fresh["codebook.concepts"])
    assert not torch.equal(after["image_encoder.patch.0.weight"], before["image_encoder.patch.0.weight"])


def test_a_stage_of_no_steps_changes_nothing(stemmed, pictures, few_captions, few_sounds, tmp_path):
    none = dataclasses.replace(stemmed, warm=dataclasses.replace(stemmed.warm, steps=0))
    model = Sat2Sound(none.model)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    bank = CaptionBank(few_captions, few_sounds, model.text_encoder)
    train_images(model, none, pictures, bank, tmp_path, lambda _: None, "warm")
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())
