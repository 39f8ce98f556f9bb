"""A score taken apart by concepts: the parts are the whole, neither side is favoured, nothing else has a part."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.explain import contributions
from model.sat2sound import ModelConfig, Sat2Sound


def simplex(rng, size, support):
    weights = np.zeros(size, np.float32)
    weights[rng.permutation(size)[:support]] = rng.dirichlet(np.ones(support))
    return weights


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40), st.floats(1e-3, 1e3))
def test_contributions_add_up_to_the_cosine(seed, few, many, length):
    rng = np.random.default_rng(seed)
    concepts = (rng.normal(size=(40, 7)) * length + rng.normal()).astype(np.float32)
    first, second = simplex(rng, 40, few), simplex(rng, 40, many)
    u, v = first.astype(np.float64) @ concepts, second.astype(np.float64) @ concepts
    found = contributions(first, second, concepts)
    cosine = u @ v / (np.linalg.norm(u) * np.linalg.norm(v))
    assert found.score == pytest.approx(cosine, abs=1e-5)
    assert sum(part.contribution for part in found.parts) == pytest.approx(cosine, abs=1e-5)
    assert {part.concept for part in found.parts} == set(np.flatnonzero((first > 0) | (second > 0)))
    sizes = [abs(part.contribution) for part in found.parts]
    assert sizes == sorted(sizes, reverse=True)


def test_neither_side_is_favoured():
    rng = np.random.default_rng(3)
    concepts, first, second = rng.normal(size=(20, 5)), simplex(rng, 20, 4), simplex(rng, 20, 6)
    one, other = contributions(first, second, concepts), contributions(second, first, concepts)
    assert {part.concept: part.contribution for part in one.parts} == pytest.approx(
        {part.concept: part.contribution for part in other.parts}
    )
    assert one.shared == other.shared == int(((first > 0) & (second > 0)).sum())


def test_what_has_no_length_is_alike_to_nothing():
    found = contributions(np.eye(3)[0], np.eye(3)[1], np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    assert found.score == 0
    assert {part.contribution for part in found.parts} == {0.0}


def test_a_models_own_scores_are_taken_apart():
    torch.manual_seed(1)
    model = Sat2Sound(ModelConfig.tiny()).eval()
    with torch.inference_mode():
        image = model.embed_images(torch.randn(3, 3, 32, 32), 0.6)
        text = model.embed_texts(["waves on rocks", "birds", "traffic and horns in a city"])
        cosines = (image.normalised() @ text.normalised().T).numpy()
    concepts = model.codebook.concepts.detach().numpy()
    for i in range(3):
        for j in range(3):
            found = contributions(image.weights[i].numpy(), text.weights[j].numpy(), concepts)
            assert sum(part.contribution for part in found.parts) == pytest.approx(cosines[i, j], abs=1e-5)
