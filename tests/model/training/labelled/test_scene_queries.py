from model.scenes.captions import SCENES, read_captions
from model.training.labelled.scene_queries import SCENE_QUERIES


def test_every_scene_has_a_query_and_no_other():
    assert tuple(SCENE_QUERIES) == SCENES


def test_no_two_scenes_are_asked_for_in_the_same_words():
    assert len(set(SCENE_QUERIES.values())) == len(SCENE_QUERIES)


def test_no_query_is_a_caption_the_model_has_learnt_from():
    learnt = {caption.text.lower().rstrip(".") for caption in read_captions()}
    assert not learnt & {query.lower() for query in SCENE_QUERIES.values()}
