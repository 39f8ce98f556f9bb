"""Recordings to test with, as recorders, phones and editors leave them, made on the spot."""

import io
import struct

import av
import numpy as np
import soundfile

RATE = 48_000


def noise(seconds=2.0, rate=RATE, seed=0):
    """Noise that swells: (n,) float32."""
    n = round(seconds * rate)
    swell = 0.3 + 0.7 * np.sin(2 * np.pi * np.arange(n) / rate) ** 2
    return (0.1 * swell * np.random.default_rng(seed).normal(size=n)).astype(np.float32)


def written(samples, format="WAV", subtype=None, rate=RATE):
    """A file that libsndfile writes of samples (n,) or (n, channels)."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=format, subtype=subtype)
    return buffer.getvalue()


def encoded(samples, container, codec, rate=RATE):
    """A file that FFmpeg's encoders make of mono samples (n,)."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        resampler = av.AudioResampler(format=stream.codec_context.format.name, layout="mono", rate=rate)
        for part in resampler.resample(frame):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return buffer.getvalue()


def wav(samples, length=None, riff=None, before=b"", behind=b""):
    """A WAV of 16 bits whose header claims those lengths; chunks before and behind the sound."""
    data = (samples * 32_767).astype("<i2").tobytes()
    format = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
    length = len(data) if length is None else length
    body = before + b"fmt " + struct.pack("<I", 16) + format + b"data" + struct.pack("<I", length) + data + behind
    riff = 4 + len(body) if riff is None else riff
    return b"RIFF" + struct.pack("<I", riff) + b"WAVE" + body
