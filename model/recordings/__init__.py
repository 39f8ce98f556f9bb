"""Recordings as people have them: whatever the file, decoded within one set of bounds, and mixed down by one rule."""

from model.recordings.mixing import mono
from model.recordings.reader import MAX_CHANNELS, MAX_RATE, MIN_RATE, Decoded, decode

__all__ = ["MAX_CHANNELS", "MAX_RATE", "MIN_RATE", "Decoded", "decode", "mono"]
