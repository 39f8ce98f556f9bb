"""Attention: by the reference's definition and by ours, of patches alone, each telling of its own place."""

import numpy as np
import pytest
import torch

from model.errors import InvalidInput
from model.explain import choose_words, concept_focus, focus_vector, patch_map, patch_queries, text_focus
from model.explain.patches import REACHES
from model.sat2sound import Metadata, ModelConfig, Sat2Sound
from model.sat2sound.codebook import sparsemax
from model.sat2sound.image_encoder import out_of_reach

TEXT = "heavy traffic and birds in the trees"


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny()).eval()


@pytest.fixture(scope="module")
def telling():
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny(metadata=True)).eval()


@pytest.fixture
def images():
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(5))


def test_a_map_is_the_affinity_of_patches_weighed_by_what_is_looked_for(model, images):
    focus = text_focus(model, TEXT, method="reference")
    with torch.inference_mode():
        affinity = model.patch_affinity(images, 0.6).numpy()  # (2, 16, 48)
    queries = patch_queries(model, images, 0.6, method="reference").numpy()
    expected = affinity @ focus / (np.sqrt(32) * model.config.temperature)
    for row in range(2):
        found = patch_map(queries[row], focus_vector(model, focus))
        np.testing.assert_allclose(found, expected[row].reshape(4, 4), atol=1e-5)


def test_a_concepts_map_is_its_own_affinity(model, images):
    with torch.inference_mode():
        affinity = model.patch_affinity(images, 0.6)[0, :, 7].numpy()
    queries = patch_queries(model, images, 0.6, method="reference")[0].numpy()
    found = patch_map(queries, focus_vector(model, concept_focus(model, 7)))
    np.testing.assert_allclose(found.ravel(), affinity / (np.sqrt(32) * model.config.temperature), atol=1e-5)


def test_the_reference_takes_each_words_first_tokens_strongest_concept(model):
    words = choose_words(TEXT, ["traffic", "birds"])
    with torch.inference_mode():
        tokens, _ = model.text_encoder.encode([TEXT])
        strongest = model.codebook.affinity(tokens, "text")[0].argmax(dim=1)
    spans = model.text_encoder.spans(TEXT)
    first = [strongest[[start for start, _ in spans].index(word.start)].item() for word in words]
    expected = np.zeros(48, np.float32)
    for concept in first:
        expected[concept] += 0.5
    np.testing.assert_allclose(text_focus(model, TEXT, words, "reference"), expected)


def test_a_whole_text_weighs_concepts_as_its_embedding_does(model):
    with torch.inference_mode():
        weights = model.embed_texts([TEXT]).weights[0].numpy()
    np.testing.assert_allclose(text_focus(model, TEXT), weights, atol=1e-6)


def test_chosen_words_weigh_concepts_by_their_own_tokens_read_in_context(model):
    words = choose_words(TEXT, ["birds"])
    with torch.inference_mode():
        tokens, _ = model.text_encoder.encode([TEXT])
        row = next(i for i, (start, _) in enumerate(model.text_encoder.spans(TEXT)) if start == words[0].start)
        affinity = model.codebook.affinity(tokens, "text")[0, row]
        weights = sparsemax(affinity[None] / (np.sqrt(32) * model.config.temperature))[0].numpy()
    np.testing.assert_allclose(text_focus(model, TEXT, words), weights, atol=1e-6)
    assert not np.allclose(text_focus(model, "heavy birds"), text_focus(model, TEXT, words))


@pytest.mark.parametrize("method", ["aggregate", "reference"])
def test_what_is_looked_for_sums_to_one(model, method):
    for words in ([], choose_words(TEXT, ["trees", "traffic"])):
        focus = text_focus(model, TEXT, words, method)
        assert focus.min() >= 0
        assert focus.sum() == pytest.approx(1, abs=1e-5)


def test_a_text_without_words_is_refused(model):
    with pytest.raises(InvalidInput, match="q: holds no word"):
        text_focus(model, "?!")


def test_words_beyond_what_the_model_reads_are_refused(model):
    text = " ".join(["ab"] * 600 + ["gulls"])
    with pytest.raises(InvalidInput, match="words: 'gulls' lies beyond"):
        text_focus(model, text, choose_words(text, ["gulls"]))


def test_patches_see_their_neighbours_and_no_further():
    blocked = out_of_reach(3, 1)
    assert blocked.shape == (9, 9)
    assert not blocked[4].any()  # the middle sees all
    assert blocked[0].tolist() == [False, False, True, False, False, True, True, True, True]
    assert torch.equal(blocked, blocked.T)


def test_a_far_patch_does_not_change_what_a_patch_asks_for(model, images):
    torch.manual_seed(0)
    changed = images.clone()
    changed[:, :, 24:, 24:] += 3  # the last of 4 x 4 patches
    near = model.config.image_depth * 1  # each block reaches one patch further
    one, other = (model.patch_queries(x, 0.6, reach=1) for x in (images, changed))
    moved = (one - other).abs().amax(dim=(0, 2)).reshape(4, 4) > 1e-5
    assert moved[3, 3]
    for row in range(4):
        for column in range(4):
            if max(3 - row, 3 - column) > near:
                assert not moved[row, column]
    everywhere = (model.patch_queries(images, 0.6) - model.patch_queries(changed, 0.6)).abs().amax(dim=(0, 2))
    assert (everywhere > 1e-5).all()


def test_the_aggregate_looks_at_every_reach_alike(model, images):
    expected = torch.stack([model.patch_queries(images, 0.6, reach=reach) for reach in REACHES]).mean(dim=0)
    torch.testing.assert_close(patch_queries(model, images, 0.6), expected)


@pytest.mark.parametrize("method", ["aggregate", "reference"])
def test_metadata_has_no_patch_in_the_grid(telling, images, method):
    metadata = Metadata(latitude=40.0, longitude=8.0, month=6, hour=5, audio_source="iNat", caption_source="qwen")
    queries = patch_queries(telling, images, 0.6, metadata, method)
    assert queries.shape == (2, 16, 32)
    tokens = telling.image_tokens(images, 0.6, metadata)
    assert tokens.shape == (2, 16 + 5, 32)
    if method == "reference":
        torch.testing.assert_close(queries, telling.codebook.ask(tokens[:, :16], "image"))


def test_metadata_colours_patches_at_every_reach(telling, images):
    night, noon = (Metadata(latitude=40.0, longitude=8.0, month=6, hour=hour) for hour in (2, 12))
    one, other = (patch_queries(telling, images, 0.6, told) for told in (night, noon))
    assert (one - other).abs().amax(dim=(0, 2)).min() > 1e-6


def test_with_metadata_too_a_far_patch_does_not_change_what_a_patch_asks_for_within_one_layer():
    config = ModelConfig.tiny(metadata=True)
    torch.manual_seed(0)
    fusion = Sat2Sound(config).eval().metadata_fusion
    from model.sat2sound.metadata import encode_metadata

    encoded = encode_metadata(Metadata(latitude=1.0, longitude=2.0, month=3, hour=4), 1)
    patches = torch.randn(1, 16, 32)
    changed = patches.clone()
    changed[:, 15] += 2
    one, other = (fusion(x, encoded, out_of_reach(4, 1)) for x in (patches, changed))
    moved = (one - other).abs().amax(dim=(0, 2)) > 1e-6
    assert moved[:16].nonzero().ravel().tolist() == [10, 11, 14, 15]
    assert moved[16:].all()  # metadata sees every patch
