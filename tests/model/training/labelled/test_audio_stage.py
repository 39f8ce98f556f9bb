"""What the audio side is shown beside sounds."""

import dataclasses

from model.sat2sound import Sat2Sound
from model.training.labelled.audio_stage import image_vectors


def test_images_that_say_nothing_are_not_beside_any_sound(short, pictures):
    blank = dataclasses.replace(pictures.train[0], label="blank", scenes=())
    vectors = image_vectors(Sat2Sound(short.model).eval(), (*pictures.train[:2], blank))
    assert {scene: len(rows) for scene, rows in vectors.items()} == {"sea": 1, "forest": 1}
