"""What a concept is named by: the phrases its heaviest entries share, weighed against how common they are."""

import math

import pytest

from model.explain import evidence
from model.explain.evidence import Candidate, gather_evidence
from tests.model.explain.made_activations import made

SEA = ["surf on the sand", "surf and gulls", "a church bell", "a church bell rings"]


def test_a_concept_nobody_weighs_has_no_evidence():
    assert [each.id for each in gather_evidence(made([[0, 1, 0], [0, 2, 0]]))] == [1]


def test_mass_and_activity_count_every_entry_that_weighs_it():
    (one,) = gather_evidence(made([[0.5], [0.25], [0.0]]))
    assert one.mass == pytest.approx(0.75)
    assert one.active == 2


def test_entries_come_heaviest_first_and_equal_ones_in_their_order():
    (one,) = gather_evidence(made([[0.2], [0.9], [0.2], [0.5]]))
    assert [entry.id for entry in one.entries] == ["c1", "c3", "c0", "c2"]


def test_a_phrase_shared_by_two_is_a_candidate_and_one_of_a_single_entry_is_not():
    (sea, bell) = gather_evidence(made([[1, 0], [1, 0], [0, 1], [0, 1]], SEA))
    assert [candidate.phrase for candidate in sea.candidates] == ["surf"]
    assert bell.candidates[0].phrase == "church bell"


def test_where_no_phrase_is_shared_every_phrase_is_a_candidate():
    (one, _) = gather_evidence(made([[1, 0], [0, 1]], ["surf on sand", "a bell"]))
    assert {candidate.phrase for candidate in one.candidates} == {"surf", "sand", "surf on sand"}


def test_a_phrase_scores_by_its_share_against_what_is_expected_and_by_its_length():
    (_, bell) = gather_evidence(made([[1, 0], [1, 0], [0, 1], [0, 1]], SEA))
    assert bell.candidates[0] == Candidate("church bell", pytest.approx(2 * math.log(2)))


def test_what_everyone_says_scores_nothing():
    (one, two) = gather_evidence(made([[1, 0], [0, 1]], ["wind", "wind"]))
    assert one.candidates == two.candidates == (Candidate("wind", 0.0),)


def test_weights_and_not_numbers_of_entries_decide_the_share():
    weights = [[0.9, 0], [0.1, 0], [0.1, 0], [0, 1]]
    (one, _) = gather_evidence(made(weights, ["surf surf", "gulls", "gulls", "bell"]))
    phrases = {candidate.phrase: candidate.score for candidate in one.candidates}
    assert phrases == {"gulls": pytest.approx(0.2 / 1.1 * math.log((0.2 / 1.1) / 0.5))}


def test_titles_speak_too():
    activations = made([[1.0]])
    entry = activations.entries[0]
    titled = type(entry)(entry.id, "quiet", "CC0-1.0", title="Church bell")
    found = gather_evidence(type(activations)((titled,), activations.weights))[0]
    assert "church bell" in found.said


def test_single_words_are_listed_apart_for_telling_concepts_apart():
    (_, bell) = gather_evidence(made([[1, 0], [1, 0], [0, 1], [0, 1]], SEA))
    assert set(bell.words) == {"church", "bell", "rings"}
    assert bell.said >= {"church bell", "bell rings"}


def test_only_so_many_entries_candidates_and_words_are_looked_at(monkeypatch):
    monkeypatch.setattr(evidence, "ENTRIES", 1)
    monkeypatch.setattr(evidence, "CANDIDATES", 2)
    monkeypatch.setattr(evidence, "WORDS", 1)
    (one,) = gather_evidence(made([[0.9], [0.5]], ["surf breaks loudly", "bell"]))
    assert [entry.id for entry in one.entries] == ["c0"]
    assert one.active == 2
    assert len(one.candidates) == 2
    assert len(one.words) == 1
    assert "bell" not in one.said
