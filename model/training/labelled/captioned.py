"""Captions as the training loop draws them: word tokens encoded once, grouped by scene, voice and sound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from model.sat2sound.sat2sound import Sat2Sound
from model.sat2sound.text_encoder import TextEncoder
from model.scenes.captions import Caption, SoundCaption

ENCODE_BATCH = 64
SECOND = 0.4
"""How much a caption of a scene that is not an image's main one counts as its own."""


class CaptionBank:
    """Every training caption's frozen word tokens, drawn by what an image or a recording may sound like."""

    def __init__(self, captions: Sequence[Caption], sounds: Sequence[SoundCaption], encoder: TextEncoder) -> None:
        self.captions = tuple(captions)
        self.tokens, self.mask = _encode([c.text for c in captions] + [s.text for s in sounds], encoder)
        self._by_scene: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_sound: dict[str, list[int]] = defaultdict(list)
        self._sounds_of_scene: dict[str, list[str]] = defaultdict(list)
        self.scenes: list[frozenset[str]] = [frozenset({c.scene}) for c in captions]
        """Of every caption, the scenes it fits."""
        for i, caption in enumerate(captions):
            self._by_scene[caption.scene, caption.voice].append(i)
        for i, sound in enumerate(sounds, start=len(captions)):
            self._by_sound[sound.sound].append(i)
            self.scenes.append(frozenset(sound.scenes))
            for scene in sound.scenes:
                if sound.sound not in self._sounds_of_scene[scene]:
                    self._sounds_of_scene[scene].append(sound.sound)
        self.sounds = ("",) * len(captions) + tuple(sound.sound for sound in sounds)
        """Of every caption, the single sound it describes; empty for those of a whole scene."""

    def of_scene(self, scene: str, voice: str, rng: np.random.Generator) -> int:
        """Index of a caption of that scene in that voice."""
        return int(rng.choice(self._by_scene[scene, voice]))

    def of_sound(self, sound: str, rng: np.random.Generator) -> int:
        """Index of a caption of that single sound."""
        return int(rng.choice(self._by_sound[sound]))

    def sound_pairs(self, count: int, rng: np.random.Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Two different captions of each of `count` sounds, no sound twice; of all sounds where there are fewer."""
        sounds = sorted(sound for sound, captions in self._by_sound.items() if len(captions) > 1)
        chosen = rng.permutation(sounds)[:count]
        pairs = [rng.choice(self._by_sound[str(sound)], 2, replace=False).tolist() for sound in chosen]
        return tuple(p[0] for p in pairs), tuple(p[1] for p in pairs)

    def of_sound_in(self, scene: str, rng: np.random.Generator) -> int:
        """Index of a caption of one sound that belongs in the scene; of the scene itself where none does."""
        sounds = self._sounds_of_scene[scene]
        return self.of_sound(str(rng.choice(sounds)), rng) if sounds else self.of_scene(scene, "audio", rng)

    def matches(self, images: Sequence[Sequence[str]], captions: Sequence[int]) -> Tensor:
        """How well captions fit images told by their scenes, the main one first: (B, C), 1, SECOND or 0."""
        rows = []
        for scenes in images:
            main, others = set(scenes[:1]), set(scenes[1:])
            fits = (self.scenes[c] for c in captions)
            rows.append([1.0 if main & f else SECOND if others & f else 0.0 for f in fits])
        return torch.tensor(rows)

    @torch.inference_mode()
    def candidates(self, model: Sat2Sound, voice: str) -> tuple[tuple[Caption, ...], Tensor]:
        """The scenes' captions in one voice, and their vectors of length one (n, dim)."""
        indices = [i for i, caption in enumerate(self.captions) if caption.voice == voice]
        return tuple(self.captions[i] for i in indices), self.vectors(model, indices)

    @torch.inference_mode()
    def vectors(self, model: Sat2Sound, indices: Sequence[int]) -> Tensor:
        """The vectors of captions, of length one (n, dim)."""
        parts = [
            model.embed_text_tokens(*self.take(indices[i : i + ENCODE_BATCH], model.device)).normalised()
            for i in range(0, len(indices), ENCODE_BATCH)
        ]
        return torch.cat(parts)

    def take(self, indices: Sequence[int], device: torch.device, dropped: float = 0.0) -> tuple[Tensor, Tensor]:
        """Tokens (B, T, dim) and mask (B, T), cut to the longest caption taken; a share of tokens hidden at random."""
        mask = self.mask[list(indices)]
        longest = int(mask.sum(dim=1).max())
        mask = mask[:, :longest]
        if dropped:
            mask = mask & (torch.rand(mask.shape) >= dropped)
        return self.tokens[list(indices), :longest].to(device), mask.to(device)


def _encode(texts: Sequence[str], encoder: TextEncoder) -> tuple[Tensor, Tensor]:
    """Texts -> tokens (n, T, dim) and mask (n, T), padded to the longest of all."""
    parts = [encoder.encode(texts[i : i + ENCODE_BATCH]) for i in range(0, len(texts), ENCODE_BATCH)]
    longest = max(mask.shape[1] for _, mask in parts)
    tokens = [torch.nn.functional.pad(t, (0, 0, 0, longest - t.shape[1])) for t, _ in parts]
    masks = [torch.nn.functional.pad(m, (0, longest - m.shape[1])) for _, m in parts]
    return torch.cat(tokens).clone(), torch.cat(masks).clone()
