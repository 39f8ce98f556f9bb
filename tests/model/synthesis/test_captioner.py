"""The captioner on the real classes of transformers at a tiny size: words for an image, refusals, cancelling."""

import json
import threading

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from model.errors import Cancelled, CheckpointError, InvalidInput
from model.synthesis.captioner import PROMPT, TURN, open_captioner, two_sentences
from model.synthesis.device import Placement
from tests.model.synthesis.tiny_llava import WORDS, write_tiny_llava


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_tiny_llava(tmp_path_factory.mktemp("llava"))


@pytest.fixture(scope="module")
def captioner(folder):
    return open_captioner(folder)


def image(seed, height=64, width=64):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_an_image_is_told_in_words_always_the_same(captioner):
    caption = captioner.caption(image(0), max_tokens=6)
    assert set(caption.split()) <= set(WORDS)
    assert caption == captioner.caption(image(0), max_tokens=6)


def test_another_image_is_told_in_other_words(captioner):
    assert len({captioner.caption(image(seed), max_tokens=6) for seed in range(3)}) > 1


def test_an_image_of_any_shape_is_read(captioner):
    assert captioner.caption(image(0, 40, 90), max_tokens=2)


def test_the_prompt_is_the_papers_in_the_models_own_form_of_a_turn():
    assert PROMPT.startswith("What types of sounds can we expect to hear from the location captured by this aerial")
    assert TURN.startswith("USER: <image>\n")
    assert TURN.endswith(f"{PROMPT} ASSISTANT:")


def test_bfloat16_is_what_the_network_computes_in_where_it_is_asked_for(folder):
    assert open_captioner(folder, Placement("cpu", torch.bfloat16)).caption(image(0), max_tokens=3)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Waves break.  Gulls\ncall.", "Waves break. Gulls call."),
        ("One. Two! Three? Four.", "One. Two!"),
        ("Waves break on rocks. Gulls call over the", "Waves break on rocks."),
        ("a road of 2.5 km with traffic", "a road of 2.5 km with traffic"),
        (" \n ", ""),
    ],
)
def test_a_caption_has_at_most_two_whole_sentences(text, kept):
    assert two_sentences(text) == kept


def test_a_caption_is_called_off_between_two_words(captioner):
    asked = []

    def cancel():
        asked.append(1)
        return len(asked) == 3

    with pytest.raises(Cancelled):
        captioner.caption(image(0), max_tokens=50, cancel=cancel)
    assert len(asked) == 3


def test_threads_that_share_a_captioner_do_not_disturb_each_other(captioner):
    alone = [captioner.caption(image(seed), max_tokens=8) for seed in range(4)]
    together = [""] * 4

    def tell(seed):
        together[seed] = captioner.caption(image(seed), max_tokens=8)

    threads = [threading.Thread(target=tell, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_what_is_no_image_is_refused(captioner, pixels):
    with pytest.raises(InvalidInput, match=r"^pixels"):
        captioner.caption(pixels)


def test_a_directory_without_a_captioner_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"config\.json"):
        open_captioner(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llava"}))
    with pytest.raises(CheckpointError):
        open_captioner(tmp_path)


def test_missing_weights_are_refused_not_drawn_by_chance(tmp_path):
    folder = write_tiny_llava(tmp_path)
    weights = load_file(folder / "model.safetensors")
    name = next(name for name in weights if "projector" in name)
    del weights[name]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match="missing"):
        open_captioner(folder)
