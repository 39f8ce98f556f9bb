"""Synthesizer: anything that turns a caption into sound, and the way to open one by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Protocol

from model.errors import SynthesisError
from model.registry import pulled
from model.sat2sound.text_encoder import TextEncoder
from model.synthesis.clip import Clip
from model.synthesis.device import Placement
from model.synthesis.foley.mix import Foley
from model.synthesis.tangoflux.tangoflux import open_tangoflux
from model.synthesis.watch import Cancel, Progress

SYNTHESIZERS = ("foley", "tangoflux")


class Synthesizer(Protocol):
    """Anything that renders a caption as sound. Implementations may be used from several threads at once."""

    name: str
    licence: str
    """The terms under which its sounds may be used, in a sentence."""
    attribution: str
    """What must be shown beside its sounds; empty where nothing must."""

    def render(
        self,
        caption: str,
        seconds: float = 10.0,
        seed: int = 0,
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        **options: Any,
    ) -> Clip:
        """The sound of a caption; the same caption, seconds, seed and options give the same clip.

        `progress(done, total)` is called after each step, `cancel()` is asked before each; both in this thread.

        Raises:
            InvalidSound: a value out of range, or an option this synthesizer does not have; the field is named.
            Cancelled: `cancel` said so.
        """
        ...


def open_synthesizer(
    name: str,
    path: str | Path | None = None,
    *,
    encoder: TextEncoder | None = None,
    placement: Placement | None = None,
    data_dir: Path | None = None,
) -> Synthesizer:
    """Open a synthesizer by name.

    "foley" reads captions with the text encoder `encoder` (default: MiniLM, opened once). "tangoflux" is read from
    `path`, a directory in the published layout (default: what `earshot pull tangoflux` wrote down in `data_dir`), and
    computes where `placement` says (default: a GPU if there is one).

    Raises:
        SynthesisError: a name that is not offered, or an argument that the synthesizer does not take.
        NotPulled: TangoFlux without a path, where it was not pulled.
        CheckpointError: the directory is missing, incomplete or misshapen.
    """
    if name == "foley":
        if path is not None or placement is not None:
            raise SynthesisError("foley has no weights: it takes neither path nor placement")
        return _shared_foley() if encoder is None else Foley(encoder)
    if name == "tangoflux":
        if encoder is not None:
            raise SynthesisError("tangoflux has a text encoder of its own: it does not take encoder")
        return open_tangoflux(pulled(name, data_dir) if path is None else Path(path), placement, data_dir)
    raise SynthesisError(f"unknown synthesizer {name!r}: known are {', '.join(SYNTHESIZERS)}")


@cache
def _shared_foley() -> Foley:
    return Foley()
