"""TangoFlux: ours against the reference's way of calling the same networks, with made-up weights of the same size.

    python -m benchmarks.synthesis [--size tiny|full] [--steps N] [--seconds S] [--device cpu|cuda] [--compile]

The reference reads the caption and the empty one with T5 for every sound, runs diffusers' transformer and scheduler
with a time tensor made from the device's at each step, all in float32, and decodes every frame before it cuts. It takes
one caption at a time: four are four runs. Ours is `TangoFlux.render_batch`. Printed are seconds a clip, the median of
three, the ratio, and how far the two sounds are apart. `--size full` writes 4 GB of weights to the temporary folder
first; there, one clip takes minutes on a CPU, and once is enough.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.made_up_tangoflux import FULL, TINY, write_made_up
from model.synthesis.tangoflux import Placement, Request, TangoFlux, open_networks

CAPTIONS = (
    "birds are chirping by a pond",
    "heavy traffic on a city street",
    "waves break on a beach",
    "rain and distant thunder",
)
GUIDANCE = 4.5
BATCHES = (1, 4)


class ReferenceLoop:
    """The networks called as the reference calls them, one caption after the other."""

    def __init__(self, folder: Path, device: str) -> None:
        networks = open_networks(folder)
        self.device = torch.device(device)
        self.config, self.tokenizer = networks.config, networks.tokenizer
        self.text, self.transformer, self.decoder = (
            network.to(self.device) for network in (networks.text, networks.transformer, networks.decoder)
        )

    @torch.inference_mode()
    def render(self, caption: str, seconds: float, steps: int) -> NDArray[np.float32]:
        """The sound of a caption at seed 0: (2, n)."""
        ids, mask = self._tokens([caption], True)
        empty = self._tokens([""], "max_length", ids.shape[1])
        states, pooled = self._read(torch.cat([empty[0], ids]), torch.cat([empty[1], mask]))
        duration = self.text.duration_emebdder(torch.tensor([seconds / self.config.max_duration], device=self.device))
        context = torch.cat([states, duration[None].expand(2, -1, -1)], dim=1)  # (2, L + 1, dim)
        latents = self._follow(context, pooled, steps)  # (1, S, 64)
        wave: Tensor = self.decoder(latents.transpose(1, 2))  # (1, 2, 2048 S)
        samples: NDArray[np.float32] = wave[0, :, : int(seconds * 44_100)].cpu().numpy()
        return samples

    def _tokens(self, texts: list[str], padding: bool | str, length: int = 512) -> tuple[Tensor, Tensor]:
        batch = self.tokenizer(texts, padding=padding, truncation=True, max_length=length, return_tensors="pt")
        return batch["input_ids"].to(self.device), batch["attention_mask"].to(self.device)

    def _read(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        rows = [self.text.encode(ids[i : i + 1], mask[i : i + 1]) for i in range(2)]  # one call for each text
        states = torch.cat(rows)
        return states, self.text.pool(states, mask)

    def _follow(self, context: Tensor, pooled: Tensor, steps: int) -> Tensor:
        frames = self.config.audio_seq_len
        scheduler = FlowMatchEulerDiscreteScheduler()
        scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), device=self.device)
        latents = torch.randn(1, frames, 64, generator=torch.Generator().manual_seed(0)).to(self.device)
        for moment in scheduler.timesteps:
            velocity = self.transformer(
                hidden_states=torch.cat([latents, latents]),
                encoder_hidden_states=context,
                pooled_projections=pooled,
                timestep=torch.tensor([moment / 1000], device=self.device),
                img_ids=torch.arange(frames, device=self.device)[:, None].repeat(1, 3),
                txt_ids=torch.zeros(context.shape[1], 3, device=self.device),
                return_dict=False,
            )[0]
            unconditional, conditional = velocity.chunk(2)
            velocity = unconditional + GUIDANCE * (conditional - unconditional)
            latents = scheduler.step(velocity, moment, latents, return_dict=False)[0]
        return latents


def timed(work: Callable[[], list[NDArray[np.float32]]], repeats: int) -> tuple[float, NDArray[np.float32]]:
    """Median seconds of `work`, after one run to warm up where it is repeated, and the samples it made."""
    if repeats > 1:
        work()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        made = work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), np.stack(made)


def compare(reference: ReferenceLoop, ours: TangoFlux, batch: int, seconds: float, steps: int, repeats: int) -> str:
    """One line of the table."""
    captions = CAPTIONS[:batch]

    def one_by_one() -> list[NDArray[np.float32]]:
        return [reference.render(caption, seconds, steps) for caption in captions]

    def together() -> list[NDArray[np.float32]]:
        requests = [Request(caption, seconds) for caption in captions]
        return [clip.samples for clip in ours.render_batch(requests, steps=steps, guidance=GUIDANCE)]

    (theirs_took, theirs), (ours_took, made) = timed(one_by_one, repeats), timed(together, repeats)
    apart = 10 * np.log10(np.square(made - theirs).mean() / np.square(theirs).mean())
    each = f"{theirs_took / batch:17.3f}  {ours_took / batch:12.3f}"
    return f"{batch:5}  {each}  {theirs_took / ours_took:5.2f}  {apart:9.1f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="TangoFlux: ours against the reference's way of calling it.")
    parser.add_argument("--size", choices=["tiny", "full"], default="tiny")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    tiny, on_gpu = options.size == "tiny", options.device == "cuda"
    seconds = options.seconds or (2.0 if tiny else 10.0)
    repeats = 3 if tiny or on_gpu else 1
    dtype = torch.bfloat16 if on_gpu else torch.float32
    with tempfile.TemporaryDirectory() as folder:
        write_made_up(Path(folder), TINY if tiny else FULL)
        reference = ReferenceLoop(Path(folder), options.device)
        ours = TangoFlux(open_networks(Path(folder), dtype), Placement(options.device, dtype, options.compile))
    print(f"{options.size} size, {options.steps} steps, {seconds:g} s clips, {options.device}, {dtype}")
    print(f"{'batch':>5}  {'reference, s/clip':>17}  {'ours, s/clip':>12}  {'ratio':>5}  {'apart, dB':>9}")
    for batch in BATCHES:
        print(compare(reference, ours, batch, seconds, options.steps, repeats), flush=True)


if __name__ == "__main__":
    main()
