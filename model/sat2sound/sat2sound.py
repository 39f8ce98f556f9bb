"""Sat2Sound: image, text, audio and place in one space, over a shared codebook of sound concepts."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from model.errors import InvalidInput
from model.sat2sound.audio_encoder import AudioEncoder
from model.sat2sound.codebook import Codebook, Embedding
from model.sat2sound.config import ModelConfig, Precision
from model.sat2sound.features import at_level, log_mel, ten_seconds
from model.sat2sound.image_encoder import ImageEncoder, out_of_reach
from model.sat2sound.metadata import Metadata, MetadataFusion, encode_metadata
from model.sat2sound.objective import SCALES
from model.sat2sound.text_encoder import TextEncoder, open_text_encoder

INITIAL_LOG_SCALE = math.log(1 / 0.07)


class Sat2Sound(nn.Module):
    """The whole model. Its sizes come from `config`; it starts untrained: `open_checkpoint` gives a trained one.

    `checkpoint_hash` names the weights by content ("untrained" before any were loaded); `precision` is what images
    are computed in (`set_precision`); `concept_names` maps concept ids to names where the checkpoint has any;
    `data_dir` is where a pulled text encoder is looked for, None: where settings say.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = ImageEncoder(config)
        self.metadata_fusion = MetadataFusion(config) if config.uses_metadata else None
        self.audio_encoder = AudioEncoder(config)
        self.codebook = Codebook(config)
        self.log_scales = nn.ParameterDict({name: nn.Parameter(torch.tensor(INITIAL_LOG_SCALE)) for name in SCALES})
        self.checkpoint_hash = "untrained"
        self.precision: Precision = "float32"
        self.concept_names: dict[int, str] = {}
        self.data_dir: Path | None = None
        self._text_encoder: TextEncoder | None = None
        self._text_encoder_lock = threading.Lock()

    @property
    def device(self) -> torch.device:
        """Where the weights live."""
        return self.codebook.concepts.device

    @property
    def caption_scale(self) -> float:
        """The scale between cosine and logits for images against captions: learned, then calibrated."""
        return float(self.log_scales["fdt"].exp())

    @property
    def text_encoder(self) -> TextEncoder:
        """The frozen language model, loaded when first asked for."""
        with self._text_encoder_lock:
            if self._text_encoder is None:
                self._text_encoder = open_text_encoder(self.config.text_encoder, self.data_dir)
            return self._text_encoder

    def embed_images(
        self,
        images: Tensor | Sequence[Tensor],
        gsd: Tensor | Sequence[float] | float,
        metadata: Metadata | None = None,
        keep: Tensor | None = None,
    ) -> Embedding:
        """Images (B, 3, S, S) from `image_tensor`, gsd (B,) = footprint metres / tile_pixels -> Embedding.

        A model with metadata takes None as everything unknown; one without ignores nothing: it refuses metadata.
        `keep` (B, K) restricts the patches computed, for training.

        Raises:
            InvalidInput: shapes, gsd or metadata that do not fit.
        """
        return self.codebook.forward(self.image_tokens(images, gsd, metadata, keep), "image")

    def image_tokens(
        self,
        images: Tensor | Sequence[Tensor],
        gsd: Tensor | Sequence[float] | float,
        metadata: Metadata | None = None,
        keep: Tensor | None = None,
        reach: int | None = None,
    ) -> Tensor:
        """Patch tokens and, where the model uses them, metadata tokens: (B, patches + fields, dim).

        With `reach` patches attend only to patches at most so many rows and columns away.
        """
        x = self._image_batch(images)
        spacing = self._gsd_batch(gsd, len(x))
        tokens: Tensor = self.image_encoder(x, spacing, keep, reach)  # (B, patches, dim)
        if self.metadata_fusion is None:
            if metadata is not None:
                raise InvalidInput(f"metadata: checkpoint {self.config.name!r} was trained without it")
            return tokens
        encoded = encode_metadata(metadata or Metadata(), len(x), self.device)
        unseen = None if reach is None else out_of_reach(self.config.grid, reach, self.device)
        fused: Tensor = self.metadata_fusion(tokens, encoded, unseen)  # (B, patches + fields, dim)
        return fused

    def patch_affinity(
        self,
        images: Tensor | Sequence[Tensor],
        gsd: Tensor | Sequence[float] | float,
        metadata: Metadata | None = None,
    ) -> Tensor:
        """Raw query-concept products of the patches alone: (B, patches, codebook_size), row-major patch grid."""
        return self.codebook.products(self.patch_queries(images, gsd, metadata))

    def patch_queries(
        self,
        images: Tensor | Sequence[Tensor],
        gsd: Tensor | Sequence[float] | float,
        metadata: Metadata | None = None,
        reach: int | None = None,
    ) -> Tensor:
        """What the patches alone ask the codebook for: (B, patches, dim), row-major patch grid.

        `reach` None gives the patches as the embedding pools them; see `image_tokens`.
        """
        tokens = self.image_tokens(images, gsd, metadata, reach=reach)[:, : self.config.grid**2]
        return self.codebook.ask(tokens, "image")

    def embed_texts(self, texts: Sequence[str]) -> Embedding:
        """Captions -> Embedding; runs the frozen text encoder."""
        tokens, mask = self.text_encoder.encode(texts, self.device)
        return self.embed_text_tokens(tokens, mask)

    def embed_text_tokens(self, tokens: Tensor, mask: Tensor | None = None) -> Embedding:
        """Word tokens (B, T, text_dim) and mask (B, T) bool -> Embedding.

        Raises:
            InvalidInput: tokens or mask of another shape.
        """
        if tokens.ndim != 3 or tokens.shape[2] != self.config.text_dim or tokens.shape[1] == 0:
            raise InvalidInput(f"tokens: expected (batch, tokens, {self.config.text_dim}), got {tuple(tokens.shape)}")
        if mask is not None and mask.shape != tokens.shape[:2]:
            raise InvalidInput(f"mask: expected {tuple(tokens.shape[:2])}, got {tuple(mask.shape)}")
        # What inference mode made cannot take part in training; a clone can.
        tokens = tokens.clone() if tokens.is_inference() else tokens
        if mask is not None:
            mask = (mask.clone() if mask.is_inference() else mask).to(self.device)
        return self.codebook.forward(tokens.to(self.device), "text", mask)

    def embed_audio(self, waveforms: Tensor | NDArray[np.floating[Any]], sample_rate: int) -> Embedding:
        """Mono waveforms (B, N) float32 -> Embedding: resampled to 32 kHz, 10 s cut or zero-padded.

        Raises:
            AudioError: empty, not finite or misshapen waveforms.
        """
        heard = ten_seconds(waveforms, sample_rate)
        heard = heard if self.config.level is None else at_level(heard, self.config.level)
        return self.embed_log_mel(log_mel(heard.to(self.device)))

    def embed_log_mel(self, log_mel: Tensor) -> Embedding:
        """Log-mel (B, frames, bands) in dB -> Embedding.

        Raises:
            InvalidInput: another number of bands, or no frames.
        """
        if log_mel.ndim != 3 or log_mel.shape[2] != self.config.mel_bands or log_mel.shape[1] < 2:
            raise InvalidInput(
                f"log_mel: expected (batch, frames, {self.config.mel_bands}), got {tuple(log_mel.shape)}"
            )
        return self.codebook.forward(self.audio_encoder(log_mel.to(self.device)), "audio")

    def _image_batch(self, images: Tensor | Sequence[Tensor]) -> Tensor:
        x = images if isinstance(images, Tensor) else torch.stack(list(images))
        side = self.config.image_size
        if x.ndim != 4 or tuple(x.shape[1:]) != (3, side, side) or len(x) == 0:
            raise InvalidInput(f"images: expected (batch, 3, {side}, {side}), got {tuple(x.shape)}")
        return x.to(self.device)

    def _gsd_batch(self, gsd: Tensor | Sequence[float] | float, batch: int) -> Tensor:
        spacing = torch.as_tensor(gsd, dtype=torch.float32, device=self.device).reshape(-1)
        if spacing.numel() == 1:
            spacing = spacing.expand(batch)
        if spacing.numel() != batch or not bool((spacing.isfinite() & (spacing > 0)).all()):
            raise InvalidInput(f"gsd: expected {batch} positive numbers of metres")
        return spacing
