"""The image side in bfloat16: the same blocks with packed weights, for CPUs that multiply bfloat16 natively.

Weights and the inputs of matrix products are bfloat16; sums, residuals, norms and the patch convolution stay float32.
Inference only: the float32 weights of what is lowered are given up, which makes the model smaller, too.
"""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.errors import InvalidInput
from model.sat2sound.config import Precision
from model.sat2sound.image_encoder import ImageEncoder, gelu
from model.sat2sound.metadata import MetadataFusion
from model.sat2sound.sat2sound import Sat2Sound

WORTHWHILE = 20_000_000
"""Below this many weights a model is quick anyway, and casting costs about what it saves."""


def is_native() -> bool:
    """Whether this CPU multiplies bfloat16 in hardware (AVX512-BF16 or AMX)."""
    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


def is_possible() -> bool:
    """Whether this CPU's kernels take packed bfloat16 at all (AVX512BW, VL and DQ, or AVX-NE-CONVERT), if slowly."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def best_precision(model: Sat2Sound) -> Precision:
    """bfloat16 where the CPU is made for it and the model large enough to gain; else float32."""
    lowered = [model.image_encoder, *([model.metadata_fusion] if model.metadata_fusion is not None else [])]
    weights = sum(parameter.numel() for part in lowered for parameter in part.parameters())
    return "bfloat16" if is_native() and model.device.type == "cpu" and weights >= WORTHWHILE else "float32"


def set_precision(model: Sat2Sound, precision: Literal["auto"] | Precision) -> Precision:
    """Compute images in `precision` from now on, in place; auto: `best_precision`. Text and sound stay float32.

    Raises:
        InvalidInput: bfloat16 is asked of a CPU without it or of a model on another device, or float32 of a model that
            gave it up.
    """
    wanted = best_precision(model) if precision == "auto" else precision
    if wanted == model.precision:
        return wanted
    if wanted == "float32" or model.device.type != "cpu":
        raise InvalidInput(f"precision: a model in {model.precision} on {model.device.type} cannot change to {wanted}")
    if not is_possible():
        raise InvalidInput("precision: this CPU has no bfloat16 (it needs AVX-512): ask for auto or float32")
    model.image_encoder = _LowEncoder(model.image_encoder)
    if model.metadata_fusion is not None:
        model.metadata_fusion = _LowFusion(model.metadata_fusion)
    model.codebook.screen_images()
    model.eval()  # the new parts, too
    model.precision = wanted
    return wanted


class PackedLinear(nn.Module):
    """x Wᵀ + b, then GELU where asked: bfloat16 weights laid out once as the CPU's matrix product wants them."""

    def __init__(self, weight: Tensor, bias: Tensor | None, activation: Literal["none", "gelu"] = "none") -> None:
        super().__init__()
        self._activation = activation
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach().to(torch.bfloat16))
        self._bias = None if bias is None else bias.detach().to(torch.bfloat16)

    def forward(self, x: Tensor) -> Tensor:
        """(…, inputs) of any float -> (…, outputs) bfloat16."""
        y: Tensor = torch.ops.mkldnn._linear_pointwise(
            x.to(torch.bfloat16), self._weight, self._bias, self._activation, [], "none"
        )
        return y


class _LowBlock(nn.Module):
    """One transformer layer, norms before its parts or behind them as the layer it is made of has them."""

    def __init__(self, layer: nn.TransformerEncoderLayer) -> None:
        super().__init__()
        attention = layer.self_attn
        self.norm_first, self.heads = layer.norm_first, attention.num_heads
        self.norm1, self.norm2 = layer.norm1, layer.norm2
        assert attention.in_proj_weight is not None
        self.qkv = PackedLinear(attention.in_proj_weight, attention.in_proj_bias)
        self.proj = PackedLinear(attention.out_proj.weight, attention.out_proj.bias)
        self.up = PackedLinear(layer.linear1.weight, layer.linear1.bias, "gelu")
        self.down = PackedLinear(layer.linear2.weight, layer.linear2.bias)

    def forward(self, x: Tensor, src_mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None) -> Tensor:
        """(B, T, C) -> the same in float32; the masks, (T, T) and (B, T) bool, leave keys out as torch's layer does."""
        x, attended = x.float(), _attended(src_mask, src_key_padding_mask)
        if self.norm_first:
            x = x + self._attend(self.norm1(x), attended)
            x = x + self.down(self.up(self.norm2(x)))
            return x
        x = self.norm1(x + self._attend(x, attended))
        out: Tensor = self.norm2(x + self.down(self.up(x)))
        return out

    def _attend(self, x: Tensor, attended: Tensor | None) -> Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # each (B, heads, T, head dim)
        if attended is None:
            mixed = torch.stack([self._mix(*parts) for parts in zip(query, key, value, strict=True)])
        else:
            mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=attended).transpose(1, 2)
        out: Tensor = self.proj(mixed.reshape(batch, length, width))
        return out

    def _mix(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """One image's attention where all is attended to: each (heads, T, head dim) -> (T, heads, head dim).

        Of so few tokens plain products are as quick as a fused kernel, and image by image they stay in the cache.
        """
        scores = torch.bmm(query * query.shape[-1] ** -0.5, key.transpose(1, 2))  # (heads, T, T)
        return torch.bmm(scores.softmax(dim=-1), value).transpose(0, 1)


def _attended(mask: Tensor | None, padding: Tensor | None) -> Tensor | None:
    """The keys that are looked at, (B or 1, 1, T or 1, T) bool; None where nothing is left out."""
    left_out = None if mask is None else mask[None, None]  # (1, 1, T, T)
    if padding is not None and bool(padding.any()):
        keys = padding[:, None, None, :]  # (B, 1, 1, T)
        left_out = keys if left_out is None else left_out | keys
    return None if left_out is None else ~left_out


class _LowEncoder(ImageEncoder):
    """An image encoder whose blocks and projector are packed."""

    def __init__(self, encoder: ImageEncoder) -> None:
        nn.Module.__init__(self)
        self.grid, self.width, self.patch = encoder.grid, encoder.width, encoder.patch
        self.blocks = nn.ModuleList(_LowBlock(_layer(block)) for block in encoder.blocks)
        self.projector = _packed_pair(encoder.projector)


class _LowFusion(MetadataFusion):
    """A metadata fusion whose layers are packed; the small encoders of its fields stay as they are."""

    def __init__(self, fusion: MetadataFusion) -> None:
        nn.Module.__init__(self)
        self.fields, self.embed = fusion.fields, fusion.embed
        self.layers = nn.ModuleList(_LowBlock(_layer(layer)) for layer in fusion.layers)


def _layer(module: nn.Module) -> nn.TransformerEncoderLayer:
    assert isinstance(module, nn.TransformerEncoderLayer)
    assert module.activation is gelu
    return module


def _packed_pair(pair: nn.Sequential) -> nn.Sequential:
    first, _, second = pair
    assert isinstance(first, nn.Linear)
    assert isinstance(second, nn.Linear)
    return nn.Sequential(PackedLinear(first.weight, first.bias, "gelu"), PackedLinear(second.weight, second.bias))
