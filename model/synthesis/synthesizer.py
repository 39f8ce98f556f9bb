"""Synthesizer: anything that turns a caption into sound, and the way to open one by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from model.errors import SynthesisError
from model.synthesis.clip import Clip

if TYPE_CHECKING:
    from model.sat2sound.text_encoder import TextEncoder
    from model.synthesis.foley import Foley

SYNTHESIZERS = ("foley",)


Progress = Callable[[int, int], None]
"""Told after each part of a render how many are done, and of how many."""
IsCancelled = Callable[[], bool]
"""Asked before each part of a render whether it is wanted no more."""


class Synthesizer(Protocol):
    """Anything that renders a caption as sound. Implementations may be used from several threads at once."""

    name: str

    def render(
        self,
        caption: str,
        seconds: float = 10.0,
        seed: int = 0,
        *,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
        **options: Any,
    ) -> Clip:
        """The sound of a caption; the same caption, seconds, seed and options give the same clip.

        Raises:
            Cancelled: `cancelled` answered that the clip is wanted no more.
            SynthesisError: a value out of range, or an option this synthesizer does not have; the field is named.
        """
        ...


def open_synthesizer(name: str, *, encoder: TextEncoder | None = None) -> Synthesizer:
    """Open a synthesizer by name: "foley", with the text encoder that reads captions (default: MiniLM, opened once).

    Raises:
        SynthesisError: a name that is not offered.
    """
    if name == "foley":
        from model.synthesis.foley import Foley

        return _shared_foley() if encoder is None else Foley(encoder)
    if name == "tangoflux":
        raise SynthesisError("TangoFlux is not offered yet: use foley")
    raise SynthesisError(f"unknown synthesizer {name!r}: known are {', '.join(SYNTHESIZERS)}")


@cache
def _shared_foley() -> Foley:
    from model.synthesis.foley import Foley

    return Foley()
