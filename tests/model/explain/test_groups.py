"""Captions are together when their heaviest concepts are the same set, and in no other case."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.explain import group_captions
from tests.model.explain.made_activations import made

WEIGHTS = arrays(np.float32, st.tuples(st.integers(1, 8), st.just(5)), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0]))


def told(groups):
    return [(sorted(group.concepts), [entry.id for entry in group.entries]) for group in groups]


def test_captions_with_the_same_heaviest_concepts_are_together():
    groups = group_captions(made([[0.5, 0.4, 0, 0.1], [0.4, 0.5, 0.1, 0], [0, 0, 0.6, 0.4]]), top=2)
    assert told(groups) == [([0, 1], ["c0", "c1"]), ([2, 3], ["c2"])]


def test_a_group_names_the_concept_first_that_weighs_most_in_it():
    (group,) = group_captions(made([[0.1, 0.9], [0.2, 0.8]]), top=2)
    assert group.concepts == (1, 0)


def test_entries_that_weigh_the_concepts_most_come_first():
    (group,) = group_captions(made([[0.2, 0.1], [0.5, 0.4], [0.3, 0.3]]), top=2)
    assert [entry.id for entry in group.entries] == ["c1", "c2", "c0"]


def test_the_largest_group_comes_first():
    groups = group_captions(made([[1, 0], [0, 1], [0, 1]]), top=1)
    assert [len(group.entries) for group in groups] == [2, 1]


def test_groups_of_one_size_come_in_the_order_of_their_concepts():
    groups = group_captions(made([[0, 0, 1], [0, 1, 0], [1, 0, 0]]), top=1)
    assert [group.concepts for group in groups] == [(0,), (1,), (2,)]


def test_a_caption_with_fewer_concepts_is_grouped_by_those_it_has():
    groups = group_captions(made([[1, 0, 0], [0.5, 0.5, 0]]), top=3)
    assert sorted(sorted(group.concepts) for group in groups) == [[0], [0, 1]]


def test_the_smaller_id_counts_where_two_weigh_the_same():
    (group,) = group_captions(made([[0.5, 0.5, 0.5]]), top=2)
    assert set(group.concepts) == {0, 1}


def test_recordings_are_in_no_group():
    assert told(group_captions(made([[1.0], [1.0]], recordings=(0,)), top=1)) == [([0], ["c1"])]


@given(WEIGHTS, st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_every_caption_is_in_one_group_of_at_most_so_many_concepts(weights, top):
    groups = group_captions(made(weights.tolist()), top)
    ids = [entry.id for group in groups for entry in group.entries]
    assert sorted(ids) == sorted(f"c{n}" for n in range(len(weights)))
    assert all(len(group.concepts) <= top for group in groups)
    assert len({frozenset(group.concepts) for group in groups}) == len(groups)
