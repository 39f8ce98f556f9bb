"""The captioner of this server: opened when the first caption is to be written, absent where it was not pulled."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from model.errors import CheckpointError, ModelError
from model.registry import pulled
from server.errors import EngineAbsent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger("earshot")

CAPTIONER = "llava"
NEEDS = "its weights: run `earshot pull llava`"

Cancel = Callable[[], bool]


class Writer(Protocol):
    """Whatever writes the caption of an image; `model.synthesis.captioner.Captioner` is one."""

    def caption(self, pixels: "NDArray[np.uint8]", *, cancel: Cancel | None = None) -> str:
        """What may be heard where pixels (H, W, 3) were taken from."""
        ...


class Captions:
    """Writes captions with the weights pulled into `data_dir`; each takes seconds to minutes. Safe from any thread."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._writer: Writer | None = None
        self._opening = threading.Lock()

    @property
    def available(self) -> bool:
        """Whether the weights are here; nothing is opened to know."""
        try:
            self.check()
        except EngineAbsent:
            return False
        return True

    def check(self) -> None:
        """Refuse what cannot be done here, before anything else is done for it.

        Raises:
            EngineAbsent: The captioner's weights are not here.
        """
        if self._writer is None:
            self._folder()

    def write(self, pixels: "NDArray[np.uint8]", cancel: Cancel | None = None) -> str:
        """The caption of an image (H, W, 3).

        Raises:
            EngineAbsent: The captioner's weights are not here, or cannot be opened.
            Cancelled: `cancel` answered that the caption is wanted no more.
        """
        return self._open().caption(pixels, cancel=cancel)

    def _open(self) -> Writer:
        with self._opening:
            if self._writer is None:
                from model.synthesis.captioner import open_captioner

                try:
                    self._writer = open_captioner(self._folder())
                except CheckpointError as error:
                    logger.warning("the captioner cannot be opened: %s", error)
                    raise _absent() from error
            return self._writer

    def _folder(self) -> Path:
        try:
            return pulled(CAPTIONER, self._data_dir)
        except ModelError as error:
            raise _absent() from error


def _absent() -> EngineAbsent:
    return EngineAbsent(f"caption: generate cannot be used: {CAPTIONER} needs {NEEDS}")
