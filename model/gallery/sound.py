"""The sound of a gallery's recordings: files read from inside its folder, or Foley recipes rendered anew."""

from __future__ import annotations

from pathlib import Path

from model.errors import AudioError, GalleryError
from model.gallery.entry import FOLEY_SECONDS, MAX_SECONDS, MIN_SECONDS, GalleryEntry
from model.gallery.manifest import Container, digest
from model.gallery.published.container import read_clip
from model.inside import inside
from model.recordings import decode
from model.synthesis import Clip, open_synthesizer

MAX_CHANNELS = 2
"""Kept, for who plays a recording; of more one is made."""
CONTAINED = "container#"
"""Before DATASET/ROW where an entry's sound lies in its gallery's container."""


def read_file(path: Path, seconds: float = MAX_SECONDS, start: float = 0.0) -> Clip:
    """The first `seconds` of a sound file behind its `start`, at its own rate; more than two channels become one.

    Raises:
        GalleryError: not a sound file, too short, cut off, or not finite.
    """
    try:
        found = decode(path, seconds, start, MAX_CHANNELS)
    except AudioError as error:
        raise GalleryError(f"{path.name}: {error}") from error
    if found.seconds < MIN_SECONDS:
        behind = f" behind {start:g} s" if start else ""
        raise GalleryError(f"{path.name}: is shorter than {MIN_SECONDS} s{behind}")
    return Clip(found.samples, found.rate)


def clip_of(entry: GalleryEntry, folder: Path, container: Container | None = None) -> Clip:
    """What an entry sounds like: its Foley recipe rendered, its file under `folder`, or its part of `container`.

    Raises:
        GalleryError: the entry is a caption without a sound, or its file is missing, changed or unreadable.
        SynthesisError: the recipe cannot be rendered.
    """
    sound = entry.path or entry.synthesised
    if not sound and not entry.foley:
        raise GalleryError(f"{entry.id}: a caption has no recording")
    if entry.foley:
        return open_synthesizer("foley").render(entry.foley, seconds=entry.seconds or FOLEY_SECONDS, seed=entry.seed)
    if sound.startswith(CONTAINED):
        if container is None:
            raise GalleryError(f"{entry.id}: the gallery names no container to read {sound} from")
        return read_clip(container, sound.removeprefix(CONTAINED))
    path = inside(folder, sound)
    if entry.sha256 and digest(path) != entry.sha256:
        raise GalleryError(f"{sound}: the checksum differs from the gallery's; the recording is corrupt")
    start = entry.start or 0.0
    return read_file(path, MAX_SECONDS if entry.end is None else min(MAX_SECONDS, entry.end - start), start)
