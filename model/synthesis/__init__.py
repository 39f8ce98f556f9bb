"""Synthesis: captions as sound.

A `Synthesizer` renders a caption to a `Clip`. `open_synthesizer("foley")` needs no weights beyond the text encoder:
it mixes procedural sources by what the caption means.
"""

from model.synthesis.clip import Clip
from model.synthesis.encoding import Format
from model.synthesis.synthesizer import IsCancelled, Progress, Synthesizer, open_synthesizer

__all__ = ["Clip", "Format", "IsCancelled", "Progress", "Synthesizer", "open_synthesizer"]
