"""How fast a query becomes a map, on a region of 224,256 cells; beside titiler serving the same scores from a COG.

Prints one Markdown table. Every cold query is one the server has never seen: its time holds the embedding of the words,
the scores of all cells, the pyramid and the tile. Server time is what the `Server-Timing` header says; viewports and
rates are measured at the client, which asks for ours and the peer's tiles in turns, over kept connections; no tile is
asked for twice under one URL where rates are measured.
"""

from __future__ import annotations

import http.client
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import mercantile
import numpy as np
import torch

from benchmarks.made_region import GRID, NAME, make_region
from benchmarks.serving import Serving
from benchmarks.titiler import Titiler, TitilerMissing
from model.gallery import Gallery
from model.sat2sound import open_checkpoint

VIEWPORT = [(7, x, y) for y in range(45, 49) for x in range(23, 28)]
"""Five by four tiles in the middle of the region."""

COLD = 7
ROUNDS, SECONDS = 3, 3.0
AT_ONCE = 6
"""As many connections as a browser keeps to one server."""

LIMIT_FIRST_MS, LIMIT_KEPT_MS, LIMIT_VIEWPORT_MS, LIMIT_RATIO = 250.0, 5.0, 250.0, 8.0

PathOf = Callable[[int, int, int], str]


class Client:
    """One kept connection for each thread that asks."""

    def __init__(self, address: str) -> None:
        self._address = address.removeprefix("http://")
        self._pool = ThreadPoolExecutor(AT_ONCE, initializer=self._connect)
        self._own = threading.local()

    def get(self, path: str) -> tuple[bytes, float]:
        """The body, and how many milliseconds the server took; asked in one of the threads."""
        return self._pool.submit(self._get, path).result()

    def all(self, paths: list[str]) -> float:
        """Seconds until all of them were answered."""
        begin = time.perf_counter()
        list(self._pool.map(self._get, paths))
        return time.perf_counter() - begin

    def rate(self, paths: Iterator[str], seconds: float) -> float:
        """Answers per second for a while, `AT_ONCE` at once."""
        begin = time.perf_counter()

        def work() -> int:
            done = 0
            while time.perf_counter() - begin < seconds:
                self._get(next(paths))
                done += 1
            return done

        done = sum(work.result() for work in [self._pool.submit(work) for _ in range(AT_ONCE)])
        return done / (time.perf_counter() - begin)

    def _connect(self) -> None:
        self._own.connection = http.client.HTTPConnection(self._address, timeout=60)

    def _ask(self, path: str) -> http.client.HTTPResponse:
        connection: http.client.HTTPConnection = self._own.connection
        connection.request("GET", path)
        return connection.getresponse()

    def _get(self, path: str) -> tuple[bytes, float]:
        try:
            answer = self._ask(path)
        except (http.client.RemoteDisconnected, ConnectionError):  # kept for too long while the other side was asked
            self._connect()
            answer = self._ask(path)
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        return body, float((answer.getheader("server-timing") or "dur=nan").partition("dur=")[2])


def main() -> None:
    """Make the region, serve it, measure, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "regions").mkdir()
        _make(home / "regions")
        with Serving(home) as server:
            client = Client(server.url)
            print(f"| map of {GRID.count:,} cells | ours | titiler | limit |")
            print("| --- | --: | --: | --: |")
            _times(client)
            raster = home / "scores.tif"
            raster.write_bytes(client.get(f"/heatmap.tif?region={NAME}&q=waves")[0])
            try:
                with Titiler(raster) as peer:
                    _rates(client, Client(f"127.0.0.1:{peer.port}"), peer.path)
            except TitilerMissing as missing:
                print(f"| tiles/s | {client.rate(_paths(_ours), SECONDS):.0f} | cannot be had: {missing} | |")


def _make(folder: Path) -> None:
    model, gallery = open_checkpoint("embedded"), Gallery.open("embedded")
    texts = [entry.text for entry in gallery.entries("caption")][::8][:64]
    with torch.inference_mode():
        make_region(folder, model, model.embed_texts(texts).vector.numpy().astype(np.float32))


def _times(client: Client) -> None:
    client.get(_ours(7, 25, 47, "the very first query reads the vectors"))
    first = [client.get(_ours(7, 25, 47, f"cold query number {i}"))[1] for i in range(COLD)]
    kept = [client.get(_ours(*tile, "cold query number 0"))[1] for tile in VIEWPORT for _ in range(3)]
    cold = [client.all([_ours(*tile, f"cold view number {i}") for tile in VIEWPORT]) * 1000 for i in range(COLD)]
    warm = [client.all([_ours(*tile, f"cold view number {i}") for tile in VIEWPORT]) * 1000 for i in range(COLD)]
    for what, taken, limit in (
        ("first tile of a cold query, server time", first, LIMIT_FIRST_MS),
        ("tile of a kept query, server time", kept, LIMIT_KEPT_MS),
        (f"{len(VIEWPORT)} tiles of a cold query", cold, LIMIT_VIEWPORT_MS),
        (f"{len(VIEWPORT)} tiles of a kept query", warm, LIMIT_VIEWPORT_MS),
    ):
        print(
            f"| {what}, median (worst) | {statistics.median(taken):.1f} ms ({max(taken):.1f} ms) | | {limit:.0f} ms |"
        )


def _rates(client: Client, peer: Client, theirs: PathOf) -> None:
    ours_asked, theirs_asked = _paths(_ours), _paths(theirs)
    ratios, rates = [], []
    for _ in range(ROUNDS):
        rates.append((client.rate(ours_asked, SECONDS), peer.rate(theirs_asked, SECONDS)))
        ratios.append(rates[-1][0] / rates[-1][1])
    ours, their = (statistics.median(rate) for rate in zip(*rates, strict=True))
    print(f"| tiles/s, one worker, nothing kept | {ours:.0f} | {their:.0f} | |")
    print(
        f"| ours / titiler, median of {ROUNDS} rounds | {statistics.median(ratios):.1f} x | 1 x | {LIMIT_RATIO:.0f} x |"
    )


def _paths(path: PathOf) -> Iterator[str]:
    """Tiles of the region at zooms 4 to 8, shuffled; ours never twice under one URL, so that none comes from memory."""
    tiles = [(tile.z, tile.x, tile.y) for tile in mercantile.tiles(*GRID.bounds, zooms=range(4, 9))]
    random.Random(0).shuffle(tiles)
    rounds = [f"&opacity={1 - turn / 1000}" if path is _ours else "" for turn in range(40)]
    return iter([f"{path(*tile)}{turn}" for turn in rounds for tile in tiles])  # threads may share a list's iterator


def _ours(z: int, x: int, y: int, q: str = "waves") -> str:
    return f"/heatmap/{z}/{x}/{y}.png?region={NAME}&q={quote(q)}"


if __name__ == "__main__":
    main()
