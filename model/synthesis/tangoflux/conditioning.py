"""From captions and durations to what the transformer attends to (specification §T3.2 to §T3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import torch
from torch import Tensor

from model.synthesis.device import Stage
from model.synthesis.tangoflux.networks import TextNetworks

MAX_TOKENS = 512
MAX_TOKENS_UNGUIDED = 64


@dataclass(frozen=True)
class Conditioning:
    """Contexts of several sounds, padded at their ends to one length; guided, all unconditional rows come first.

    context (R, T, dim) float32 · lengths, how many tokens of each row are its own · pooled (R, dim) float32, where R
    is the number of sounds, twice that when guided.
    """

    context: Tensor
    lengths: tuple[int, ...]
    pooled: Tensor
    guided: bool

    @property
    def padded(self) -> bool:
        """Whether any row is shorter than the context."""
        return min(self.lengths) < self.context.shape[1]

    @property
    def own(self) -> Tensor:
        """Which tokens are a row's own, not padding: (R, T) bool, in main memory."""
        return torch.arange(self.context.shape[1])[None] < torch.tensor(self.lengths)[:, None]


@dataclass(frozen=True)
class Unconditional:
    """The empty caption: whatever it is padded to, its states are these two rows.

    end (1, dim), the state of its only token · padding (1, dim) · pooled (1, dim)
    """

    end: Tensor
    padding: Tensor
    pooled: Tensor

    def states(self, length: int) -> Tensor:
        """The empty caption padded to `length` tokens: (length, dim)."""
        return torch.cat([self.end, self.padding.expand(length - 1, -1)])


class Conditioner:
    """Reads captions and durations. Thread-safe."""

    def __init__(self, stage: Stage[TextNetworks], tokenizer: Any, max_seconds: float) -> None:
        self._stage = stage
        self._tokenizer = tokenizer
        self._max_seconds = max_seconds
        self._unconditional: Unconditional | None = None
        self._lock = Lock()

    @torch.inference_mode()
    def condition(
        self, captions: Sequence[str], seconds: Sequence[float], guided: bool, multiple: int = 1
    ) -> Conditioning:
        """What the transformer attends to for each caption and duration (seconds).

        Contexts are padded to the longest, rounded up to a multiple of `multiple` tokens. Captions are cut at 512
        tokens, or at 64 without guidance, as the reference cuts them.
        """
        ids, mask = self._tokens(captions, guided)  # (n, L), (n, L)
        lengths = mask.sum(dim=1).tolist()
        device = self._stage.device
        with self._stage.at_work() as networks:
            mask = mask.to(device)
            states = networks.encode(ids.to(device), mask)  # (n, L, dim)
            pooled = networks.pool(states, mask)  # (n, dim)
            fractions = torch.tensor(seconds, dtype=torch.float32).clamp(0, self._max_seconds) / self._max_seconds
            durations = networks.duration_emebdder(fractions.to(device))  # (n, dim)
            unconditional = self._empty(networks) if guided else None
        rows = [row[:length] for row, length in zip(states, lengths, strict=True)]
        if unconditional is not None:
            rows = [unconditional.states(length) for length in lengths] + rows
            pooled = torch.cat([unconditional.pooled.expand_as(pooled), pooled])  # (2n, dim)
            durations = durations.repeat(2, 1)
        rows = [torch.cat([row, duration[None]]) for row, duration in zip(rows, durations, strict=True)]
        return Conditioning(_padded(rows, multiple), tuple(map(len, rows)), pooled, guided)

    def _tokens(self, captions: Sequence[str], guided: bool) -> tuple[Tensor, Tensor]:
        limit = min(self._tokenizer.model_max_length, MAX_TOKENS) if guided else MAX_TOKENS_UNGUIDED
        with self._lock:
            # One thread at a time: the tokenisers of transformers must not be shared.
            batch = self._tokenizer(
                list(captions), padding="longest", truncation=True, max_length=limit, return_tensors="pt"
            )
        return batch["input_ids"], batch["attention_mask"]

    def _empty(self, networks: TextNetworks) -> Unconditional:
        """The empty caption, read once: its end token, padded to two."""
        if self._unconditional is None:
            ids = torch.tensor(
                [[self._tokenizer.eos_token_id, self._tokenizer.pad_token_id]], device=self._stage.device
            )
            mask = torch.tensor([[1, 0]], device=self._stage.device)
            states = networks.encode(ids, mask)  # (1, 2, dim)
            self._unconditional = Unconditional(states[0, :1], states[0, 1:], networks.pool(states, mask))
        return self._unconditional


def _padded(rows: Sequence[Tensor], multiple: int) -> Tensor:
    """Rows (T_i, dim) -> (R, T, dim) padded with zeros to a multiple of `multiple`."""
    context = torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True)  # (R, longest, dim)
    return torch.nn.functional.pad(context, (0, 0, 0, -context.shape[1] % multiple))
