"""Open a directory in the published layout, strictly: every tensor there, of its shape, finite (specification §T2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn.utils import remove_weight_norm

from model.errors import CheckpointError, NotPulled, first_line
from model.lazy import part
from model.registry import pulled
from model.synthesis.tangoflux.config import TangoFluxConfig, local_text_encoder
from model.synthesis.tangoflux.networks import (
    Shapes,
    TextNetworks,
    empty_networks,
)

OWN_FILES = ("config.json", "vae_config.json", "tangoflux.safetensors", "vae.safetensors")
HASH_LENGTH = 16
MAX_NAMED = 5
"""Of many wrong tensors, an error names this many."""

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class Networks:
    """What a directory holds, in main memory, frozen and in evaluation mode.

    `transformer` is in the precision asked for, the others in float32. `checkpoint` identifies the directory's content,
    in 16 hexadecimal digits.
    """

    config: TangoFluxConfig
    tokenizer: Any
    text: TextNetworks
    transformer: nn.Module
    decoder: nn.Module
    checkpoint: str


def open_networks(folder: Path, dtype: torch.dtype = torch.float32, data_dir: Path | None = None) -> Networks:
    """Read a directory: config.json, tangoflux.safetensors, vae.safetensors and the text encoder's tokeniser.

    The tokeniser is read from the directory where it holds one, and otherwise from what was pulled with TangoFlux.

    Raises:
        CheckpointError: a file is missing or unreadable, or tensors are missing, misshapen, unknown or not finite.
    """
    if not folder.is_dir():
        raise CheckpointError(f"{folder}: no such directory")
    config = TangoFluxConfig.read(folder)
    try:
        empty = empty_networks(config)
    except (TypeError, ValueError, KeyError) as error:
        raise CheckpointError(f"{folder}: its configuration makes no network: {error}") from error
    for file, wanted in empty.shapes().items():
        _check(folder / file, wanted)
    flow, autoencoder = folder / "tangoflux.safetensors", folder / "vae.safetensors"
    text = _filled(empty.text, _read(flow, "", ("text_encoder.", "fc.", "duration_emebdder.")))
    transformer = _filled(empty.transformer, _read(flow, "transformer.", dtype=dtype))
    decoder = _filled(empty.autoencoder.decoder, _read(autoencoder, "decoder."))
    text.tie()
    _join_weights(decoder)
    tokenizer = _open_tokenizer(folder, config, data_dir)
    networks = Networks(config, tokenizer, text, transformer, decoder, _identity(folder, config))
    for network in (networks.text, networks.transformer, networks.decoder):
        network.eval().requires_grad_(False)
    return networks


def _identity(folder: Path, config: TangoFluxConfig) -> str:
    """What tells this directory's content from any other's: a hash over all that decides the samples."""
    text_encoder = local_text_encoder(folder, config.text_encoder_name)
    beside = [] if text_encoder is None else [path for path in text_encoder.iterdir() if path.is_file()]
    digest = hashlib.sha256()
    for path in [*(folder / name for name in OWN_FILES), *sorted(beside)]:
        if path.is_file():
            with path.open("rb") as file:
                digest.update(
                    f"{path.relative_to(folder)} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode()
                )
    return digest.hexdigest()[:HASH_LENGTH]


def _check(path: Path, wanted: Shapes) -> None:
    """Compare names and shapes in a file's header with those wanted."""
    try:
        with safe_open(path, framework="pt") as file:
            found = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: not a readable safetensors file: {error}") from error
    problems = {
        "missing": wanted.keys() - found.keys(),
        "misshapen": {name for name in wanted.keys() & found.keys() if wanted[name] != found[name]},
        "unexpected": found.keys() - wanted.keys(),
    }
    for problem, names in problems.items():
        if names:
            more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
            raise CheckpointError(f"{path}: {problem}: {', '.join(sorted(names)[:MAX_NAMED])}{more}")


def _read(
    path: Path, prefix: str, kept: tuple[str, ...] = ("",), dtype: torch.dtype = torch.float32
) -> dict[str, Tensor]:
    """The tensors under a prefix, without it, that begin with one of `kept`."""
    state = {}
    with safe_open(path, framework="pt") as file:
        for name in file.keys():  # noqa: SIM118
            own = name.removeprefix(prefix)
            if name.startswith(prefix) and own.startswith(kept):
                tensor = file.get_tensor(name)
                if not bool(torch.isfinite(tensor).all()):
                    raise CheckpointError(f"{path}: not finite: {name}")
                state[own] = tensor.to(dtype)
    return state


def _filled(network: Network, state: Mapping[str, Tensor]) -> Network:
    """An empty network around tensors that are already in memory: nothing is initialised first."""
    # The names are checked already; the one that is not stored is tied by the caller.
    network.load_state_dict(state, strict=False, assign=True)
    return network


def _join_weights(decoder: nn.Module) -> None:
    """Multiply lengths and directions of all weights once, not at every call."""
    for module in decoder.modules():
        if hasattr(module, "weight_g"):
            remove_weight_norm(module)


def _open_tokenizer(folder: Path, config: TangoFluxConfig, data_dir: Path | None) -> Any:
    try:
        place = local_text_encoder(folder, config.text_encoder_name) or pulled("flan-t5-tokenizer", data_dir)
        return part("transformers", "AutoTokenizer").from_pretrained(place, local_files_only=True)
    except NotPulled as error:
        raise CheckpointError(f"{folder}: no tokeniser in it, and {error}") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{place}: no tokeniser in it: {first_line(error)}") from error
