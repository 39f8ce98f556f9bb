"""The hub: what a repository holds at a revision, and one file of it into the hub's cache, resumed and checked.

Everything on the wire is done by huggingface_hub, so HF_HOME, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and proxies mean
what they mean everywhere. Its own download begins anew when a process was stopped; for files of gigabytes ours keeps
what it has beside the cache's blobs, goes on from there, and lets a file in only once its digest is the hub's.
"""

from __future__ import annotations

import fnmatch
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from filelock import FileLock
from huggingface_hub import HfApi, constants, hf_hub_download, hf_hub_url, snapshot_download
from huggingface_hub.errors import (
    FileMetadataError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import http_get, repo_folder_name
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils.tqdm import silent_tqdm

from model.errors import PullError, first_line
from model.registry.catalogue import PublishedModel
from model.registry.lock import CHUNK

LATEST = "main"
ANSWER_SECONDS = 10.0
"""How long the hub may take to say what a repository holds, before it counts as out of reach."""
SHA256_LENGTH = 64
DIGEST = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

OnBytes = Callable[[int], None]


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository: size in bytes, and its digest at the hub (sha256 of a large file, else git's)."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True)
class Snapshot:
    """What one model's files are at one revision; `licence` is what the repository's card says, if anything."""

    repository: str
    revision: str
    files: tuple[RemoteFile, ...]
    licence: str = ""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


class Hub:
    """A hub and the cache its files are kept in; by default those that HF_ENDPOINT and HF_HOME name."""

    def __init__(self, endpoint: str | None = None, cache_dir: Path | None = None) -> None:
        self.endpoint = (endpoint or constants.ENDPOINT).rstrip("/")
        self.cache_dir = cache_dir or Path(constants.HF_HUB_CACHE)

    def snapshot(self, model: PublishedModel, revision: str | None = None) -> Snapshot:
        """What a model is made of at a revision, by default the latest; from the cache where there is no network.

        Raises:
            PullError: no network and not in the cache, no such repository, or a file is not in it.
        """
        try:
            with self._told(model.repository):
                return self._ask(model, revision or LATEST)
        except _Unreachable as unreachable:
            found = self._cached(model, revision or LATEST)
            if found is None:
                raise PullError(f"{model.name}: {unreachable}") from unreachable.__cause__
            return found

    def place(self, snapshot: Snapshot, file: RemoteFile) -> Path:
        """Where a file lies in the cache once it is there."""
        return self.folder(snapshot) / file.path

    def folder(self, snapshot: Snapshot) -> Path:
        """The folder of a snapshot in the cache."""
        return self._storage(snapshot.repository) / "snapshots" / snapshot.revision

    def missing(self, snapshot: Snapshot, file: RemoteFile) -> int:
        """How many bytes of a file are still to be fetched."""
        if _size(self.place(snapshot, file)) == file.size or _size(self._blob(snapshot, file)) == file.size:
            return 0
        return max(0, file.size - (_size(self._partial(snapshot, file)) or 0))

    def forget(self, snapshot: Snapshot, file: RemoteFile) -> None:
        """Take a file out of the cache, so that it is fetched again."""
        for path in (self.place(snapshot, file), self._blob(snapshot, file)):
            path.unlink(missing_ok=True)

    def fetch(self, snapshot: Snapshot, file: RemoteFile, on_bytes: OnBytes) -> Path:
        """One file in the cache: what is missing of it is fetched; its digest is compared before it is let in.

        Raises:
            PullError: the connection ended before the file did, or its bytes are not the published ones.
        """
        place = self.place(snapshot, file)
        if _size(place) == file.size:
            return place
        blob = self._blob(snapshot, file)
        place.unlink(missing_ok=True)
        if _size(blob) != file.size:
            partial = self._partial(snapshot, file)
            partial.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(partial.with_suffix(".busy")):
                if _size(blob) != file.size:
                    self._download(snapshot, file, partial, on_bytes)
                    partial.replace(blob)
        # The blob is there: this only links the snapshot to it, as every other program expects.
        with self._told(snapshot.repository):
            return Path(
                hf_hub_download(
                    snapshot.repository,
                    file.path,
                    revision=snapshot.revision,
                    cache_dir=self.cache_dir,
                    endpoint=self.endpoint,
                    tqdm_class=silent_tqdm,
                )
            )

    def _download(self, snapshot: Snapshot, file: RemoteFile, partial: Path, on_bytes: OnBytes) -> None:
        url = hf_hub_url(snapshot.repository, file.path, revision=snapshot.revision, endpoint=self.endpoint)
        if (_size(partial) or 0) > file.size:
            partial.unlink()
        with partial.open("ab") as out:
            counted = _Counted(out, on_bytes)
            while (before := out.tell()) < file.size:
                try:
                    with self._told(snapshot.repository):
                        http_get(
                            url,
                            counted,  # type: ignore[arg-type]
                            resume_size=before,
                            headers=build_hf_headers(),
                            expected_size=file.size,
                            displayed_filename=file.path,
                            tqdm_class=silent_tqdm,
                            _nb_retries=0,  # once bytes have come it tries five times for more of them
                        )
                except (_Unreachable, OSError) as error:
                    out.flush()
                    if getattr(error, "errno", None) is not None or out.tell() == before:
                        raise PullError(_stopped(file, out.tell(), error)) from error
        if not _has_digest(partial, file):
            partial.unlink()
            raise PullError(
                f"{file.path}: its checksum is not the one {self.endpoint} gives for it; what arrived was thrown away"
            )

    def _ask(self, model: PublishedModel, revision: str) -> Snapshot:
        api = HfApi(endpoint=self.endpoint)
        info = api.model_info(model.repository, revision=revision, files_metadata=True, timeout=ANSWER_SECONDS)
        held = [
            RemoteFile(each.rfilename, each.size or 0, each.lfs.sha256 if each.lfs else each.blob_id or "")
            for each in info.siblings or ()
        ]
        files = _chosen(model, held)
        # Both become file names here, and a mirror may be anybody's.
        for file in files:
            if not DIGEST.fullmatch(file.digest) or ".." in Path(file.path).parts or Path(file.path).is_absolute():
                raise PullError(f"{model.repository}: {self.endpoint} lists {file.path!r} with digest {file.digest!r}")
        card: Any = info.card_data
        return Snapshot(model.repository, str(info.sha), files, str(card.get("license") or "") if card else "")

    def _cached(self, model: PublishedModel, revision: str) -> Snapshot | None:
        """What the cache holds of a model, whoever fetched it; the names of its blobs are their digests."""
        try:
            folder = Path(
                snapshot_download(
                    model.repository,
                    revision=revision,
                    cache_dir=self.cache_dir,
                    local_files_only=True,
                    allow_patterns=[*model.files, *model.optional],
                )
            )
            held = [
                RemoteFile(str(path.relative_to(folder)), path.stat().st_size, path.resolve().name)
                for path in folder.rglob("*")
                if path.is_file()
            ]
            return Snapshot(model.repository, folder.name, _chosen(model, held))
        except (LocalEntryNotFoundError, PullError, OSError):
            return None

    @contextmanager
    def _told(self, repository: str) -> Iterator[None]:
        """Say what the hub's client reports in terms of what to do."""
        try:
            yield
        except OfflineModeIsEnabled as error:
            raise _Unreachable("HF_HUB_OFFLINE is set, and it is not in the hub's cache") from error
        except GatedRepoError as error:
            raise PullError(
                f"{repository}: its terms must be accepted on {self.endpoint}/{repository}; then `hf auth login`"
            ) from error
        except RepositoryNotFoundError as error:
            raise PullError(f"{repository}: not on {self.endpoint}, or not for you: `hf auth login`") from error
        except RevisionNotFoundError as error:
            raise PullError(f"{repository}: the pinned revision is gone; pull with --update for the latest") from error
        except HfHubHTTPError as error:
            raise _Unreachable(f"{self.endpoint} answers {error.response.status_code} for {repository}") from error
        except LocalEntryNotFoundError as error:
            if isinstance(error.__cause__, FileMetadataError):
                raise PullError(f"{self.endpoint}: is no hub: {first_line(error.__cause__)}") from error
            raise _Unreachable(self._no_network(error.__cause__ or error)) from error
        except ValueError as error:
            raise PullError(f"{self.endpoint}: is no hub: {first_line(error)}") from error
        except httpx2.HTTPError as error:
            raise _Unreachable(self._no_network(error)) from error

    def _no_network(self, error: BaseException) -> str:
        why = first_line(error)
        return f"{self.endpoint} cannot be reached ({why}); check the network, or name a mirror in HF_ENDPOINT"

    def _storage(self, repository: str) -> Path:
        return self.cache_dir / repo_folder_name(repo_id=repository, repo_type="model")

    def _blob(self, snapshot: Snapshot, file: RemoteFile) -> Path:
        return self._storage(snapshot.repository) / "blobs" / file.digest

    def _partial(self, snapshot: Snapshot, file: RemoteFile) -> Path:
        return self._blob(snapshot, file).with_suffix(".earshot.incomplete")


class _Unreachable(PullError):
    """The hub did not answer, or not with what was asked for; another try may help."""


class _Counted(io.RawIOBase):
    """A file that tells how many bytes are written to it."""

    def __init__(self, file: io.BufferedWriter, on_bytes: OnBytes) -> None:
        self._file, self._on_bytes = file, on_bytes

    def write(self, data: Any) -> int:
        self._on_bytes(len(data))
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def truncate(self, size: int | None = None) -> int:
        """Let go of what was written: a server that ignores ranges sends everything again."""
        kept = self._file.tell() if size is None else size
        self._on_bytes(kept - self._file.seek(0, io.SEEK_END))
        return self._file.truncate(kept)


def _chosen(model: PublishedModel, held: list[RemoteFile]) -> tuple[RemoteFile, ...]:
    """The files of a model among those of its repository.

    Raises:
        PullError: one that it cannot be without is not there.
    """
    for pattern in model.files:
        if not any(_matches(file, pattern) for file in held):
            raise PullError(f"{model.name}: {model.repository} holds no {pattern}")
    patterns = (*model.files, *model.optional)
    return tuple(file for file in held if any(_matches(file, pattern) for pattern in patterns))


def _matches(file: RemoteFile, pattern: str) -> bool:
    """Whether a file lies in the pattern's own folder and its name fits."""
    return file.path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(file.path, pattern)


def _has_digest(path: Path, file: RemoteFile) -> bool:
    digest = hashlib.sha256() if len(file.digest) == SHA256_LENGTH else hashlib.sha1(b"blob %d\0" % file.size)
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == file.digest


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _stopped(file: RemoteFile, done: int, error: BaseException) -> str:
    return (
        f"{file.path}: stopped at {done} of {file.size} bytes ({first_line(error)}); "
        "run the same command again to go on from there"
    )
