"""What is searched for as a vector: unit length, composed as the paper does, named by its content."""

import numpy as np
import pytest

from server.errors import InvalidInput
from server.search.query_embedding import QueryEmbedder, query_of_kept
from server.search.uploads import Recording


@pytest.fixture(scope="module")
def embedder(earshot):
    return QueryEmbedder(earshot.model)


@pytest.fixture(scope="module")
def noise():
    samples = np.random.default_rng(3).normal(0, 0.1, 16_000).astype(np.float32)
    return Recording(samples, 16_000, "d1935t")


def unit(vector):
    return vector / np.linalg.norm(vector)


def test_words_and_recordings_of_one_batch_are_embedded_as_each_is_alone(embedder, noise):
    together = embedder.embed(["waves", noise, "cars"])
    for item, vector in zip(["waves", noise, "cars"], together, strict=True):
        np.testing.assert_allclose(vector, embedder.embed([item])[0], atol=1e-5)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert embedder.embed([]) == []


def test_a_recording_and_words_are_the_sum_of_their_unit_vectors(embedder, noise):
    words, sound = embedder.embed(["waves", noise])
    both = embedder.embed_query("waves", noise, None)
    np.testing.assert_allclose(both.vector, unit(words + sound), atol=1e-5)
    assert both.recording
    assert (both.text, both.against, both.difference) == ("waves", None, False)


def test_a_query_is_named_by_what_it_is_made_of(embedder, noise):
    parts = [("waves", None, None), ("cars", None, None), (None, noise, None), ("waves", noise, None)]
    ids = [embedder.embed_query(*part).id for part in parts]
    assert len(set(ids)) == len(parts)
    assert ids == [embedder.embed_query(*part).id for part in parts]
    assert all(len(id) == 32 and set(id) <= set("0123456789abcdef") for id in ids)


def test_what_it_is_held_against_changes_its_key_and_not_its_id(embedder):
    alone, held = embedder.embed_query("waves", None, None), embedder.embed_query("waves", None, "cars")
    assert alone.id == held.id
    assert alone.key != held.key
    assert held.difference
    np.testing.assert_allclose(held.against, embedder.embed(["cars"])[0], atol=1e-6)


def test_a_concept_is_looked_for_by_its_own_vector_and_under_its_name(embedder, earshot):
    found = embedder.concept(7, None, None)
    np.testing.assert_allclose(found.vector, unit(earshot.model.codebook.concepts[7].detach().numpy()), atol=1e-5)
    assert (found.concept, found.text) == (7, "surf on sand")
    assert embedder.concept(8, None, None).text == "concept 8"
    assert embedder.concept(8, None, None).id != found.id


@pytest.mark.parametrize("id", [-1, 10_000])
def test_a_concept_there_is_not_is_refused(embedder, id):
    with pytest.raises(InvalidInput, match=f"not {id}"):
        embedder.concept(id, None, None)


def test_a_query_that_is_kept_is_the_same_query_again(embedder, noise):
    query = embedder.embed_query("waves", noise, None)
    again = query_of_kept(embedder.to_keep(query), None, None)
    assert (again.id, again.key, again.text, again.recording) == (query.id, query.key, query.text, query.recording)
    np.testing.assert_array_equal(again.vector, query.vector)
    against = embedder.embed(["cars"])[0]
    assert query_of_kept(embedder.to_keep(query), "cars", against).against is against
