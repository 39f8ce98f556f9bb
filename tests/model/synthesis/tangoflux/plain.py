"""TangoFlux in the plainest way: what docs/specification.md tells, step by step, of diffusers' and transformers' own
whole classes. It shares no line with the engine, and it is what golden/recorded.npz was recorded with.

    python -m tests.model.synthesis.tangoflux.plain

records anew. Before it was trusted with that it was run beside recordings of the published code, with the weights they
were made with: schedule and noise came out to the last bit, context, pooled vector and first velocity within 2e-6,
latents within 6e-6 and samples within 4e-5.
"""

import json
import re
import tempfile
import warnings
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from diffusers import AutoencoderOobleck, FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel
from numpy.random import PCG64, Generator
from safetensors.torch import load_file, save_file
from torch.nn.functional import linear, relu
from transformers import AutoTokenizer, T5Config, T5EncoderModel

from benchmarks.made_up_tangoflux import TINY, write_made_up
from model.synthesis.tangoflux.networks import empty_networks

GOLDEN = Path(__file__).with_name("golden")
SEED = 1
CASES = [(caption, guidance) for caption in ("rain", "birds are chirping by a pond") for guidance in (4.5, 1.0)]
SECONDS, STEPS = 3.0, 4

# What a name is like, and what its standard normal numbers become; the first match holds.
SCALES = (
    (r".*\.weight_v|.*\.0\.weights|.*shared\.weight|.*relative_attention_bias\.weight", lambda n: n),
    (r".*\.weight_g", lambda n: 0.6 + 0.1 * n),
    (r".*\.(alpha|beta)", lambda n: 0.3 * n),
    (r".*\.bias", lambda n: 0.1 * n),
    (r".*norm\w*\.weight", lambda n: 1 + 0.1 * n),
    (r"transformer\.proj_out\.weight", lambda n: n / n.shape[1]),
    (r"transformer\..*", lambda n: 1.5 * n / np.sqrt(n.shape[1])),
    (r".*\.SelfAttention\.q\.weight", lambda n: n / n.shape[1] ** 0.5 / 4),
    (r".*", lambda n: n / np.sqrt(n.shape[1])),
)


def weight(name, shape):
    """One tensor, float32, drawn from its own name."""
    drawn = Generator(PCG64(crc32(name.encode()) + SEED)).standard_normal(shape)
    scaled = next(scaled for pattern, scaled in SCALES if re.fullmatch(pattern, name))
    return torch.from_numpy(scaled(drawn).astype(np.float32))


def write_drawn(folder):
    """A tiny directory in the published layout whose weights are drawn by numpy alone."""
    write_made_up(folder)
    for file, shapes in empty_networks(TINY).shapes().items():
        save_file({name: weight(name, shape) for name, shape in shapes.items()}, folder / file)
    return folder


def part(state, prefix):
    return {name.removeprefix(prefix): tensor for name, tensor in state.items() if name.startswith(prefix)}


class Plain:
    """The parts of one directory."""

    def __init__(self, folder):
        self.config = json.loads((folder / "config.json").read_text())
        state = load_file(folder / "tangoflux.safetensors")
        text_folder = folder / self.config["text_encoder_name"]
        self.tokenizer = AutoTokenizer.from_pretrained(text_folder, local_files_only=True)
        self.text = T5EncoderModel(T5Config(**json.loads((text_folder / "config.json").read_text()))).eval()
        embeddings = {"encoder.embed_tokens.weight": state["text_encoder.shared.weight"]}
        self.text.load_state_dict(part(state, "text_encoder.") | embeddings)
        sizes = ("in_channels", "num_layers", "num_single_layers", "attention_head_dim", "num_attention_heads")
        width = self.config["joint_attention_dim"]
        self.transformer = FluxTransformer2DModel(
            **{name: self.config[name] for name in sizes},
            joint_attention_dim=width,
            pooled_projection_dim=width,
            guidance_embeds=False,
        ).eval()
        self.transformer.load_state_dict(part(state, "transformer."))
        self.fc = part(state, "fc.0.")
        self.duration = part(state, "duration_emebdder.time_positional_embedding.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            self.vae = AutoencoderOobleck(**json.loads((folder / "vae_config.json").read_text())).eval()
        self.vae.load_state_dict(load_file(folder / "vae.safetensors"))

    @torch.inference_mode()
    def render(self, caption, seconds, seed, steps, guidance):
        """Every stage of one sound, by name."""
        context, pooled = self._conditioning(caption, seconds, guided=guidance > 1)
        frames = self.config["audio_seq_len"]
        torch.manual_seed(seed)
        latents = torch.randn(1, frames, 64)
        stages = {"context": context, "pooled": pooled, "noise": latents}
        scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=1.0)
        scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps))
        audio_ids = torch.arange(frames)[:, None].repeat(1, 3).float()
        for step, timestep in enumerate(scheduler.timesteps):
            velocity = self.transformer(
                hidden_states=latents.repeat(len(context), 1, 1),
                timestep=timestep[None] / 1000,
                pooled_projections=pooled,
                encoder_hidden_states=context,
                txt_ids=torch.zeros(context.shape[1], 3),
                img_ids=audio_ids,
                return_dict=False,
            )[0]
            if step == 0:
                stages["velocity"] = velocity
            if guidance > 1:
                unconditional, conditional = velocity.chunk(2)
                velocity = unconditional + guidance * (conditional - unconditional)
            latents = scheduler.step(velocity, timestep, latents, return_dict=False)[0]
        wave = self.vae.decode(latents.transpose(1, 2)).sample[0, :, : int(seconds * 44_100)]
        stages |= {"sigmas": scheduler.sigmas, "latents": latents, "wave": wave}
        return {name: tensor.numpy() for name, tensor in stages.items()}

    def _conditioning(self, caption, seconds, guided):
        """Contexts and pooled vectors, one row each, the unconditional one first where there is one."""
        limit = self.tokenizer.model_max_length if guided else 64
        tokens = self.tokenizer([caption], truncation=True, max_length=limit, return_tensors="pt")
        length = tokens["input_ids"].shape[1]
        empty = self.tokenizer([""], padding="max_length", max_length=length, return_tensors="pt")
        contexts, pooled = [], []
        for batch in (empty, tokens) if guided else (tokens,):
            mask = batch["attention_mask"]
            states = self.text(input_ids=batch["input_ids"], attention_mask=mask).last_hidden_state  # (1, L, dim)
            mean = (states * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
            pooled.append(relu(linear(mean, self.fc["weight"], self.fc["bias"])))
            contexts.append(torch.cat([states, self._duration_token(seconds)], dim=1))
        return torch.cat(contexts), torch.cat(pooled)

    def _duration_token(self, seconds):
        longest = self.config["max_duration"]
        share = torch.tensor([min(max(seconds, 0), longest) / longest])
        angles = 2 * torch.pi * share * self.duration["0.weights"]  # (128,)
        features = torch.cat([share, angles.sin(), angles.cos()])  # (257,)
        return linear(features, self.duration["1.weight"], self.duration["1.bias"])[None, None]


def recorded(stages):
    """What is kept of some stages of one sound: enough of each to tell a wrong one, a tenth of the bytes."""
    kept = {name: stages[name] for name in ("context", "pooled", "sigmas") if name in stages}
    kept |= {name: stages[name][:, ::8] for name in ("noise", "velocity", "latents") if name in stages}
    wave = stages["wave"]
    return kept | {
        "wave_shape": np.array(wave.shape),
        "wave_head": wave[:, :1024],
        "wave_tail": wave[:, -1024:],
        "wave_every_64th": wave[:, ::64],
        "wave_rms": np.sqrt((wave.astype(np.float64) ** 2).mean(axis=1)),
        "wave_peak": np.abs(wave).max(axis=1),
    }


def main():
    with tempfile.TemporaryDirectory() as folder:
        plain = Plain(write_drawn(Path(folder)))
        runs = [recorded(plain.render(caption, SECONDS, SEED, STEPS, guidance)) for caption, guidance in CASES]
    kept = {f"{number}/{name}": values for number, run in enumerate(runs) for name, values in run.items()}
    np.savez_compressed(GOLDEN / "recorded.npz", **kept)


if __name__ == "__main__":
    main()
