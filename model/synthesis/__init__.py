"""Synthesis: captions as sound.

A `Synthesizer` renders a caption to a `Clip`. `open_synthesizer("foley")` needs no weights beyond the text encoder:
it mixes procedural sources by what the caption means. `open_synthesizer("tangoflux", path)` is a trained generator,
read from a directory of published weights.
"""

from model.synthesis.clip import Clip
from model.synthesis.encoding import Format
from model.synthesis.synthesizer import Synthesizer, open_synthesizer
from model.synthesis.watch import Cancel, Progress

__all__ = ["Cancel", "Clip", "Format", "Progress", "Synthesizer", "open_synthesizer"]
