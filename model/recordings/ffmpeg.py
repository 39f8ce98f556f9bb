"""Formats that libsndfile does not read, or not whole, through PyAV, whose wheel brings FFmpeg's decoders along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from model.lazy import part

DEMUXERS = "aac,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,flac,matroska,webm,mov,mp4,mp3,mpeg,mpegts,ogg,tta,w64,wav,wv"
"""Containers of sound alone or with pictures; none of those that name other files or addresses."""
WHOLE_NUMBERS = {"u8": (128.0, 128.0), "s16": (0.0, 2.0**15), "s32": (0.0, 2.0**31), "s64": (0.0, 2.0**63)}
"""What is silence, and what full scale is from there."""
EXACT = ("mov", "mp4", "m4a")
"""Containers that know the sound's length to the sample, which the decoder's padding lies behind."""
TOLD = (*EXACT, "flac", "wav", "w64", "caf", "aiff")
"""Containers whose length is written down and not guessed."""
PADDING = 0.25
"""Seconds that may be missing of a length that is told."""


class FfmpegSound:
    """The first stream of sound in a file, decoded block by block."""

    def __init__(self, container: Any, stream: Any) -> None:
        self._container, self._stream = container, stream
        self.rate = int(stream.codec_context.sample_rate or 0)
        self.channels = int(stream.codec_context.layout.nb_channels)
        self.is_ambisonic = "ambisonic" in str(stream.codec_context.layout.name)
        known = stream.duration is not None and any(name in container.format.name.split(",") for name in EXACT)
        self._frames = round(float(stream.duration * stream.time_base) * self.rate) if known else None
        self._is_told = any(name in container.format.name.split(",") for name in TOLD)
        self._done = 0

    @property
    def seconds(self) -> float | None:
        """How long it says it is; None where it does not."""
        if self._stream.duration is not None:
            return float(self._stream.duration * self._stream.time_base)
        return None if self._container.duration is None else self._container.duration / 1e6

    @property
    def is_cut_off(self) -> bool:
        """Whether all that could be decoded is less than the file says it holds."""
        seconds = self.seconds
        return self._is_told and seconds is not None and self._done < (seconds - PADDING) * self.rate

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Samples (channels, n) in order, cut to the stream's own length where that is exact."""
        for frame in self._container.decode(self._stream):
            if frame.layout.nb_channels != self.channels or frame.sample_rate != self.rate:
                raise ValueError("its channels or its rate change on the way")
            block = _floats(frame)
            if self._frames is not None:
                block = block[:, : max(0, self._frames - self._done)]
            self._done += block.shape[1]
            if block.shape[1]:
                yield block


@contextmanager
def open_ffmpeg(file: BinaryIO) -> Iterator[FfmpegSound]:
    """Open a file's first stream of sound. Raises ValueError for what is none, or has none."""
    errors = part("av.error", "FFmpegError")
    file.seek(0)
    try:
        options = {"format_whitelist": DEMUXERS, "protocol_whitelist": ""}
        with part("av", "open")(file, mode="r", options=options) as container:
            if not container.streams.audio:
                raise ValueError("holds no sound")
            yield FfmpegSound(container, container.streams.audio[0])
    except errors as error:
        raise ValueError(str(error.strerror or error)) from error


def _floats(frame: Any) -> NDArray[np.float32]:
    """A frame's samples as (channels, n) floats of full scale, whatever they are stored as; nothing is mixed."""
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, frame.layout.nb_channels).T
    name = frame.format.name.removesuffix("p")
    if name in WHOLE_NUMBERS:
        silence, full = WHOLE_NUMBERS[name]
        values = (values.astype(np.float64) - silence) / full
    return np.ascontiguousarray(values, dtype=np.float32)
