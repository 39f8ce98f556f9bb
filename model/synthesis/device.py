"""Where trained networks compute, in which precision, and what waits elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

import torch
from torch import nn

from model.errors import InvalidInput

DTYPES = (torch.float32, torch.bfloat16)
"""T5 overflows in float16, so it is not offered."""

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class Placement:
    """A device as torch names it, the precision of the transformer, and two trade-offs.

    `compiled`: the transformer is compiled, which takes a while at the first render. `offload`: each stage is on the
    device only while it works, and in main memory otherwise. Text encoder and decoder stay in float32: each works once
    a sound, and a decoder in bfloat16 is heard.

    Raises:
        InvalidInput: a precision that is neither float32 nor bfloat16.
    """

    device: str = "cpu"
    dtype: torch.dtype = torch.float32
    compiled: bool = False
    offload: bool = False

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise InvalidInput(f"dtype: must be one of {', '.join(map(str, DTYPES))}, not {self.dtype}")

    @classmethod
    def choose(cls) -> Placement:
        """A GPU in bfloat16 where there is one that has it, and otherwise the CPU in float32."""
        if torch.cuda.is_available() and torch.cuda.is_bf16_supported():
            return cls("cuda", torch.bfloat16)
        return cls()


class Stage(Generic[Network]):
    """A network and its device. Threads may share it; one that is offloaded is used by one thread at a time."""

    def __init__(self, network: Network, placement: Placement) -> None:
        self.device = torch.device(placement.device)
        self._offloaded = placement.offload
        self._lock = Lock()
        self._network = network if self._offloaded else network.to(self.device)

    @contextmanager
    def at_work(self) -> Iterator[Network]:
        """The network, on its device until the block is left."""
        if not self._offloaded:
            yield self._network
            return
        with self._lock:
            self._network.to(self.device)
            try:
                yield self._network
            finally:
                self._network.to("cpu")
