#!/usr/bin/env bash
# A valid FLAC that was written to a pipe (STREAMINFO says 0 samples: not known, RFC 9639 8.2) opens in python-soundfile and
# tells 2^63 - 1 frames. Its beginning can be read; a read that reaches the end raises instead of giving what is left, as
# libsndfile cannot find its place again (psf_fseek), and reading it whole asks for an array of that many frames. PyAV
# decodes the same bytes to the last sample.
#
# Seen with soundfile 0.14.0 and av 18.1.0. Earshot therefore hands such files to PyAV.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check soundfile==0.14.0 av==18.1.0 numpy
"$folder/venv/bin/python" - <<'PYTHON'
import io

import av
import numpy as np
import soundfile

sound = (0.1 * np.random.default_rng(0).normal(size=96_000)).astype(np.float32)
whole = io.BytesIO()
soundfile.write(whole, sound, 48_000, format="FLAC")
piped = bytearray(whole.getvalue())
piped[21] &= 0xF0  # the 36 bits of the number of samples
piped[22:26] = bytes(4)

with soundfile.SoundFile(io.BytesIO(bytes(piped))) as file:
    frames = file.frames
    beginning = len(file.read(1000, dtype="float32"))
told = {}
for asked in (200_000, -1):
    with soundfile.SoundFile(io.BytesIO(bytes(piped))) as file:
        try:
            told[asked] = len(file.read(asked, dtype="float32"))
        except (soundfile.LibsndfileError, ValueError, MemoryError) as error:
            told[asked] = f"{type(error).__name__}: {error}"
with av.open(io.BytesIO(bytes(piped))) as file:
    decoded = sum(frame.samples for frame in file.decode(audio=0))

print(f"soundfile {soundfile.__version__} ({soundfile.__libsndfile_version__}), av {av.__version__}")
print(f"soundfile: {frames} frames; read of 1000: {beginning}, of 200000: {told[200_000]}, whole: {told[-1]}")
print(f"av: {decoded} samples of {len(sound)}")
assert frames == 2**63 - 1, "soundfile tells another length now"
assert beginning == 1000
assert all(isinstance(one, str) for one in told.values()), "soundfile reads it to its end now"
assert decoded == len(sound)
PYTHON
