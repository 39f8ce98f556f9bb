"""The velocity of the flow at one step: diffusers' Flux blocks, with whatever all steps share computed once.

Between the steps of one render only the latents and the time change. The embedded context, the rotary tables, the
text's half of the modulation and the time's half for every step are therefore computed before the first
(specification §T3.6, §T3.8 and §T6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from model.synthesis.tangoflux.conditioning import Conditioning

BUCKET = 16
"""Compiled, contexts are padded to a multiple of this many tokens: every other length would compile anew."""


@dataclass(frozen=True)
class Constants:
    """What every step of a render shares, R rows of T context tokens over S frames.

    context (R, T, width) · rotary, cosines and sines (T + S, head) · keys (R, 1, 1, T + S) bool, which tokens may be
    attended to, None: all · text (R, width) and time (steps, width), the halves of the modulation
    """

    context: Tensor
    rotary: tuple[Tensor, Tensor]
    keys: Tensor | None
    text: Tensor
    time: Tensor


class FlowStep(nn.Module):
    """One pass through the blocks of a Flux transformer."""

    def __init__(self, transformer: Any) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(
        self, latents: Tensor, context: Tensor, modulation: Tensor, rotary: tuple[Tensor, Tensor], keys: Tensor | None
    ) -> Tensor:
        """Latents (n, S, 64) and context (R, T, width), R a multiple of n -> velocities (R, S, 64)."""
        flux = self.transformer
        audio = flux.x_embedder(latents)  # (n, S, width)
        audio = audio.repeat(context.shape[0] // latents.shape[0], 1, 1)  # (R, S, width)
        attention = None if keys is None else {"attention_mask": keys}
        for block in (*flux.transformer_blocks, *flux.single_transformer_blocks):
            context, audio = block(
                hidden_states=audio,
                encoder_hidden_states=context,
                temb=modulation,
                image_rotary_emb=rotary,
                joint_attention_kwargs=attention,
            )
        velocity: Tensor = flux.proj_out(flux.norm_out(audio, modulation))  # (R, S, 64)
        return velocity


class VelocityField(nn.Module):
    """The transformer as a field of velocities. Holds no state of a render: threads may share it."""

    def __init__(self, transformer: Any, compiled: bool = False, backend: str = "inductor") -> None:
        """`compiled`: `torch.compile` the pass with `backend`, at the first step of the first render."""
        super().__init__()
        self._compiled = compiled
        self._step = FlowStep(transformer)
        self._pass = torch.compile(self._step, fullgraph=True, backend=backend) if compiled else self._step

    def constants(self, conditioning: Conditioning, sigmas: Sequence[float], frames: int) -> Constants:
        """What the steps at `sigmas`, all but the last 0, share over `frames` latent frames."""
        flux = self._step.transformer
        weight = flux.x_embedder.weight
        context = conditioning.context.to(weight)
        tokens = context.shape[1]
        positions = torch.cat([torch.zeros(tokens), torch.arange(frames)])  # (T + S,): all text is at 0
        ids = positions[:, None].repeat(1, 3).to(weight.device)  # (T + S, 3)
        keys = None
        if conditioning.padded or self._compiled:
            own = nn.functional.pad(conditioning.own, (0, frames), value=True)  # (R, T + S)
            keys = own[:, None, None, :].to(weight.device)
        times = 1000 * torch.tensor(sigmas[:-1], dtype=torch.float32, device=weight.device)  # (steps,)
        embed = flux.time_text_embed
        return Constants(
            context=flux.context_embedder(context),
            rotary=flux.pos_embed(ids),
            keys=keys,
            text=embed.text_embedder(conditioning.pooled.to(weight)),
            time=embed.timestep_embedder(embed.time_proj(times).to(weight.dtype)),
        )

    def forward(self, latents: Tensor, constants: Constants, step: int) -> Tensor:
        """Latents (n, S, 64) float32 at one step -> velocities (R, S, 64) float32, one for each row of the context."""
        modulation = constants.text + constants.time[step]  # (R, width)
        latents = latents.to(constants.context.dtype)
        velocity: Tensor = self._pass(latents, constants.context, modulation, constants.rotary, constants.keys)
        return velocity.float()
