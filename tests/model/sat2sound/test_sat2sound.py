"""The model's promises at tiny size: shapes, refusals, and rows that do not depend on their neighbours."""

import numpy as np
import pytest
import torch
from PIL import Image

from model.errors import AudioError, InvalidInput
from model.sat2sound import Metadata, ModelConfig, Sat2Sound, centre_crop, image_tensor
from model.sat2sound.codebook import sparsemax
from model.sat2sound.features import log_mel, ten_seconds


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny()).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def fused():
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny(metadata=True)).eval().requires_grad_(False)


IMAGES = torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(3))


def test_every_way_in_gives_one_vector_and_one_simplex_a_row(model):
    embeddings = {
        3: model.embed_images(IMAGES, [0.6, 1.8, 10.0]),
        2: model.embed_texts(["waves on rocks", "a tram passes and bells ring from a tower far away"]),
        1: model.embed_audio(np.random.default_rng(0).normal(size=(1, 8000)).astype(np.float32), 8000),
    }
    for rows, e in embeddings.items():
        assert e.vector.shape == (rows, 32)
        assert e.weights.shape == (rows, 48)
        torch.testing.assert_close(e.weights.sum(dim=1), torch.ones(rows))
        torch.testing.assert_close(e.vector, e.weights @ model.codebook.concepts)
        torch.testing.assert_close(e.normalised().norm(dim=1), torch.ones(rows), atol=1e-4, rtol=0)


def test_a_row_does_not_depend_on_its_batch(model, fused):
    whole = model.embed_images(IMAGES, [0.6, 1.8, 10.0]).vector
    for i, gsd in enumerate([0.6, 1.8, 10.0]):
        torch.testing.assert_close(model.embed_images(IMAGES[i : i + 1], gsd).vector, whole[i : i + 1])
    known = Metadata(latitude=[1.0, 2.0, 3.0], longitude=[4.0, 5.0, 6.0], month=[1, None, 3], hour=[None, 5, 6])
    whole = fused.embed_images(IMAGES, 0.6, known).vector
    for i in range(3):
        row = Metadata([known.latitude[i]], [known.longitude[i]], [known.month[i]], [known.hour[i]])
        torch.testing.assert_close(fused.embed_images(IMAGES[i : i + 1], 0.6, row).vector, whole[i : i + 1])


def test_the_scale_and_the_metadata_change_the_answer(model, fused):
    assert not torch.allclose(model.embed_images(IMAGES, 0.6).vector, model.embed_images(IMAGES, 6.0).vector)
    noon, midnight = Metadata(hour=12), Metadata(hour=0)
    assert not torch.allclose(
        fused.embed_images(IMAGES, 0.6, noon).vector, fused.embed_images(IMAGES, 0.6, midnight).vector
    )


def test_patch_affinity_has_a_row_a_patch_and_no_metadata_tokens(fused):
    assert fused.patch_affinity(IMAGES, 0.6, Metadata(hour=3)).shape == (3, 16, 48)


def test_dropping_patches_computes_just_the_ones_kept(model):
    keep = torch.tensor([[0, 5, 9]] * 3)
    assert model.image_tokens(IMAGES, 0.6, keep=keep).shape == (3, 3, 32)
    everything = torch.arange(16).expand(3, -1)
    torch.testing.assert_close(
        model.embed_images(IMAGES, 0.6, keep=everything).vector, model.embed_images(IMAGES, 0.6).vector
    )


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda m: m.embed_images(torch.zeros(1, 3, 31, 32), 0.6), "images"),
        (lambda m: m.embed_images(torch.zeros(0, 3, 32, 32), 0.6), "images"),
        (lambda m: m.embed_images(IMAGES, [0.6, 0.6]), "gsd"),
        (lambda m: m.embed_images(IMAGES, float("nan")), "gsd"),
        (lambda m: m.embed_images(IMAGES, -1.0), "gsd"),
        (lambda m: m.embed_images(IMAGES, 0.6, Metadata(hour=1)), "metadata"),
        (lambda m: m.embed_text_tokens(torch.zeros(1, 4, 3)), "tokens"),
        (lambda m: m.embed_text_tokens(torch.zeros(1, 4, 384), torch.ones(1, 5).bool()), "mask"),
        (lambda m: m.embed_log_mel(torch.zeros(1, 100, 63)), "log_mel"),
        (lambda m: image_tensor(np.zeros((4, 4), np.uint8), 32), "image"),
    ],
)
def test_an_input_that_does_not_fit_is_refused_by_name(model, call, field):
    with pytest.raises(InvalidInput, match=field):
        call(model)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"latitude": 91.0, "longitude": 0.0}, "latitude"),
        ({"latitude": 0.0, "longitude": -181.0}, "longitude"),
        ({"month": 0}, "month"),
        ({"hour": 24}, "hour"),
        ({"hour": [1, 2]}, "hour"),
        ({"audio_source": "radio"}, "audio_source"),
        ({"caption_source": 3}, "caption_source"),
    ],
)
def test_metadata_out_of_range_is_refused_by_name(fused, values, field):
    with pytest.raises(InvalidInput, match=field):
        fused.embed_images(IMAGES, 0.6, Metadata(**values))


def test_sources_go_by_name_or_index(fused):
    by_name = fused.embed_images(IMAGES, 0.6, Metadata(audio_source="aporee", caption_source="qwen"))
    by_index = fused.embed_images(IMAGES, 0.6, Metadata(audio_source=2, caption_source=1))
    assert torch.equal(by_name.vector, by_index.vector)


@pytest.mark.parametrize(
    ("waveform", "rate", "word"),
    [
        (np.zeros((1, 0), np.float32), 32000, "waveforms"),
        (np.full((1, 100), np.nan, np.float32), 32000, "NaN"),
        (np.zeros((1, 100), np.float32), 10, "sample_rate"),
        (np.zeros((1, 2, 3), np.float32), 32000, "waveforms"),
    ],
)
def test_a_waveform_that_cannot_be_heard_is_refused(model, waveform, rate, word):
    with pytest.raises(AudioError, match=word):
        model.embed_audio(waveform, rate)


def test_ten_seconds_are_cut_or_padded_at_the_end_at_any_rate():
    tone = np.sin(2 * np.pi * 440 * np.arange(44100 * 3) / 44100).astype(np.float32)
    padded = ten_seconds(tone, 44100)
    assert padded.shape == (1, 320000)
    assert float(padded[0, 32000 * 3 + 100 :].abs().max()) < 1e-3
    assert ten_seconds(np.ones((2, 32000 * 12), np.float32), 32000).shape == (2, 320000)


def test_log_mel_of_silence_sits_on_the_floor_and_a_tone_in_its_band():
    mel = log_mel(torch.zeros(1, 320000))
    assert mel.shape == (1, 1001, 64)
    assert torch.equal(mel, torch.full_like(mel, -100.0))
    time = torch.arange(320000) / 32000
    low, high = (int(log_mel(torch.sin(2 * torch.pi * f * time)[None])[0, 500].argmax()) for f in (200, 8000))
    assert low < 10 < 45 < high


def test_centre_crop_pads_small_images_and_rounds_half_to_even():
    assert centre_crop(np.zeros((303, 305, 3), np.uint8), 300).size == (300, 300)
    small = np.asarray(centre_crop(np.full((3, 3, 3), 255, np.uint8), 6))
    assert small[1:4, 1:4].min() == 255
    assert small.sum() == 27 * 255


@pytest.mark.parametrize(("name", "size", "crop"), [("bing_z1", 1500, 300), ("bing_z3", 1500, 900)])
def test_image_tensor_undoes_to_the_resized_pixels(name, size, crop):
    del name
    pixels = np.random.default_rng(size).integers(0, 255, (size, size, 3), dtype=np.uint8)
    tensor = image_tensor(centre_crop(pixels, crop), 224)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    back = ((tensor.permute(1, 2, 0) * std + mean) * 255).round().numpy().astype(np.uint8)
    offset = (size - crop) // 2
    expected = Image.fromarray(pixels[offset : offset + crop, offset : offset + crop]).resize((224, 224), 3)
    np.testing.assert_array_equal(back, np.asarray(expected))


def test_sparsemax_is_the_projection_onto_the_simplex():
    z = torch.tensor([[0.1, 1.1, 0.2], [5.0, 0.0, 0.0], [0.3, 0.3, 0.3]])
    torch.testing.assert_close(sparsemax(z), torch.tensor([[0.0, 0.95, 0.05], [1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]]))


def test_captions_can_be_learnt_from_though_their_encoder_is_frozen():
    model = Sat2Sound(ModelConfig.tiny())
    model.embed_texts(["rain", "a longer caption of rain"]).vector.sum().backward()
    assert model.codebook.concepts.grad is not None
