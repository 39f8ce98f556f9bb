"""A place in words: the nearest of the galleries, what it is made of, and a sound that leads back to it."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from server.http.parameters import PointQuery
from server.soundscape.describe import Describer
from server.soundscape.schemas import CaptionMatch

HERE = PointQuery(lat=0.05, lon=0.02, k=3)


@pytest.fixture
def describer(earshot):
    return Describer(earshot.model, earshot.matches, earshot.orders, lambda order: "on-request", "https://ear")


@pytest.fixture(scope="module")
def place(earshot, look_at, embed_at):
    (looked_at,), (embedding,) = look_at(earshot, [HERE]), embed_at(earshot, [HERE])
    return looked_at.chip, embedding


def test_captions_and_recordings_are_the_gallerys_nearest_best_first(describer, place, earshot):
    chip, embedding = place
    answer = describer.describe(HERE, chip, embedding)
    scores, ids = earshot.gallery.galleries["gallery"].nearest(embedding.vector[None], 3, "caption", scale=1)
    assert [match.id for match in answer.captions] == ids[0].tolist()
    assert [match.score for match in answer.captions] == [float(score) for score in scores[0]]
    assert [match.text for match in answer.captions] == [earshot.gallery.entry(id).text for id in ids[0].tolist()]
    assert len(answer.recordings) == 2
    assert answer.route == "retrieval"


def test_concepts_are_the_heaviest_first_with_their_names(describer, place, earshot):
    chip, embedding = place
    told = describer.describe(HERE, chip, embedding).concepts
    assert [concept.weight for concept in told] == sorted((float(w) for w in embedding.weights if w > 0), reverse=True)[
        : len(told)
    ]
    assert all(concept.name == earshot.model.concept_names.get(concept.id) for concept in told)


def test_the_sound_is_of_the_first_caption_and_its_url_leads_to_the_same_place(describer, place, earshot):
    chip, embedding = place
    query = PointQuery(lat=0.05, lon=0.02, scale=3, hour=4)
    answer = describer.describe(query, chip, embedding)
    assert answer.sound.job == earshot.orders.of_match(answer.captions[0], query).key
    url = urlsplit(answer.sound.url)
    assert answer.sound.url.startswith("https://ear/soundscape/audio?")
    asked = {"lat": ["0.05"], "lon": ["0.02"], "scale": ["3"], "hour": ["4"], "imagery": ["null-island"]}
    assert parse_qs(url.query) == asked


def test_a_caption_written_for_the_place_stands_alone_and_is_sure_of_nothing(describer, place):
    chip, embedding = place
    written = CaptionMatch(id="generated", text="gulls over a quay", score=0.2)
    answer = describer.describe(HERE.model_copy(update={"caption": "generate"}), chip, embedding, written)
    assert (answer.captions, answer.confidence, answer.route) == ([written], None, "generation")
    assert "caption=generate" in answer.sound.url


def test_a_gsd_the_checkpoint_never_saw_is_marked(describer, place, earshot):
    chip = earshot.imagery.get("null-island").read(0.05, 0.02, 50.0, 64)
    notes = describer.describe(HERE, chip, place[1]).notes
    assert any("50 m per pixel" in note and "0.3 to 30 m" in note for note in notes)


def test_a_kept_answer_takes_the_engine_and_the_state_of_now_and_nothing_else(describer, place):
    chip, embedding = place
    kept = describer.describe(HERE, chip, embedding)
    now = replace(describer, state=lambda order: "ready").with_sound_now(kept, HERE)
    assert now.sound.state == "ready"
    assert now.model_copy(update={"sound": kept.sound}) == kept


def test_a_place_that_weighs_nothing_names_no_concept(describer, place):
    chip, embedding = place
    assert describer.describe(HERE, chip, replace(embedding, weights=np.zeros_like(embedding.weights))).concepts == []
