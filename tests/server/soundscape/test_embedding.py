"""What the model makes of places: the same alone and together, and each told its own month."""

import numpy as np
import pytest
import torch

from model.sat2sound import ModelConfig, Sat2Sound
from server.earshot import Earshot
from server.http.parameters import PointQuery
from server.sound.orders import GENERATED
from server.soundscape.embedding import embed_places, match_written

HERE = PointQuery(lat=0.05, lon=0.02)


def test_places_together_are_embedded_as_each_is_alone(earshot, look_at):
    queries = [PointQuery(lat=0.1 * i, lon=-0.2, scale=scale) for i, scale in enumerate((1, 3, 5, 1))]
    inputs = look_at(earshot, queries)
    for one, together in zip(inputs, embed_places(earshot.model, inputs), strict=True):
        (alone,) = embed_places(earshot.model, [one])
        np.testing.assert_allclose(together.vector, alone.vector, atol=1e-5)
        np.testing.assert_allclose(together.weights, alone.weights, atol=1e-5)


def test_the_weights_of_a_place_sum_to_one_and_make_its_vector(earshot, embed_at):
    (place,) = embed_at(earshot, [HERE])
    assert place.weights.sum() == pytest.approx(1, abs=1e-5)
    concepts = earshot.model.codebook.concepts.detach().numpy()
    np.testing.assert_allclose(place.weights @ concepts, place.vector, atol=1e-5)


def test_a_checkpoint_with_metadata_is_told_the_month_of_each_row(earshot, make_settings, look_at):
    torch.manual_seed(2)
    model = Sat2Sound(ModelConfig.tiny(metadata=True)).eval().requires_grad_(False)
    seasonal = Earshot(make_settings(), model, earshot.gallery, earshot.imagery, earshot.engines)
    inputs = look_at(seasonal, [HERE.model_copy(update={"month": month}) for month in (1, 7, None)])
    together = embed_places(model, inputs)
    assert not np.allclose(together[0].vector, together[1].vector)
    for one, place in zip(inputs, together, strict=True):
        np.testing.assert_allclose(place.vector, embed_places(model, [one])[0].vector, atol=1e-5)


def test_a_written_caption_scores_as_the_cosine_of_its_words_and_the_place(earshot, embed_at):
    (place,) = embed_at(earshot, [HERE])
    found = match_written(earshot.model, place, "waves on rocks")
    with torch.inference_mode():
        words = earshot.model.embed_texts(["waves on rocks"]).vector[0].numpy()
    cosine = words @ place.vector / np.linalg.norm(words) / np.linalg.norm(place.vector)
    assert found.score == pytest.approx(float(cosine), abs=1e-6)
    assert (found.id, found.text, found.gallery) == (GENERATED, "waves on rocks", None)
