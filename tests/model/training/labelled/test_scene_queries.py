from model.scenes.captions import SCENES
from model.training.labelled.scene_queries import SCENE_QUERIES


def test_every_scene_has_a_query_and_no_other():
    assert tuple(SCENE_QUERIES) == SCENES


def test_no_two_scenes_are_asked_for_in_the_same_words():
    assert len(set(SCENE_QUERIES.values())) == len(SCENE_QUERIES)
