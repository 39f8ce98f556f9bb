"""Where and how exactly a run computes: one device or several processes, in float32 or bfloat16."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from model.errors import TrainingError

try:
    from lightning_fabric import Fabric
    from lightning_fabric.strategies.ddp import DDPStrategy
    from lightning_fabric.strategies.single_device import SingleDeviceStrategy
    from lightning_fabric.strategies.strategy import Strategy
except ModuleNotFoundError as error:
    raise TrainingError("training needs lightning-fabric: pip install 'earshot[train]'") from error

__all__ = ["Fabric", "Precision", "computing", "gathered", "open_fabric"]

Precision = Literal["32-true", "bf16-mixed"]


def open_fabric(precision: str = "32-true", devices: int = 1, accelerator: str = "auto") -> Fabric:
    """A launched Fabric on `devices` GPUs or CPU processes; "auto" takes GPUs where there are any.

    With more than one device the command that called this is started again for each further one.

    Raises:
        TrainingError: an unknown precision or accelerator, or more devices than there are.
    """
    has_cuda = torch.cuda.is_available()
    kind = ("cuda" if has_cuda else "cpu") if accelerator == "auto" else accelerator
    available = torch.cuda.device_count() if has_cuda else 0
    if precision not in get_args(Precision):
        raise TrainingError(f"precision: {precision!r} is not one of {', '.join(get_args(Precision))}")
    if kind not in ("cpu", "cuda"):
        raise TrainingError(f"accelerator: {accelerator!r} is not one of auto, cpu, cuda")
    if devices < 1 or (kind == "cuda" and devices > available):
        raise TrainingError(f"devices: {devices} asked for, {available if kind == 'cuda' else 'at least 1'} available")
    strategy: Strategy = (
        SingleDeviceStrategy(torch.device(kind, 0) if kind == "cuda" else torch.device(kind))
        if devices == 1
        # Not every weight has a part in every loss: the last audio block's attention has none in any.
        else DDPStrategy(find_unused_parameters=True)
    )
    with _silence():
        fabric = Fabric(
            accelerator=kind,
            devices=devices,
            strategy=strategy,
            precision=precision,  # type: ignore[arg-type]
        )
        fabric.launch()
    return fabric


@contextmanager
def _silence() -> Iterator[None]:
    """Fabric's notices about what was asked of it ("Using bfloat16 ...") are no news."""
    loggers = [logging.getLogger(name) for name in ("lightning_fabric", "lightning.fabric", "lightning_utilities")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def computing(fabric: Fabric) -> Iterator[None]:
    """Choose attention kernels for a forward pass on this device."""
    if fabric.device.type == "cpu" and fabric.strategy.precision.precision == "bf16-mixed":
        # On CPUs the backward pass of torch's fused attention is several times slower in bfloat16 than plain matrix
        # products at the few hundred tokens of an image.
        with sdpa_kernel(SDPBackend.MATH):
            yield
    else:
        yield


def gathered(fabric: Fabric, x: Tensor) -> Tensor:
    """Rows of every process in order of rank, (B, dim) -> (processes · B, dim), with gradients to all of them."""
    if fabric.world_size == 1:
        return x
    with warnings.catch_warnings():
        # Fabric gathers by a function of torch that is about to be renamed.
        warnings.filterwarnings("ignore", message=r"torch\.distributed\.nn\.functional\.all_gather is deprecated")
        everyone = fabric.all_gather(x, sync_grads=True)
    assert isinstance(everyone, Tensor)
    return everyone.flatten(0, 1)
