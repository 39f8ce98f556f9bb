"""The published image path as plain float32 PyTorch, operation by operation, for a same-run comparison.

Told again from the specification of the reference, with the weights of one of our models: what the reference asks of
PyTorch for an image, in the order it asks. Nothing here is used outside the benchmarks.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.sat2sound import Metadata, Sat2Sound
from model.sat2sound.image_encoder import position_embedding
from model.sat2sound.metadata import encode_metadata


class ReferenceImages(nn.Module):
    """Images (B, 3, 224, 224) -> embeddings (B, dim): eval mode, no gradients, float32, every product in full."""

    def __init__(self, model: Sat2Sound) -> None:
        super().__init__()
        assert model.metadata_fusion is not None
        self.model, self.fusion = model, model.metadata_fusion
        config = model.config
        layer = nn.TransformerEncoderLayer(
            config.dim, config.fusion_heads, config.fusion_hidden, activation="gelu", batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, config.fusion_depth).eval().requires_grad_(False)
        for mine, theirs in zip(self.encoder.layers, self.fusion.layers, strict=True):
            mine.load_state_dict(theirs.state_dict())

    @torch.no_grad()
    def forward(self, images: Tensor, gsd: Tensor, metadata: Metadata) -> Tensor:
        """Each step after the other, each result kept whole."""
        x = self.backbone(images, gsd)
        x = self.model.image_encoder.projector(x)
        encoded = encode_metadata(metadata, len(x))
        valid = encoded.valid
        x = torch.cat([x, self.fusion.tokens(encoded, valid)], dim=1)
        ignored = torch.cat([valid.new_zeros(x.shape[0], x.shape[1] - valid.shape[1]), ~valid], dim=1)
        x = self.encoder(x, src_key_padding_mask=ignored)
        return self.pool(x)

    def backbone(self, images: Tensor, gsd: Tensor) -> Tensor:
        """Convolution, positions, then blocks of fused attention and an MLP."""
        encoder = self.model.image_encoder
        x: Tensor = encoder.patch(images).flatten(2).transpose(1, 2)
        x = x + position_embedding(gsd, encoder.grid, encoder.width)
        for block in encoder.blocks:
            x = x + self.attend(block.self_attn, block.norm1(x))
            x = x + block.linear2(F.gelu(block.linear1(block.norm2(x))))
        return x

    def attend(self, attention: nn.MultiheadAttention, x: Tensor) -> Tensor:
        """One product for queries, keys and values, the library's own attention, one product behind it."""
        batch, length, width = x.shape
        qkv = F.linear(x, attention.in_proj_weight, attention.in_proj_bias)
        qkv = qkv.reshape(batch, length, 3, attention.num_heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = qkv.unbind(0)
        mixed = F.scaled_dot_product_attention(query, key, value)
        out: Tensor = attention.out_proj(mixed.transpose(1, 2).reshape(batch, length, width))
        return out

    def pool(self, tokens: Tensor) -> Tensor:
        """All products with all concepts, two scalings, the maximum, a full sort, and the whole weighted sum."""
        book = self.model.codebook
        raw = torch.matmul(book.queries["image"](tokens), book.concepts.T)  # (B, T, M)
        scaled = raw / math.sqrt(book.concepts.shape[1])
        logits = (scaled / book.temperature).max(dim=1).values
        logits = logits - logits.max(dim=1, keepdim=True).values
        ordered = torch.sort(logits, dim=1, descending=True).values
        rank = torch.arange(1, logits.shape[1] + 1, dtype=logits.dtype)[None]
        sums = torch.cumsum(ordered, dim=1)
        support = (1 + rank * ordered > sums).sum(dim=1, keepdim=True)
        tau = (sums.gather(1, support - 1) - 1) / support
        return torch.clamp(logits - tau, min=0) @ book.concepts


def nearest_caption(vectors: Tensor, gallery: Tensor) -> Tensor:
    """The best row for each vector, the gallery (N, dim) brought to length one at every request."""
    unit = vectors / (vectors.norm(dim=1, keepdim=True) + 1e-8)
    rows = gallery / (gallery.norm(dim=1, keepdim=True) + 1e-8)
    return torch.mm(unit, rows.T).topk(1, dim=1).indices[:, 0]
