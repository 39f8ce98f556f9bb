"""gallery.json: what a gallery says of itself, and the checksums its files must have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from model.errors import GalleryError

FORMAT = 1
MANIFEST = "gallery.json"
ENTRIES = "entries.csv"
VECTORS = "vectors.safetensors"
FILES = (ENTRIES, VECTORS)
ALWAYS_CHECKED = 256 * 1024 * 1024
"""Bytes up to which a file's checksum is computed whenever its gallery is opened."""


@dataclass(frozen=True)
class Container:
    """The file outside a gallery's folder that holds its sounds, and how long it was when they were found in it."""

    path: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """Whose vectors a gallery holds, how many of each kind, and the sha256 of each file by name."""

    format: int
    created_by: str
    checkpoint_name: str
    checkpoint_hash: str
    dim: int
    counts: Mapping[str, int]
    files: Mapping[str, str]
    container: Container | None = None

    @property
    def fingerprint(self) -> str:
        """Names the gallery by its entries and vectors."""
        return hashlib.sha256("".join(self.files[name] for name in FILES).encode()).hexdigest()[:16]


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal.

    Raises:
        GalleryError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise GalleryError(f"{path}: cannot be read: {error}") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `gallery.json` into `folder`."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path, thorough: bool = True) -> Manifest:
    """Read `gallery.json` and check that the files it names are the ones it was written for.

    Files of more than `ALWAYS_CHECKED` bytes are read through only if `thorough`.

    Raises:
        GalleryError: the folder, the manifest or a file is missing or not what it should be.
    """
    if not folder.is_dir():
        raise GalleryError(f"{folder}: no gallery here")
    manifest = _parse(folder / MANIFEST)
    for name, expected in manifest.files.items():
        if (thorough or _bytes(folder / name) <= ALWAYS_CHECKED) and digest(folder / name) != expected:
            raise GalleryError(f"{folder / name}: the checksum differs from {MANIFEST}'s; the gallery is corrupt")
    return manifest


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise GalleryError(f"{path}: cannot be read: {error}") from error


def _parse(path: Path) -> Manifest:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            raise GalleryError(f"{path}: format {values['format']!r} is not {FORMAT}; build the gallery again")
        if values.get("container") is not None:
            values["container"] = Container(**values["container"])
        manifest = Manifest(**values)
        _check_types(manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GalleryError(f"{path}: not a gallery's manifest: {error}") from error
    return manifest


def _check_types(manifest: Manifest) -> None:
    """TypeError or KeyError where JSON held something other than the fields promise."""
    texts = [manifest.created_by, manifest.checkpoint_name, manifest.checkpoint_hash]
    texts += [manifest.files[name] for name in FILES] + list(manifest.files.values())
    numbers = [manifest.dim, manifest.counts["caption"], manifest.counts["recording"]]
    if manifest.container is not None:
        texts.append(manifest.container.path)
        numbers.append(manifest.container.bytes)
    if not all(Path(name).name == name for name in manifest.files):
        raise ValueError("files must lie in the gallery's own folder")
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("names and checksums must be text")
    if not all(isinstance(number, int) and number >= 0 for number in numbers) or manifest.dim == 0:
        raise TypeError("dim and counts must be whole numbers")
