"""A directory in TangoFlux's published layout, with made-up weights: real classes without the published files.

Networks are initialised from a seed, the transformer so that captions and times matter; the tokeniser knows single
characters. What such a model renders is noise, in the time that real weights would take.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from tokenizers.processors import TemplateProcessing
from torch import nn
from transformers import PreTrainedTokenizerFast

from model.synthesis.tangoflux.config import FLAN_T5_LARGE, OOBLECK, TangoFluxConfig
from model.synthesis.tangoflux.networks import TIED, TextNetworks, build_autoencoder, build_transformer

GAIN = 1.5
TEXT_FOLDER = "text_encoder"
FULL = TangoFluxConfig(text_encoder_name=TEXT_FOLDER)
TINY = TangoFluxConfig(
    num_layers=1,
    num_single_layers=2,
    joint_attention_dim=64,
    num_attention_heads=1,
    audio_seq_len=96,
    text_encoder_name=TEXT_FOLDER,
    text={**FLAN_T5_LARGE, "vocab_size": 128, "d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 2, "num_heads": 4},
    vae={**OOBLECK, "encoder_hidden_size": 8, "decoder_channels": 8},
)


def write_made_up(folder: Path, config: TangoFluxConfig = TINY, seed: int = 0) -> Path:
    """Write config.json, both weight files, vae_config.json and text_encoder/ into `folder`, and return it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        text, transformer = TextNetworks(config), build_transformer(config)
        autoencoder = build_autoencoder(config)
        _enliven(transformer)
    flow = {f"transformer.{name}": tensor for name, tensor in transformer.state_dict().items()}
    flow |= {name: tensor for name, tensor in text.state_dict().items() if name != TIED}
    (folder / TEXT_FOLDER).mkdir(parents=True, exist_ok=True)
    save_file(flow, folder / "tangoflux.safetensors")
    save_file(autoencoder.state_dict(), folder / "vae.safetensors")
    values = dataclasses.asdict(config)
    for name, file in (("text", f"{TEXT_FOLDER}/config.json"), ("vae", "vae_config.json")):
        (folder / file).write_text(json.dumps({**values.pop(name), **({"model_type": "t5"} if name == "text" else {})}))
    (folder / "config.json").write_text(json.dumps(values))
    tokenizer().save_pretrained(folder / TEXT_FOLDER)
    return folder


def _enliven(transformer: nn.Module) -> None:
    """As a Linear is initialised by default, all blocks together barely change what comes out."""
    for module in transformer.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=GAIN / module.in_features**0.5)


def tokenizer() -> PreTrainedTokenizerFast:
    """One token for each printable ASCII character, and </s> at the end."""
    words = ["<pad>", "</s>", "<unk>", *map(chr, range(32, 127))]
    tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Split(Regex("."), "isolated")
    tokenizer.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512
    )
