"""Captions are drawn by scene, voice and sound, and fit images by the scenes they tell of."""

import numpy as np
import pytest
import torch

from model.sat2sound import ModelConfig, Sat2Sound
from model.scenes.captions import Caption, SoundCaption, read_captions, read_scene_map, read_sound_captions
from model.training.labelled.captioned import SECOND, CaptionBank


class Letters:
    """A text encoder of one token a letter: enough for the bank, and quick."""

    name, dim = "letters", 4

    def encode(self, texts):
        longest = max(len(t) for t in texts)
        tokens = torch.zeros(len(texts), longest, 4)
        mask = torch.tensor([[i < len(t) for i in range(longest)] for t in texts])
        return tokens, mask


def test_captions_are_drawn_by_scene_voice_and_sound():
    captions, sounds = read_captions(), read_sound_captions()
    bank = CaptionBank(captions, sounds, Letters())
    rng = np.random.default_rng(0)
    everything = [*captions, *sounds]
    assert everything[bank.of_scene("beach", "image", rng)].scene == "beach"
    assert everything[bank.of_scene("beach", "audio", rng)].voice == "audio"
    assert everything[bank.of_sound("rain", rng)].sound == "rain"
    heard = {everything[bank.of_sound_in("beach", rng)].sound for _ in range(40)}
    assert "sea_waves" in heard
    assert all("beach" in read_scene_map()["recordings", sound] for sound in heard)
    tokens, mask = bank.take([0, len(captions)], torch.device("cpu"))
    assert tokens.shape[:2] == mask.shape
    assert mask.any(dim=0).all()


FEW = (
    Caption("a", "sea", "image", "waves", "CC0-1.0"),
    Caption("b", "sea", "audio", "surf rolls", "CC0-1.0"),
    Caption("c", "forest", "image", "leaves", "CC0-1.0"),
    Caption("d", "forest", "audio", "birds", "CC0-1.0"),
)
SINGLE = (
    SoundCaption("rain", "audio", "rain", ("sea", "forest")),
    SoundCaption("rain", "audio", "rain falls", ("sea", "forest")),
    SoundCaption("owl", "audio", "an owl", ("forest",)),
)


@pytest.fixture
def bank() -> CaptionBank:
    return CaptionBank(FEW, SINGLE, Letters())


def test_every_caption_is_encoded_once_padded_to_the_longest(bank):
    assert bank.tokens.shape == (7, len("surf rolls"), 4)
    assert bank.mask.sum(dim=1).tolist() == [len(c.text) for c in (*FEW, *SINGLE)]


def test_captions_know_their_sounds_and_the_scenes_they_fit(bank):
    assert bank.sounds == ("", "", "", "", "rain", "rain", "owl")
    assert bank.scenes[0] == {"sea"}
    assert bank.scenes[4] == {"sea", "forest"}


def test_pairs_are_two_captions_of_each_sound_that_has_two(bank):
    one, other = bank.sound_pairs(5, np.random.default_rng(0))
    assert {one[0], other[0]} == {4, 5}
    assert len(one) == 1


def test_no_sound_is_paired_twice():
    sounds = tuple(SoundCaption(f"s{n}", "audio", f"sound {n} {m}") for n in range(6) for m in "ab")
    bank = CaptionBank((), sounds, Letters())
    one, other = bank.sound_pairs(4, np.random.default_rng(0))
    heard = [bank.sounds[i] for i in one]
    assert len(set(heard)) == 4
    assert heard == [bank.sounds[i] for i in other]
    assert all(a != b for a, b in zip(one, other, strict=True))


def test_a_scene_without_sounds_of_its_own_gets_a_caption_of_itself(bank):
    lonely = CaptionBank(FEW, (), Letters())
    assert lonely.of_sound_in("sea", np.random.default_rng(0)) == 1


def test_a_caption_of_the_main_scene_fits_wholly_and_of_another_in_part(bank):
    fits = bank.matches([("sea", "forest"), ("forest",), ()], [0, 2, 6])
    torch.testing.assert_close(fits, torch.tensor([[1.0, SECOND, SECOND], [0.0, 1.0, 1.0], [0.0, 0.0, 0.0]]))


def test_tokens_taken_are_cut_to_the_longest_among_them(bank):
    tokens, mask = bank.take([0, 2], torch.device("cpu"))
    assert tokens.shape == (2, len("leaves"), 4)
    assert mask.sum(dim=1).tolist() == [5, 6]


def test_a_share_of_tokens_is_hidden_at_random(bank):
    torch.manual_seed(0)
    hidden = [int(bank.take([1], torch.device("cpu"), 0.5)[1].sum()) for _ in range(50)]
    assert 3 < np.mean(hidden) < 7
    assert len(set(hidden)) > 1


def test_vectors_are_the_models_own_of_length_one():
    torch.manual_seed(0)
    model = Sat2Sound(ModelConfig.tiny()).eval()

    class Words(Letters):
        def encode(self, texts):
            tokens, mask = super().encode(texts)
            return torch.randn(*tokens.shape[:2], 384, generator=torch.Generator().manual_seed(0)), mask

    bank = CaptionBank(FEW, SINGLE, Words())
    vectors = bank.vectors(model, range(4))
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(4))
    captions, candidates = bank.candidates(model, "audio")
    assert [caption.id for caption in captions] == ["b", "d"]
    torch.testing.assert_close(candidates, bank.vectors(model, [1, 3]))
