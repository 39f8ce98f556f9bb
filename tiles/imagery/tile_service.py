"""TileService: the tiles of one XYZ service over HTTP, with all that keeps a map alive when the service is not well."""

import contextlib
import email.utils
import hashlib
import random
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx2
from cachetools import TTLCache

from tiles.chip import Pixels
from tiles.errors import ImageryUnavailable, NoImagery
from tiles.imagery.cache import TileCache
from tiles.imagery.single_flight import SingleFlight
from tiles.imagery.tile_image import decode_tile, is_placeholder

Tile = tuple[int, int, int]

MISSING = (204, 404, 410)
PASSING = (408, 429, 500, 502, 503, 504)
EVERYWHERE = (429, 503)
MAX_KNOWN_MISSING = 4096


@dataclass(frozen=True)
class RequestPolicy:
    """How a service is asked; seconds, bytes and counts. `patience` bounds one tile, retries and waits included."""

    connections: int = 8
    attempts: int = 3
    connect: float = 2.0
    read: float = 8.0
    patience: float = 15.0
    backoff: float = 0.25
    longest_wait: float = 5.0
    missing_for: float = 60.0
    max_bytes: int = 4 << 20


class _Trouble(Exception):
    """A failure that may pass: worth another attempt. `everywhere`: other tiles would fare no better."""

    def __init__(self, cause: str, retry_after: float | None = None, everywhere: bool = False) -> None:
        super().__init__(cause)
        self.retry_after, self.everywhere = retry_after, everywhere


class TileService:
    """Fetches the tiles of a URL template with {z}, {x} and {y}; safe from several threads.

    Two callers after one tile share one request. Tiles are kept in `cache`; that a tile is missing is remembered only
    for `policy.missing_for` seconds. While the service refuses or cannot be reached, new requests fail at once.
    """

    def __init__(self, name: str, template: str, cache: TileCache | None, policy: RequestPolicy) -> None:
        self.name, self._template, self._cache, self._policy = name, template, cache, policy
        self._salt = hashlib.sha256(template.encode()).hexdigest()[:16]
        self._lock = threading.Lock()
        self._flights: SingleFlight[Tile, Pixels] = SingleFlight()
        self._missing: TTLCache[Tile, None] = TTLCache(MAX_KNOWN_MISSING, policy.missing_for)
        self._down_until, self._down_cause = 0.0, ""
        self._pool = ThreadPoolExecutor(policy.connections, thread_name_prefix=f"tiles-{name}")
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(policy.read, connect=policy.connect, pool=policy.patience),
            limits=httpx2.Limits(max_connections=2 * policy.connections),
            follow_redirects=True,
            max_redirects=3,
            headers={"User-Agent": "earshot", "Accept": "image/*"},
        )

    def fetch(self, tile: Tile) -> Pixels:
        """The (z, x, y) tile (256, 256, 3), shared with other callers: not to be written to.

        Raises NoImagery where the service has none, ImageryUnavailable when it does not answer properly.
        """
        with self._lock:
            if tile in self._missing:
                raise self._none(tile)
        return self._flights.do(tile, lambda: self._obtain(tile))

    def fetch_all(self, tiles: Iterable[Tile]) -> list[Pixels]:
        """Several tiles at once, in order. Raises the errors of `fetch` as soon as one tile fails."""
        asked = [self._pool.submit(self.fetch, tile) for tile in tiles]
        try:
            return [answer.result() for answer in asked]
        finally:
            for answer in asked:
                answer.cancel()

    def probe(self, timeout: float = 2.0) -> bool:
        """Whether the service answers now, within `timeout` seconds: one request for the world's first tile."""
        answers = threading.Event()

        def ask() -> None:
            with (
                contextlib.suppress(httpx2.HTTPError, httpx2.InvalidURL, RuntimeError),
                self._client.stream("GET", self._url((0, 0, 0)), timeout=timeout) as response,
            ):
                if response.status_code < 500 and response.status_code != 429:
                    answers.set()

        # In a thread of its own because looking up a host name heeds no timeout.
        asking = threading.Thread(target=ask, daemon=True, name=f"probe-{self.name}")
        asking.start()
        asking.join(timeout)
        return answers.is_set()

    def close(self) -> None:
        """Close connections and threads. The service must not be used afterwards."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _obtain(self, tile: Tile) -> Pixels:
        """From the cache, else from the service."""
        key = f"{self._salt}/{tile[0]}/{tile[1]}/{tile[2]}"
        if self._cache is not None and (kept := self._cache.get(key)) is not None:
            with contextlib.suppress(ValueError):
                if (pixels := decode_tile(kept)) is not None:
                    return pixels
        try:
            content, pixels = self._ask_with_retries(tile)
        except NoImagery:
            with self._lock:
                self._missing[tile] = None
            raise
        if self._cache is not None:
            self._cache.put(key, content)
        return pixels

    def _ask_with_retries(self, tile: Tile) -> tuple[bytes, Pixels]:
        """Ask again after passing trouble, with growing jittered waits or as long as the service says."""
        policy = self._policy
        deadline = time.monotonic() + policy.patience
        for attempt in range(1, policy.attempts + 1):
            if (left := self._down_until - time.monotonic()) > 0:
                raise ImageryUnavailable(f"{self.name}: {self._down_cause}", retry_after=left)
            try:
                return self._ask(tile, deadline)
            except _Trouble as trouble:
                wait = trouble.retry_after
                if wait is None:
                    wait = policy.backoff * 2**attempt * random.uniform(0.5, 1)
                late = wait > policy.longest_wait or time.monotonic() + wait > deadline
                if late or attempt == policy.attempts:
                    raise self._unavailable(trouble) from trouble
                time.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _ask(self, tile: Tile, deadline: float) -> tuple[bytes, Pixels]:
        """One request. Raises _Trouble, NoImagery or ImageryUnavailable."""
        try:
            with self._client.stream("GET", self._url(tile)) as response:
                self._check_status(tile, response)
                content = self._body(response, deadline)
        except httpx2.TransportError as error:
            connect = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            raise _Trouble(f"cannot be reached ({type(error).__name__})", everywhere=connect) from error
        except httpx2.DecodingError as error:
            raise _Trouble("sent a broken body") from error
        except httpx2.RequestError as error:
            raise ImageryUnavailable(f"{self.name}: cannot be asked ({type(error).__name__})") from error
        try:
            pixels = decode_tile(content)
        except ValueError as error:
            raise _Trouble(str(error)) from error
        if pixels is None or is_placeholder(pixels):
            raise self._none(tile)
        return content, pixels

    def _check_status(self, tile: Tile, response: httpx2.Response) -> None:
        status = response.status_code
        if status in MISSING:
            raise self._none(tile)
        if status in PASSING:
            after = _retry_after(response.headers.get("retry-after"))
            raise _Trouble(f"answered {status}", after, everywhere=status in EVERYWHERE)
        kind = response.headers.get("content-type", "")
        if status != 200 or not kind.lower().startswith("image/"):
            raise ImageryUnavailable(f"{self.name}: answered {status} with {kind[:60] or 'no content type'}")

    def _body(self, response: httpx2.Response, deadline: float) -> bytes:
        content = bytearray()
        for part in response.iter_bytes():
            content += part
            if len(content) > self._policy.max_bytes:
                raise ImageryUnavailable(f"{self.name}: sent more than {self._policy.max_bytes} bytes for a tile")
            if time.monotonic() > deadline:
                raise _Trouble("took too long")
        return bytes(content)

    def _url(self, tile: Tile) -> str:
        z, x, y = (str(part) for part in tile)
        return self._template.replace("{z}", z).replace("{x}", x).replace("{y}", y)

    def _none(self, tile: Tile) -> NoImagery:
        return NoImagery(f"{self.name}: no imagery in tile {tile[0]}/{tile[1]}/{tile[2]}")

    def _unavailable(self, trouble: _Trouble) -> ImageryUnavailable:
        """The error for trouble that did not pass; one that concerns every tile spares the service for a while."""
        error = ImageryUnavailable(f"{self.name}: {trouble}")
        if trouble.retry_after is not None:
            error.retry_after = trouble.retry_after
        if trouble.everywhere:
            self._down_cause = str(trouble)
            self._down_until = time.monotonic() + min(error.retry_after, self._policy.longest_wait)
        return error


def _retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header (a number or an HTTP date), 0 to an hour; None where there is none."""
    if value is None:
        return None
    try:
        seconds = float(value) if value.strip().isdigit() else _seconds_until(value)
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), 3600.0)


def _seconds_until(date: str) -> float:
    return email.utils.parsedate_to_datetime(date).timestamp() - time.time()
