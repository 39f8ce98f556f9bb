"""The lock file: which revision of each model was fetched, where it lies, and what every file of it must be."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock
from platformdirs import user_data_dir

from model.errors import NotPulled, PullError
from model.files import write_whole
from model.registry.catalogue import find

LOCK = "lock.json"
VERSION = 1
LOCAL = "local"
"""The revision of files that were not fetched but recorded where they lay."""
CHUNK = 1 << 22

OnBytes = Callable[[int], None]


@dataclass(frozen=True)
class LockedFile:
    """Size in bytes and sha256 of one file."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class LockedModel:
    """One model as it was fetched: its files lie in `folder` under their names in the repository."""

    repository: str
    revision: str
    folder: str
    files: dict[str, LockedFile]
    licence: str = ""
    accepted: bool = False

    @property
    def bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.bytes for file in self.files.values())

    def wrong(self) -> str | None:
        """What is wrong with the files by a look at their sizes, in a few words; None when nothing is."""
        for name, file in self.files.items():
            path = Path(self.folder) / name
            if not path.is_file():
                return f"{path} is gone"
            if path.stat().st_size != file.bytes:
                return f"{path} has {path.stat().st_size} bytes, not {file.bytes}"
        return None


@dataclass(frozen=True)
class Damage:
    """A file whose bytes are not those that were fetched."""

    name: str
    path: Path
    reason: str


@dataclass
class Lock:
    """The lock file's content; `update` is the one way to change it."""

    models: dict[str, LockedModel] = field(default_factory=dict)

    @classmethod
    def read(cls, data_dir: Path | None = None) -> Lock:
        """The lock of a data folder; empty where there is none yet.

        Raises:
            PullError: the file is not a lock of this version.
        """
        path = models_folder(data_dir) / LOCK
        try:
            content = json.loads(path.read_text())
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError) as error:
            raise PullError(f"{path}: not readable: {error}; delete it and pull again") from error
        try:
            if content["version"] != VERSION:
                raise PullError(f"{path}: written by another version; delete it and pull again")
            return cls({name: _locked_model(values) for name, values in content["models"].items()})
        except (KeyError, TypeError, AttributeError) as error:
            raise PullError(f"{path}: not a lock file; delete it and pull again") from error


def default_data_dir() -> Path:
    """Where state is kept unless a setting says otherwise: EARSHOT_DATA_DIR, or the user's data folder."""
    return Path(os.environ.get("EARSHOT_DATA_DIR") or user_data_dir("earshot")).expanduser().absolute()


def models_folder(data_dir: Path | None = None) -> Path:
    """Where the lock and the converted checkpoints lie."""
    return (data_dir or default_data_dir()) / "models"


def locked(name: str, data_dir: Path | None = None) -> LockedModel | None:
    """What the lock says of a model; None if it was never pulled.

    Raises:
        UnknownModel: the catalogue has no such name.
    """
    return Lock.read(data_dir).models.get(find(name).name)


def pulled(name: str, data_dir: Path | None = None) -> Path:
    """Where a pulled model lies: the file of a single-file model, else its folder. No network, nothing is hashed.

    Raises:
        UnknownModel: the catalogue has no such name.
        NotPulled: it is not here, or a file is gone or has another size; the message says which command fetches it.
    """
    model = find(name)
    entry = locked(name, data_dir)
    if entry is None:
        raise NotPulled(f"{name} is not on this machine: run `earshot pull {name}`")
    if reason := entry.wrong():
        raise NotPulled(f"{name} is not whole: {reason}: run `earshot pull {name}`")
    return Path(entry.folder) / next(iter(entry.files)) if model.single else Path(entry.folder)


def record(name: str, place: Path, data_dir: Path | None = None, *, on_bytes: OnBytes | None = None) -> LockedModel:
    """Write down files that are already here as the model of that name, whatever their origin.

    `place` is a folder, or the file of a single-file model.

    Raises:
        PullError: nothing is there.
    """
    model = find(name)
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    if not files or (model.single and not place.is_file()):
        raise PullError(f"{place}: no {'file' if model.single else 'files'} of {name} there")
    folder = place.parent if place.is_file() else place
    facts = {
        str(path.relative_to(folder)): LockedFile(path.stat().st_size, sha256_of(path, on_bytes)) for path in files
    }
    entry = LockedModel(model.repository, "local", str(folder.absolute()), facts, model.licence.name, True)
    update(name, entry, data_dir)
    return entry


def update(name: str, entry: LockedModel | None, data_dir: Path | None = None) -> None:
    """Write one model's entry, or take it out; other processes may be doing the same."""
    folder = models_folder(data_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{LOCK}.busy"):
            lock = Lock.read(data_dir)
            lock.models.pop(name, None)
            if entry is not None:
                lock.models[name] = entry
            content = {"version": VERSION, "models": {key: asdict(value) for key, value in lock.models.items()}}
            write_whole(folder / LOCK, json.dumps(content, indent=2) + "\n")
    except OSError as error:
        raise PullError(f"{folder / LOCK}: cannot be written: {error.strerror or error}") from error


def verify(name: str, data_dir: Path | None = None, *, on_bytes: OnBytes | None = None) -> list[Damage]:
    """Compare every byte of a pulled model with the lock.

    Raises:
        NotPulled: the lock does not know it.
    """
    entry = locked(name, data_dir)
    if entry is None:
        raise NotPulled(f"{name} is not on this machine: run `earshot pull {name}`")
    damaged = []
    for file, facts in entry.files.items():
        path = Path(entry.folder) / file
        if not path.is_file():
            damaged.append(Damage(file, path, "is gone"))
        elif path.stat().st_size != facts.bytes:
            damaged.append(Damage(file, path, f"has {path.stat().st_size} bytes, not {facts.bytes}"))
        elif sha256_of(path, on_bytes) != facts.sha256:
            damaged.append(Damage(file, path, "is damaged: its sha256 is not the one that was fetched"))
    return damaged


def sha256_of(path: Path, on_bytes: OnBytes | None = None) -> str:
    """sha256 of a file, told in steps."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            if on_bytes:
                on_bytes(len(chunk))
    return digest.hexdigest()


def _locked_model(values: dict[str, Any]) -> LockedModel:
    files = {name: LockedFile(**facts) for name, facts in values["files"].items()}
    return LockedModel(**{**values, "files": files})
