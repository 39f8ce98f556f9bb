"""Concepts are grouped by what they share and named in the words of the captions that weigh them, always the same."""

import csv

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from model.errors import GalleryError
from model.explain import Activations, activations_of, group_captions, name_concepts
from model.explain.evidence import gather_evidence
from model.explain.phrases import phrases, same_name, stop_words
from model.gallery import Gallery, GalleryEntry, build_gallery
from model.sat2sound import ModelConfig, Sat2Sound

CAPTIONS = {
    "sea1": "Surf breaks on the sand, and gulls call.",
    "sea2": "Heavy surf on sand and a whistling wind.",
    "sea3": "Gulls cry above the surf on the sand.",
    "city1": "Traffic hums and a church bell rings.",
    "city2": "A church bell over the traffic of the old town.",
    "farm1": "A tractor crosses the fields.",
}


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny()).eval()


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("concepts") / "source"
    folder.mkdir()
    with (folder / "gallery.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "text", "licence", "foley", "seconds"])
        table.writerows([id, text, "CC0-1.0", "", ""] for id, text in CAPTIONS.items())
        table.writerow(["wind", "wind in the pines", "CC0-1.0", "wind in trees", "1.5"])
    return folder


@pytest.fixture(scope="module")
def gallery(source, model):
    build_gallery(source, source.parent / "gallery", model)
    return Gallery.open(source.parent / "gallery")


@pytest.fixture(scope="module")
def activations(model, gallery):
    return activations_of(model, gallery)


def made_up(weights, texts=None):
    """Activations of captions with these weights (entries, concepts)."""
    texts = texts or [f"caption {n}" for n in range(len(weights))]
    entries = tuple(GalleryEntry(f"c{n}", text, "CC0-1.0") for n, text in enumerate(texts))
    return Activations(entries, csr_array(np.array(weights, np.float32)))


def coast_and_town():
    """Concept 0 belongs to the sea, 1 to the town, 2 to both alike, and nothing weighs 3."""
    weights = [[0.8, 0, 0.2, 0]] * 3 + [[0, 0.7, 0.3, 0]] * 2 + [[0, 0, 1, 0]]
    return made_up(weights, list(CAPTIONS.values()))


def test_every_entry_is_weighed_as_the_model_weighs_it(model, gallery, activations):
    assert [entry.id for entry in activations.entries] == [*CAPTIONS, "wind"]
    with torch.no_grad():
        captions = model.embed_texts(list(CAPTIONS.values())).weights
        clip = gallery.audio("wind")
        recording = model.embed_audio(clip.samples.mean(axis=0)[None], clip.sample_rate).weights
    np.testing.assert_allclose(activations.weights.toarray(), torch.cat([captions, recording]), atol=1e-5)


def test_progress_reaches_the_end(model, gallery):
    done = []
    activations_of(model, gallery, lambda now, total: done.append((now, total)))
    assert done[-1] == (7, 7)


def test_a_recording_that_cannot_be_heard_is_left_out_and_reported(model, tmp_path):
    import soundfile

    (tmp_path / "source").mkdir()
    soundfile.write(tmp_path / "source" / "a.wav", 0.1 * np.random.default_rng(0).normal(size=16_000), 16_000)
    rows = "id,text,licence,path\nc,waves,CC0-1.0,\nr,rain,CC0-1.0,a.wav\n"
    (tmp_path / "source" / "gallery.csv").write_text(rows)
    build_gallery(tmp_path / "source", tmp_path / "built", model)
    opened = Gallery.open(tmp_path / "built")
    next((tmp_path / "built").glob("audio/*")).write_bytes(b"changed")
    found = activations_of(model, opened)
    assert [entry.id for entry in found.entries] == ["c"]
    assert [skip.where for skip in found.skipped] == ["r"]

    (tmp_path / "source" / "gallery.csv").write_text(rows.replace("c,waves,CC0-1.0,\n", ""))
    build_gallery(tmp_path / "source", tmp_path / "mute", model)
    next((tmp_path / "mute").glob("audio/*")).write_bytes(b"changed")
    with pytest.raises(GalleryError, match="none of its 1 entries"):
        activations_of(model, Gallery.open(tmp_path / "mute"))


def test_captions_are_grouped_by_their_heaviest_concepts_whatever_their_order():
    groups = group_captions(
        made_up(
            [
                [0.4, 0.3, 0.2, 0.1, 0.0],
                [0.1, 0.0, 0.2, 0.4, 0.3],
                [0.2, 0.3, 0.5, 0.0, 0.0],
                [0.3, 0.3, 0.3, 0.1, 0.0],
                [0.0, 0.0, 0.0, 0.0, 1.0],
            ]
        )
    )
    assert [(group.concepts, [entry.id for entry in group.entries]) for group in groups] == [
        ((2, 0, 1), ["c2", "c0", "c3"]),
        ((3, 4, 2), ["c1"]),
        ((4,), ["c4"]),
    ]


def test_groups_hold_every_caption_once_and_no_recording(activations):
    grouped = [entry.id for group in group_captions(activations) for entry in group.entries]
    assert sorted(grouped) == sorted(CAPTIONS)


def test_where_two_concepts_weigh_the_same_the_smaller_id_counts():
    (group,) = group_captions(made_up([[0.25, 0.25, 0.25, 0.25]]))
    assert sorted(group.concepts) == [0, 1, 2]


def test_phrases_leave_out_articles_do_not_cross_punctuation_and_end_in_no_stop_word():
    found = phrases("Surf breaks on the sand, and the gulls of a harbour call.")
    assert {"surf", "surf breaks", "breaks on sand", "sand", "gulls of harbour", "harbour call"} <= set(found)
    assert not {"sand gulls", "and gulls", "on sand", "gulls of", "breaks on"} & set(found)
    assert all(len(phrase.split()) <= 3 for phrase in found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("text", ["", "...", "and the of", "12 34", "  — "])
def test_text_without_words_gives_no_phrases(text):
    assert phrases(text) == []


def test_phrases_keep_words_of_other_languages_and_hyphens_whole():
    assert "café-goers" in phrases("Café-goers talk")


def test_names_that_read_the_same_count_as_the_same():
    assert same_name("waves roll") == same_name("roll wave") != same_name("waves")
    assert same_name("grass") == {"grass"}


def test_a_concept_is_named_after_what_its_entries_share_and_others_lack(model):
    named = {concept.id: concept for concept in name_concepts(model, coast_and_town())}
    assert "surf" in named[0].name or "sand" in named[0].name
    assert "bell" in named[1].name or "traffic" in named[1].name
    assert named[0].active == 3
    assert set(named[0].examples) == {"c0", "c1", "c2"}


def test_a_concept_that_nothing_activates_stays_unnamed(model):
    assert [concept.id for concept in name_concepts(model, coast_and_town())] == [0, 1, 2]


def test_what_several_captions_say_comes_before_what_one_says():
    first = gather_evidence(coast_and_town())[0]
    texts = [text.lower() for text in list(CAPTIONS.values())[:3]]
    for candidate in first.candidates:
        assert sum(candidate.phrase in phrases(text) for text in texts) >= 2


def test_a_phrase_no_more_frequent_than_elsewhere_scores_nothing():
    (only,) = gather_evidence(made_up([[1.0], [1.0]], ["surf on sand", "surf on rock"]))
    scores = {candidate.phrase: candidate.score for candidate in only.candidates}
    assert scores["surf"] == pytest.approx(0)


def test_names_are_the_same_every_time_and_each_is_given_once(model, activations):
    named = name_concepts(model, activations)
    assert named == name_concepts(model, activations)
    assert len({same_name(concept.name) for concept in named}) == len(named) > 10


def test_names_are_short_made_of_the_entries_own_words_and_never_a_stop_word(model, activations):
    words = {word for entry in activations.entries for word in entry.text.lower().replace(",", "").strip(".").split()}
    words = {word.strip(".") for word in words}
    for concept in name_concepts(model, activations):
        parts = concept.name.replace(",", "").split()
        assert 1 <= len(parts) <= 4
        assert set(parts) <= words, concept.name
        assert parts[0] not in stop_words()
        assert parts[-1] not in stop_words()


def test_concepts_with_the_same_entries_are_told_apart_by_a_word(model):
    texts = ["Surf on sand", "Surf on sand"]
    named = name_concepts(model, made_up([[0.5, 0.3, 0.2]] * 2 + [[0, 0, 0]], [*texts, "Rain"]))
    assert len({same_name(concept.name) for concept in named}) == 3


def test_a_word_that_captions_say_beside_the_name_is_put_where_they_say_it(model):
    texts = ["Church bells", "Church bells", "Church choir"]
    named = name_concepts(model, made_up([[0.6, 0.4], [0.6, 0.4], [0.1, 0.1]], texts))
    assert "bells, church" not in {concept.name for concept in named}
    assert {"church bells"} <= {concept.name for concept in named}


def test_a_concept_without_a_word_of_its_own_stays_unnamed(model):
    named = name_concepts(model, made_up([[0.6, 0.4], [0, 0]], ["Surf", "Rain"]))
    assert [(concept.id, concept.name) for concept in named] == [(0, "surf")]


def test_naming_tells_how_far_it_is(model):
    done = []
    name_concepts(model, coast_and_town(), lambda now, total: done.append((now, total)))
    assert done[-1][0] == done[-1][1] > 0
