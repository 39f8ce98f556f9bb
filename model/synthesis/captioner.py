"""Captioner: a satellite image told in words by LLaVA-1.5 (Liu et al. 2023, arXiv 2310.03744).

The generative route of the Sat2Sound paper: where retrieval takes the nearest caption of a gallery, a captioner writes
one for the image itself, by the prompt that the gallery's captions were written by (supplement, section 8).
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from model.errors import Cancelled, CheckpointError, InvalidInput, first_line
from model.lazy import part
from model.synthesis.device import Placement
from model.synthesis.watch import Cancel

PROMPT = (
    "What types of sounds can we expect to hear from the location captured by this aerial view image? "
    "Describe in up to two sentences."
)
TURN = f"USER: <image>\n{PROMPT} ASSISTANT:"
"""LLaVA-1.5's form of a conversation (its model card)."""
LICENCE = "Llama 2 Community License"
MAX_TOKENS = 96
"""Two sentences are some fifty tokens."""
MAX_SENTENCES = 2


class Captioner:
    """Writes captions, one at a time; the same image gives the same caption. Safe to use from several threads."""

    def __init__(self, network: Any, processor: Any, placement: Placement) -> None:
        """`network` is a LlavaForConditionalGeneration in evaluation mode, `processor` its LlavaProcessor."""
        self._network = network.to(placement.device)
        self._processor = processor
        self._placement = placement
        self._lock = Lock()

    @torch.inference_mode()
    def caption(self, pixels: NDArray[np.uint8], *, max_tokens: int = MAX_TOKENS, cancel: Cancel | None = None) -> str:
        """What may be heard where pixels (H, W, 3) were taken from, in at most two sentences.

        Tokens are the likeliest ones, so nothing is left to chance. `cancel()` is asked before each.

        Raises:
            InvalidInput: no image of 8-bit RGB.
            CheckpointError: the network wrote nothing, as one with damaged weights does.
            Cancelled: `cancel` said so.
        """
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
            raise InvalidInput(f"pixels: expected (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}")
        wanted = _Wanted(cancel)
        with self._lock:
            asked = self._processor(images=Image.fromarray(pixels), text=TURN, return_tensors="pt")
            asked = asked.to(self._placement.device, self._placement.dtype)  # casts the image alone
            written = self._network.generate(
                **asked, do_sample=False, max_new_tokens=max_tokens, stopping_criteria=[wanted]
            )  # (1, prompt + new)
        if wanted.is_called_off:
            raise Cancelled("the caption was called off")
        new = written[0, asked["input_ids"].shape[1] :]
        caption = two_sentences(self._processor.tokenizer.decode(new, skip_special_tokens=True))
        if not caption:
            raise CheckpointError("llava: wrote no caption")
        return caption


class _Wanted:
    """A stopping criterion of `generate`: True for each row once the caption is wanted no more."""

    def __init__(self, cancel: Cancel | None) -> None:
        self._cancel = cancel
        self.is_called_off = False

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        self.is_called_off = self.is_called_off or (self._cancel is not None and self._cancel())
        return torch.full((len(input_ids),), self.is_called_off, device=input_ids.device)


def two_sentences(text: str) -> str:
    """A text on one line, without what follows its second full stop or a sentence that was cut off after the first."""
    words = " ".join(text.split())
    ends = [index for index, mark in enumerate(words) if mark in ".!?" and words[index + 1 : index + 2] in ("", " ")]
    return words[: ends[:MAX_SENTENCES][-1] + 1] if ends else words


def open_captioner(folder: Path, placement: Placement | None = None) -> Captioner:
    """Open a directory in the layout of llava-hf/llava-1.5-7b-hf, by default on a GPU in bfloat16 if there is one.

    Raises:
        CheckpointError: the directory is missing, incomplete or misshapen.
    """
    placement = placement or Placement.choose()
    if not (folder / "config.json").is_file():
        raise CheckpointError(f"{folder}: no config.json of a captioner in it")
    try:
        processor = part("transformers", "AutoProcessor").from_pretrained(folder, local_files_only=True)
        network, report = part("transformers", "LlavaForConditionalGeneration").from_pretrained(
            folder, local_files_only=True, dtype=placement.dtype, use_safetensors=True, output_loading_info=True
        )
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise CheckpointError(f"{folder}: not a LLaVA-1.5 checkpoint: {first_line(error)}") from error
    problems = {kind: sorted(map(str, report.get(f"{kind}_keys", ()))) for kind in ("missing", "mismatched")}
    for kind, names in problems.items():
        if names:
            raise CheckpointError(f"{folder}: {kind}: {', '.join(names[:5])}")
    return Captioner(network.eval().requires_grad_(False), processor, placement)
