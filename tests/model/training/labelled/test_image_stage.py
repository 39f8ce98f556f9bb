"""The image stages: what each may change."""

import dataclasses

import numpy as np
import pytest
import torch

from model.errors import TrainingError
from model.sat2sound import Sat2Sound
from model.training.labelled.captioned import CaptionBank
from model.training.labelled.image_stage import BACKBONE, ImageBatches, SceneReading, train_images


@pytest.fixture
def stemmed(short):
    """The short configuration with a convolutional stem, whose batch norms have statistics of their own."""
    return dataclasses.replace(short, model=dataclasses.replace(short.model, image_stem=(4, 8, 8)))


@pytest.fixture
def trained(stemmed, pictures, few_captions, few_sounds, tmp_path):
    def run(name: str) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
        torch.manual_seed(0)
        model = Sat2Sound(stemmed.model)
        bank = CaptionBank(few_captions, few_sounds, model.text_encoder)
        before = {key: value.clone() for key, value in model.state_dict().items()}
        train_images(model, stemmed, pictures, bank, tmp_path, lambda _: None, name)
        return before, model.state_dict()

    return run


def test_the_head_stage_leaves_the_image_encoder_bit_for_bit_as_it_was(trained):
    before, after = trained("head")
    changed = {key for key in after if not torch.equal(before[key], after[key])}
    assert not [key for key in changed if key.startswith(BACKBONE)]
    assert {"codebook.concepts", "image_encoder.projector.0.weight"} <= changed


def test_after_the_warm_stage_everything_but_the_image_encoder_is_drawn_anew(trained, stemmed):
    before, after = trained("warm")
    torch.manual_seed(stemmed.seed)
    fresh = Sat2Sound(stemmed.model).state_dict()
    assert torch.equal(after["codebook.concepts"], fresh["codebook.concepts"])
    assert not torch.equal(after["image_encoder.patch.0.weight"], before["image_encoder.patch.0.weight"])


def test_a_stage_of_no_steps_changes_nothing(stemmed, pictures, few_captions, few_sounds, tmp_path):
    none = dataclasses.replace(stemmed, warm=dataclasses.replace(stemmed.warm, steps=0))
    model = Sat2Sound(none.model)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    bank = CaptionBank(few_captions, few_sounds, model.text_encoder)
    train_images(model, none, pictures, bank, tmp_path, lambda _: None, "warm")
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())


class Bank:
    """Captions by number: scenes in both voices, sounds and pairs of them."""

    def of_scene(self, scene, voice, rng):
        return {"image": 0, "audio": 10}[voice] + {"sea": 1, "forest": 2}[scene]

    def of_sound_in(self, scene, rng):
        return 20 + {"sea": 1, "forest": 2}[scene]

    def sound_pairs(self, count, rng):
        return (1,) * count, (2,) * count


def batches(short, pictures, **changes) -> ImageBatches:
    return ImageBatches(short.model, dataclasses.replace(short.image, **changes), pictures.train, Bank())


def test_a_batch_has_a_view_a_distance_and_patches_for_each_image(short, pictures):
    batch = batches(short, pictures).make(np.random.default_rng(0), 0)
    size, patches = short.image.batch, short.model.grid**2
    assert batch.images.shape == (size, 3, 32, 32)
    assert batch.gsd.shape == (size,)
    assert batch.keep.shape == (size, round(patches * short.image.keep))
    assert len(batch.audio_captions) == len(batch.image_captions) == size + short.image.more_captions
    assert len(batch.sounds[0]) == short.image.sound_pairs


def test_the_same_step_and_generator_give_the_same_batch(short, pictures):
    one, again = (batches(short, pictures).make(np.random.default_rng(2), 3) for _ in range(2))
    assert torch.equal(one.images, again.images)
    assert torch.equal(one.keep, again.keep)


def test_patches_that_are_kept_differ_by_row_and_none_is_kept_twice(short, pictures):
    keep = batches(short, pictures).make(np.random.default_rng(0), 0).keep
    assert all(len(set(row)) == len(row) for row in keep.tolist())
    assert len({tuple(row) for row in keep.tolist()}) > 1


def test_towards_the_end_more_patches_are_kept(short, pictures):
    made = batches(short, pictures, keep=0.25, keep_settled=1.0, settle=0.5)
    early, late = (made._keep(step, 2, np.random.default_rng(0)).shape[1] for step in (0, short.image.steps - 1))
    assert (early, late) == (4, 16)


def test_plain_images_are_told_their_true_distance(short, pictures):
    made = batches(short, pictures, plain=1.0).make(np.random.default_rng(0), 0)
    torch.testing.assert_close(made.gsd, torch.full((short.image.batch,), 48 * 10.0 / 64))


@pytest.mark.parametrize(("share", "first"), [(0.0, (11, 12)), (1.0, (21, 22))])
def test_captions_of_single_sounds_stand_in_as_often_as_told(short, pictures, share, first):
    made = batches(short, pictures, sound_captions=share).make(np.random.default_rng(0), 0)
    assert set(made.audio_captions) <= set(first)


def test_a_share_for_no_data_set_there_is_is_refused(short, pictures):
    with pytest.raises(TrainingError, match=r"image\.share: gives no weight to any of eurosat"):
        batches(short, pictures, share={"ucm": 1.0})


def test_an_image_of_several_scenes_is_mostly_captioned_by_its_main_one(pictures):
    sample = dataclasses.replace(pictures.train[0], scenes=("sea", "forest"))
    drawn = [ImageBatches._scene(sample, np.random.default_rng(seed)) for seed in range(200)]
    assert 110 < drawn.count("sea") < 180


def test_reading_a_scene_costs_less_where_it_is_read_and_doubt_is_asked_of_what_says_nothing(short):
    torch.manual_seed(0)
    reader = SceneReading(Sat2Sound(short.model), ("sea", "forest"))
    with torch.no_grad():
        reader.reading.weight.zero_()
        reader.reading.bias.copy_(torch.tensor([5.0, -5.0]))
    tokens = torch.zeros(1, 4, short.model.image_width)
    sea, forest, nothing = (reader.loss(tokens, [scenes]).item() for scenes in (("sea",), ("forest",), ()))
    assert sea < nothing < forest
    both = reader.loss(tokens, [("sea", "forest")]).item()
    assert both == pytest.approx(nothing)


def test_a_frozen_encoder_goes_on_normalising_as_after_training(stemmed):
    reader = SceneReading(Sat2Sound(stemmed.model), ("sea",), is_frozen=True).train()
    assert reader.training
    assert not reader.model.image_encoder.training
    assert SceneReading(Sat2Sound(stemmed.model), ("sea",)).train().model.image_encoder.training
