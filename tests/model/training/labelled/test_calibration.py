"""Confidence is fitted on held-back images, and only confidence changes."""

import math

import pytest
import torch

from model.training.labelled.calibration import _error, calibrate
from model.training.labelled.captioned import CaptionBank
from model.training.labelled.train import train


@pytest.fixture(scope="module")
def trained(short, pictures, tones, few_captions, tmp_path_factory):
    from model.sat2sound import open_checkpoint

    folder = tmp_path_factory.mktemp("calibrated")
    return open_checkpoint(train(short, pictures, tones, folder, lambda _: None, few_captions).checkpoint)


def test_the_scale_found_beats_those_around_it_and_is_stored(trained, pictures, few_captions):
    bank = CaptionBank(few_captions, (), trained.text_encoder)
    before = {name: tensor.clone() for name, tensor in trained.state_dict().items()}
    found = calibrate(trained, pictures.validation, bank)
    assert trained.caption_scale == pytest.approx(found.scale)
    assert found.images == len(pictures.validation)
    assert 0 <= found.error <= 1
    changed = {name for name, tensor in trained.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed <= {"log_scales.fdt"}
    again = calibrate(trained, pictures.validation, bank)
    assert again == found


def test_the_error_is_zero_where_confidence_equals_accuracy_and_large_where_it_boasts():
    right = torch.tensor([1.0, 1.0, 1.0, 0.0])
    assert _error(torch.full((4,), 0.75), right) == pytest.approx(0.0, abs=1e-6)
    assert _error(torch.full((4,), 0.99), 1 - right) == pytest.approx(0.74, abs=1e-6)
    assert not math.isnan(_error(torch.tensor([1.0]), torch.tensor([1.0])))
