"""A hub on this machine: repositories spoken of over HTTP as the real one does, and failures on demand.

`/api/models/OWNER/NAME/revision/REV` (or `/tree/REV`) lists files with sizes and digests;
`/OWNER/NAME/resolve/REV/PATH` answers small files itself and sends large ones on to `/cdn/DIGEST`, which knows ranges.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LARGE = 1024
"""From this size on a file is kept as a large one is: sha256 for a digest, and elsewhere."""
CHUNK = 1 << 20
API = re.compile(r"/api/models/(?P<repo>[\w.-]+/[\w.-]+)(/(?P<kind>revision|tree)/(?P<revision>[^/?]+))?$")
RESOLVE = re.compile(r"/(?P<repo>[\w.-]+/[\w.-]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)$")


@dataclass(frozen=True)
class HeldFile:
    """One file: its content lies at `source`."""

    source: Path
    size: int
    sha256: str
    git: str

    @property
    def is_large(self) -> bool:
        return self.size >= LARGE

    @property
    def etag(self) -> str:
        return self.sha256 if self.is_large else self.git


@dataclass
class Repository:
    """Revisions by commit, the newest last, and what the card says of the licence."""

    commits: dict[str, dict[str, HeldFile]] = field(default_factory=dict)
    licence: str = "mit"
    gated: bool = False

    def at(self, revision: str) -> tuple[str, dict[str, HeldFile]] | None:
        if revision == "main":
            revision = list(self.commits)[-1]
        return (revision, self.commits[revision]) if revision in self.commits else None


class LocalHub:
    """Serves what was `publish`ed until closed.

    `asked` lists "METHOD path [range]" of every request. `drop_after` cuts the next connections of a file after so
    many bytes, one entry each; `replaced` gives a digest other bytes; `ignore_ranges` sends everything each time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repositories: dict[str, Repository] = {}
        self.asked: list[str] = []
        self.drop_after: dict[str, list[int]] = defaultdict(list)
        self.replaced: dict[str, bytes] = {}
        self.ignore_ranges = False
        self.down = False
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.cdn = f"http://localhost:{self._server.server_port}"  # another host, as the client can tell
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def publish(self, repository: str, files: dict[str, bytes | Path], **facts: object) -> str:
        """Commit files (on top of those there are) to a repository; returns the commit's hash."""
        repo = self.repositories.setdefault(repository, Repository())
        for name, value in facts.items():
            setattr(repo, name, value)
        newest = dict(list(repo.commits.values())[-1]) if repo.commits else {}
        newest |= {name: self._held(content) for name, content in files.items()}
        listing = json.dumps({name: file.etag for name, file in sorted(newest.items())})
        commit = hashlib.sha1(f"{repository} {len(repo.commits)} {listing}".encode()).hexdigest()
        repo.commits[commit] = newest
        return commit

    def digest(self, repository: str, path: str) -> str:
        found = self.repositories[repository].at("main")
        assert found is not None
        return found[1][path].etag

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def by_digest(self, digest: str) -> HeldFile | None:
        return next(
            (
                file
                for repo in self.repositories.values()
                for files in repo.commits.values()
                for file in files.values()
                if file.sha256 == digest
            ),
            None,
        )

    def _held(self, content: bytes | Path) -> HeldFile:
        if isinstance(content, bytes):
            source = self.folder / hashlib.sha256(content).hexdigest()
            source.write_bytes(content)
        else:
            source = content
        size = source.stat().st_size
        sha256, git = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size)
        for chunk in _chunks(source, 0):
            sha256.update(chunk)
            git.update(chunk)
        return HeldFile(source, size, sha256.hexdigest(), git.hexdigest())


@contextmanager
def local_hub(folder: Path) -> Iterator[LocalHub]:
    """A hub for as long as the block lasts."""
    hub = LocalHub(folder)
    try:
        yield hub
    finally:
        hub.close()


class _Handler(BaseHTTPRequestHandler):
    hub: LocalHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are noted in `asked` instead."""

    def _answer(self, body: bool) -> None:
        path = self.path.partition("?")[0]
        self.hub.asked.append(f"{self.command} {path} {self.headers.get('Range', '')}".strip())
        if self.hub.down:
            self._error(503, "down for maintenance", "")
        elif match := API.match(path):
            self._api(match["repo"], match["revision"] or "main", is_tree=match["kind"] == "tree")
        elif match := RESOLVE.match(path):
            self._resolve(match["repo"], match["revision"], match["path"], body)
        elif path.startswith("/cdn/") and (file := self.hub.by_digest(path.removeprefix("/cdn/"))):
            self._send_file(file, body)
        else:
            self._error(404, "Not found", "")

    def _repository(self, name: str, revision: str) -> tuple[str, dict[str, HeldFile]] | None:
        """The commit asked for, or None once the answer is that there is none."""
        repo = self.hub.repositories.get(name)
        if repo is None:
            self._error(401, "Repository not found", "RepoNotFound")
        elif repo.gated:
            self._error(403, "Access to this model is restricted", "GatedRepo")
        elif (found := repo.at(revision)) is None:
            self._error(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        else:
            return found
        return None

    def _api(self, name: str, revision: str, is_tree: bool) -> None:
        found = self._repository(name, revision)
        if found is None:
            return
        commit, files = found
        listed = []
        for path, file in files.items():
            large = {"size": file.size, "pointerSize": 134}
            if is_tree:
                entry: dict[str, object] = {"type": "file", "path": path, "size": file.size, "oid": file.git}
                entry |= {"lfs": {"oid": file.sha256, **large}} if file.is_large else {}
            else:
                entry = {"rfilename": path, "size": file.size, "blobId": file.git}
                entry |= {"lfs": {"sha256": file.sha256, **large}} if file.is_large else {}
            listed.append(entry)
        card = {"license": self.hub.repositories[name].licence}
        model = {"id": name, "modelId": name, "sha": commit, "siblings": listed, "cardData": card, "tags": []}
        content = json.dumps(listed if is_tree else model).encode()
        self._start(200, {"Content-Type": "application/json", "Content-Length": str(len(content))})
        if self.command == "GET":
            self.wfile.write(content)

    def _resolve(self, name: str, revision: str, path: str, body: bool) -> None:
        found = self._repository(name, revision)
        if found is None:
            return
        commit, files = found
        if path not in files:
            self._error(404, "Entry not found", "EntryNotFound", commit)
            return
        file = files[path]
        headers = {"X-Repo-Commit": commit, "ETag": f'"{file.etag}"'}
        if file.is_large:
            headers |= {"X-Linked-Size": str(file.size), "X-Linked-Etag": f'"{file.sha256}"', "Content-Length": "0"}
            self._start(302, {**headers, "Location": f"{self.hub.cdn}/cdn/{file.sha256}"})
        else:
            self._send_file(file, body, headers)

    def _send_file(self, file: HeldFile, body: bool, headers: dict[str, str] | None = None) -> None:
        headers = {"ETag": f'"{file.etag}"', "Accept-Ranges": "bytes", **(headers or {})}
        begin = 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and not self.hub.ignore_ranges:
            begin = int(asked[1])
            if begin >= file.size:
                self._start(416, {"Content-Range": f"bytes */{file.size}", "Content-Length": "0"})
                return
            headers["Content-Range"] = f"bytes {begin}-{file.size - 1}/{file.size}"
        self._start(206 if begin else 200, {**headers, "Content-Length": str(file.size - begin)})
        if body:
            self._stream(file, begin)

    def _stream(self, file: HeldFile, begin: int) -> None:
        """The bytes, or as many of them as are to arrive before the connection is cut."""
        cuts = self.hub.drop_after[file.etag]
        left = cuts.pop(0) if cuts else file.size
        other = self.hub.replaced.get(file.etag)
        for chunk in [other[begin:]] if other is not None else _chunks(file.source, begin):
            self.wfile.write(chunk[:left])
            left -= len(chunk)
            if left < 0:
                self.wfile.flush()
                self.close_connection = True
                self.connection.shutdown(2)
                return

    def _error(self, status: int, message: str, code: str, commit: str = "") -> None:
        content = json.dumps({"error": message}).encode()
        headers = {"X-Error-Message": message, "Content-Type": "application/json", "Content-Length": str(len(content))}
        headers |= {"X-Error-Code": code} if code else {}
        headers |= {"X-Repo-Commit": commit} if commit else {}
        self._start(status, headers)
        if self.command == "GET":
            self.wfile.write(content)

    def _start(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _chunks(path: Path, begin: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while chunk := file.read(CHUNK):
            yield chunk
