"""Images in bfloat16: as near to float32 as promised, and exact where it says so."""

import pytest
import torch

from model.errors import InvalidInput
from model.sat2sound import Metadata, ModelConfig, Sat2Sound, open_checkpoint, set_precision
from model.sat2sound.codebook import LIKELY_SUPPORT, sparsemax
from model.sat2sound.precision import best_precision, is_possible
from model.sat2sound.screening import Screen

packed = pytest.mark.skipif(not is_possible(), reason="this CPU has no bfloat16 kernels")


def twins(metadata=True):
    torch.manual_seed(0)
    exact = Sat2Sound(ModelConfig.tiny(metadata)).eval().requires_grad_(False)
    low = Sat2Sound(exact.config).eval().requires_grad_(False)
    low.load_state_dict(exact.state_dict())
    assert set_precision(low, "bfloat16") == low.precision == "bfloat16"
    return exact, low


@packed
def test_at_the_published_size_bfloat16_stays_by_the_recorded_embeddings(checkpoints, golden, images, gsd, metadata):
    model = open_checkpoint(checkpoints / "bingmap_withmeta.ckpt")
    set_precision(model, "bfloat16")
    vector = model.embed_images(images, gsd, metadata).vector
    cosine = torch.cosine_similarity(vector, torch.from_numpy(golden["wm_img_emb"]))
    assert float(cosine.min()) >= 0.999


@packed
@pytest.mark.parametrize(
    "told",
    [
        Metadata(1.0, 2.0, 5, 13, "yfcc", "meta"),
        Metadata(1.0, 2.0),
        Metadata([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [5, None, 6], [None, 3, 4]),
        None,
    ],
)
def test_metadata_known_or_not_means_the_same(told):
    exact, low = twins()
    images, gsd = torch.randn(3, 3, 32, 32), [0.6, 1.8, 3.0]
    a, b = exact.embed_images(images, gsd, told), low.embed_images(images, gsd, told)
    assert float(torch.cosine_similarity(a.vector, b.vector).min()) > 0.999
    torch.testing.assert_close(b.weights.sum(dim=1), torch.ones(3))
    torch.testing.assert_close(exact.patch_affinity(images, gsd), low.patch_affinity(images, gsd), rtol=0.1, atol=0.2)


@packed
def test_a_row_does_not_depend_on_its_neighbours():
    _, low = twins(metadata=False)
    images = torch.randn(4, 3, 32, 32)
    together = low.embed_images(images, 0.6).vector
    alone = torch.cat([low.embed_images(image[None], 0.6).vector for image in images])
    assert float(torch.cosine_similarity(together, alone).min()) > 0.9999


@packed
def test_text_and_sound_stay_as_they_were():
    exact, low = twins()
    tokens, mel = torch.randn(2, 5, 384), torch.randn(2, 100, 64)
    torch.testing.assert_close(exact.embed_text_tokens(tokens).vector, low.embed_text_tokens(tokens).vector)
    torch.testing.assert_close(exact.embed_log_mel(mel).vector, low.embed_log_mel(mel).vector)


def test_small_models_stay_exact():
    model = Sat2Sound(ModelConfig.tiny(True))
    assert best_precision(model) == set_precision(model, "auto") == model.precision == "float32"


@pytest.mark.skipif(is_possible(), reason="this CPU has bfloat16 kernels")
def test_a_cpu_without_bfloat16_says_so_and_the_model_stays_as_it_was():
    model = Sat2Sound(ModelConfig.tiny(True)).eval()
    with pytest.raises(InvalidInput, match="this CPU has no bfloat16"):
        set_precision(model, "bfloat16")
    assert model.precision == "float32"
    assert model.embed_images(torch.randn(1, 3, 32, 32), 0.6).vector.isfinite().all()


@packed
def test_what_was_given_up_does_not_come_back():
    _, low = twins()
    with pytest.raises(InvalidInput, match="a model in bfloat16 on cpu cannot change to float32"):
        set_precision(low, "float32")


@packed
@pytest.mark.parametrize("spread", [0.2, 3.0, 60.0])
def test_screening_gives_the_weights_of_all_concepts(spread):
    """Narrow or wide: with a small spread nearly every concept has weight, and the search widens to all."""
    torch.manual_seed(1)
    concepts, queries = torch.randn(5000, 64), spread * torch.randn(9, 64)
    logits = (queries @ concepts.T).amax(dim=0) / 1000
    expected = sparsemax(logits[None])[0]
    vector, weights = Screen(concepts).weigh(queries, 1000.0, sparsemax)
    torch.testing.assert_close(weights, expected, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(vector, expected @ concepts, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("spread", [1e-6, 1e-3, 1.0])
def test_sparsemax_orders_as_many_values_as_its_support_needs(spread):
    z = spread * torch.randn(3, 4 * LIKELY_SUPPORT, generator=torch.Generator().manual_seed(2))
    weights = sparsemax(z.double())
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(3, dtype=torch.float64))
    shifted = z.double() - weights
    tau = shifted.gather(1, weights.argmax(dim=1, keepdim=True))
    torch.testing.assert_close(weights, (z.double() - tau).clamp(min=0))
