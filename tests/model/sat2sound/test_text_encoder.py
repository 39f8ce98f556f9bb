"""FLAN-T5 as published checkpoints read with it: the encoder alone, its last states as they are, remembered."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import torch
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from benchmarks.made_up_tangoflux import tokenizer
from model.errors import NotPulled, TextEncoderError
from model.registry import record
from model.sat2sound import ModelConfig, Sat2Sound
from model.sat2sound.text_encoder import TransformersTextEncoder, open_text_encoder

SIZES = {"vocab_size": 128, "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4}
TEXTS = ["waves on rocks", "a car", "birds sing while a train passes"]


@pytest.fixture
def whole(tmp_path, monkeypatch):
    """A whole T5, decoder and all, saved as the hub holds it and pulled."""
    torch.manual_seed(0)
    network = T5ForConditionalGeneration(T5Config(**SIZES, feed_forward_proj="gated-gelu")).eval()
    folder = tmp_path / "flan"
    network.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path / "data"))
    record("flan-t5-large", folder)
    return network, PreTrainedTokenizerFast.from_pretrained(folder)


def reference(whole, texts):
    """States and mask as the reference computes them: a batch padded to its longest."""
    network, words = whole
    batch = words(texts, padding="longest", truncation=True, return_tensors="pt")
    with torch.no_grad():
        states = network.encoder(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])[0]
    return states, batch["attention_mask"].bool()


def test_states_are_those_of_the_whole_models_encoder(whole):
    tokens, mask = open_text_encoder("flan-t5-large").encode(TEXTS)
    states, expected = reference(whole, TEXTS)
    assert torch.equal(mask, expected)
    torch.testing.assert_close(tokens[mask], states[expected], atol=1e-5, rtol=0)


def test_no_decoder_is_in_memory(whole):
    encoder = open_text_encoder("flan-t5-large")
    names = [name for name, _ in encoder._network.named_parameters()]
    assert names
    assert not [name for name in names if "decoder" in name or "lm_head" in name]


def test_what_was_encoded_is_not_computed_again_and_fits_any_batch(whole):
    encoder = open_text_encoder("flan-t5-large")
    first = [encoder.encode([text])[0][0] for text in TEXTS]
    encoder._network.forward = lambda **inputs: pytest.fail("computed again")
    tokens, mask = encoder.encode([TEXTS[2], TEXTS[0], TEXTS[2]])
    assert mask.sum(dim=1).tolist() == [len(first[2]), len(first[0]), len(first[2])]
    assert torch.equal(tokens[1][mask[1]], first[0])
    assert torch.equal(tokens[0], tokens[2])


def test_a_padded_batch_embeds_as_from_the_references_states(whole):
    """What stands at padded places differs, and must not matter (specification §7)."""
    config = ModelConfig.tiny()
    torch.manual_seed(1)
    model = Sat2Sound(ModelConfig.from_json(config.to_json().replace('"text_dim": 384', '"text_dim": 32'))).eval()
    model._text_encoder = open_text_encoder("flan-t5-large")
    with torch.no_grad():
        ours = model.embed_texts(TEXTS).vector
        theirs = model.embed_text_tokens(*reference(whole, TEXTS)).vector
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


def test_a_missing_text_encoder_says_which_command_fetches_it(tmp_path, monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path))
    with pytest.raises(NotPulled, match="flan-t5-large is not on this machine: run `earshot pull flan-t5-large`"):
        open_text_encoder("flan-t5-large")


def test_files_that_are_no_text_encoder_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "else"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    record("flan-t5-large", folder)
    with pytest.raises(TextEncoderError, match="no FLAN-T5 in it"):
        open_text_encoder("flan-t5-large")


class Letters:
    """A tokeniser of one token a letter."""

    def __call__(self, texts, padding, truncation, max_length, return_tensors):
        cut = [text[:max_length] for text in texts]
        longest = max(map(len, cut))
        ids = torch.tensor([[ord(c) for c in text] + [0] * (longest - len(text)) for text in cut])
        return {"input_ids": ids, "attention_mask": (ids > 0).long()}


class Counting(torch.nn.Module):
    """A network whose states are its token ids, that counts the texts it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.config, self.device, self.seen = SimpleNamespace(hidden_size=1), torch.device("cpu"), []

    def forward(self, input_ids, attention_mask):
        self.seen.append(len(input_ids))
        return SimpleNamespace(last_hidden_state=input_ids[..., None].float())


def encoder(kept: int) -> tuple[TransformersTextEncoder, Counting]:
    network = Counting()
    return TransformersTextEncoder("letters", Letters(), network, 8, kept=kept), network


def test_nothing_is_remembered_where_nothing_is_to_be_kept():
    reading, network = encoder(0)
    for _ in range(2):
        reading.encode(["ab"])
    assert network.seen == [1, 1]


def test_of_a_batch_only_what_is_new_is_computed_and_once():
    reading, network = encoder(1000)
    reading.encode(["ab", "abc"])
    tokens, mask = reading.encode(["abc", "x", "ab", "x"])
    assert network.seen == [2, 1]
    assert mask.sum(dim=1).tolist() == [3, 1, 2, 1]
    assert tokens[0, :, 0].tolist() == [97, 98, 99]


def test_what_was_asked_for_longest_ago_is_let_go_of_first():
    reading, network = encoder(3 * 2 * 4)  # three texts of two letters
    for text in ("aa", "bb", "cc", "aa", "dd"):
        reading.encode([text])
    seen = len(network.seen)
    reading.encode(["aa", "cc", "dd"])
    assert len(network.seen) == seen
    reading.encode(["bb"])
    assert len(network.seen) == seen + 1


def test_a_text_too_long_to_be_kept_is_encoded_all_the_same():
    reading, network = encoder(8)
    for _ in range(2):
        assert reading.encode(["abcdef"])[1].sum() == 6
    assert network.seen == [1, 1]


def test_threads_that_share_an_encoder_get_each_their_own_states():
    reading, _ = encoder(40)

    def ask(n: int) -> bool:
        text = chr(97 + n) * (n + 1)
        tokens, mask = reading.encode([text])
        return int(mask.sum()) == n + 1 and set(tokens[mask].flatten().tolist()) == {97.0 + n}

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, [n % 6 for n in range(120)]))


def test_no_text_is_refused():
    with pytest.raises(TextEncoderError, match="no text"):
        encoder(0)[0].encode([])


def test_an_unknown_encoder_is_refused_and_the_known_are_listed():
    with pytest.raises(TextEncoderError, match="'bert': known are minilm, flan-t5-large"):
        open_text_encoder("bert")


def test_a_text_encoder_is_looked_for_in_the_data_folder_told(whole, tmp_path, monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path / "elsewhere"))
    assert open_text_encoder("flan-t5-large", tmp_path / "data").name == "flan-t5-large"
    with pytest.raises(NotPulled):
        open_text_encoder("flan-t5-large")
