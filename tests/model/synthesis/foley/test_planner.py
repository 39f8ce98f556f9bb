"""From meaning to sources: by made-up sentence vectors, so that every threshold is met exactly."""

import numpy as np
import pytest
import torch

from model.synthesis.foley import planner as module
from model.synthesis.foley.planner import (
    CLOSE,
    MAX_SOURCES,
    ONE_WORD_THRESHOLD,
    THRESHOLD,
    Part,
    Planner,
    Scene,
    _Described,
    _surroundings,
    sentence_vectors,
)
from model.synthesis.foley.sources import SOURCES
from model.synthesis.foley.surroundings import SURROUNDINGS, USUAL

NAMES = ("surf", "gulls", "dogs", "train", "crowd", "engine", "rain")
FEW = {name: SOURCES[name] for name in NAMES}


class Meanings:
    """A text encoder whose sentences lie where the test says; all others lie apart from everything."""

    name, dim = "made up", 32

    def __init__(self, told: dict[str, dict[str, float]]) -> None:
        self.told, self.asked = told, []

    def encode(self, texts, device=None):
        self.asked.append(list(texts))
        return torch.stack([self._token(text) for text in texts])[:, None], torch.ones(len(texts), 1).bool()

    def spans(self, text):
        return []

    def _token(self, text):
        axis = next((i for i, name in enumerate(NAMES) if text in SOURCES[name].descriptions), None)
        token = torch.zeros(self.dim)
        if axis is not None:
            token[axis] = 1.0
            return token
        for name, cosine in self.told.get(text, {}).items():
            token[NAMES.index(name)] = cosine
        apart = -1 if text in self.told else -2  # places lie where nothing that is told does
        token[apart] = max(0.0, 1 - float(token.square().sum())) ** 0.5
        return token


def plan(caption: str, told: dict[str, dict[str, float]]) -> Scene:
    return Planner(FEW, Meanings(told)).plan(caption)


def names(scene: Scene) -> list[str]:
    return [part.name for part in scene.parts]


def test_a_clause_is_about_a_source_from_the_threshold_on():
    assert names(plan("surf breaks", {"surf breaks": {"surf": THRESHOLD + 0.01}})) == ["surf"]
    assert names(plan("surf breaks", {"surf breaks": {"surf": 0.2}})) == []


def test_a_single_word_must_lie_nearer():
    assert names(plan("gurgles", {"gurgles": {"gulls": ONE_WORD_THRESHOLD + 0.01}})) == ["gulls"]


def test_a_second_source_is_heard_where_it_is_nearly_as_near():
    near = 0.6
    both = {"a harbour sound": {"surf": near, "gulls": near - CLOSE / 2}}
    one = {"a harbour sound": {"surf": near, "gulls": near - 2 * CLOSE}}
    assert names(plan("a harbour sound", both)) == ["surf", "gulls"]
    assert names(plan("a harbour sound", one)) == ["surf"]


def test_later_clauses_are_a_little_quieter():
    scene = plan("dogs bark, a train passes", {"dogs bark": {"dogs": 0.7}, "a train passes": {"train": 0.7}})
    levels = {part.name: part.level_db for part in scene.parts}
    assert levels["train"] == levels["dogs"] - 1.0


def test_a_likelier_source_is_louder():
    sure, unsure = (plan("dogs bark", {"dogs bark": {"dogs": cosine}}).parts[0].level_db for cosine in (0.74, 0.5))
    assert sure > unsure


def test_levels_come_in_half_decibels():
    for cosine in (0.5, 0.57, 0.63, 0.71):
        level = plan("dogs bark", {"dogs bark": {"dogs": cosine}}).parts[0].level_db
        assert 2 * level == round(2 * level)


def test_a_source_named_twice_is_heard_once_at_its_loudest():
    told = {"dogs bark": {"dogs": 0.5}, "dogs howl": {"dogs": 0.75}}
    (part,) = plan("dogs bark, dogs howl", told).parts
    assert part == Part("dogs", -1.0)


def test_what_is_denied_is_not_heard_and_is_told():
    told = {"surf breaks": {"surf": 0.7}, "dogs barking": {"dogs": 0.7}}
    scene = plan("surf breaks, without dogs barking", told)
    assert names(scene) == ["surf"]
    assert scene.denied == {"dogs"}


def test_what_another_clause_says_more_clearly_is_not_denied():
    told = {"dogs bark": {"dogs": 0.9}, "loud dogs": {"dogs": 0.5}}
    assert names(plan("dogs bark, no loud dogs", told)) == ["dogs"]


def test_where_no_clause_names_a_source_the_whole_caption_does():
    assert names(plan("something odd here", {"something odd here": {"rain": 0.4}})) == ["rain"]


def test_a_caption_that_only_denies_names_nothing():
    told = {"dogs barking": {"dogs": 0.7}, "without dogs barking": {"dogs": 0.7}}
    assert names(plan("without dogs barking", told)) == []


def test_at_most_so_many_sources_sound_at_once():
    told = {f"it has {name} sounds": {name: 0.7} for name in NAMES}
    scene = plan(", ".join(told), told)
    assert len(scene.parts) == MAX_SOURCES
    assert [part.level_db for part in scene.parts] == sorted((p.level_db for p in scene.parts), reverse=True)


def test_a_caption_without_words_is_no_scene_and_asks_nobody():
    encoder = Meanings({})
    assert Planner(FEW, encoder).plan("... 42") == Scene(())
    assert encoder.asked == []


def test_what_was_understood_is_remembered_and_the_oldest_is_let_go(monkeypatch):
    monkeypatch.setattr(module, "KEPT", 2)
    encoder = Meanings({})
    planner = Planner(FEW, encoder)
    planner.plan("one thing")
    asked = len(encoder.asked)
    planner.plan("one thing")
    assert len(encoder.asked) == asked
    planner.plan("another thing")
    planner.plan("one thing")
    planner.plan("a third thing")  # lets go of the one asked for longest ago
    asked = len(encoder.asked)
    planner.plan("one thing")
    assert len(encoder.asked) == asked
    planner.plan("another thing")
    assert len(encoder.asked) == asked + 1


def test_a_place_is_the_one_said_best_or_the_usual():
    cosines = np.zeros((3, len(SURROUNDINGS)), np.float32)
    assert _surroundings(cosines) == USUAL
    cosines[1, list(SURROUNDINGS).index("hall")] = 0.5
    cosines[2, list(SURROUNDINGS).index("woods")] = 0.4
    assert _surroundings(cosines) == "hall"


def test_a_thing_is_as_near_as_its_nearest_sentence():
    vectors = sentence_vectors(Meanings({"x": {"surf": 1.0}, "y": {"gulls": 1.0}}), ["x", "y"])
    described = _Described(Meanings({}), [SOURCES["surf"].descriptions, SOURCES["gulls"].descriptions])
    np.testing.assert_allclose(described.cosines(vectors), np.eye(2), atol=1e-6)


def test_sentence_vectors_have_length_one_and_leave_padding_out():
    class Padded(Meanings):
        def encode(self, texts, device=None):
            tokens = torch.tensor([[[3.0, 4.0], [100.0, -100.0]]])
            return tokens, torch.tensor([[True, False]])

    np.testing.assert_allclose(sentence_vectors(Padded({}), ["x"]), [[0.6, 0.8]], atol=1e-6)


@pytest.mark.parametrize(("word", "times"), [("distant dogs bark", 5.0), ("dogs bark nearby", 0.6), ("dogs bark", 1.0)])
def test_how_far_is_taken_from_the_clause(word, times):
    assert plan(word, {word: {"dogs": 0.7}}).parts[0].times == times
