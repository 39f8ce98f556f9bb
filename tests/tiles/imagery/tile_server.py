"""A real tile service on 127.0.0.1 for tests, whose tiles say where they are and whose troubles can be ordered."""

import io
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image


def place_tile(z, x, y):
    """A smooth picture of the world square at any zoom: red runs around with x, green with y, blue is the zoom."""
    side = (np.arange(256) + 0.5) / 256
    turn = 2 * np.pi * (x + side[None, :]) / 2**z
    red = 128 + 100 * np.sin(turn) + 0 * side[:, None]
    green = 30 + 200 * (y + side[:, None]) / 2**z + 0 * side[None, :]
    return np.stack([red, green, np.full((256, 256), 8.0 * z)], axis=-1).round().astype(np.uint8)


def png(pixels):
    """PNG bytes of an image array."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


class Answer:
    """One answer: status, body, headers, and what goes wrong on the way."""

    def __init__(self, status=200, body=b"", kind="image/png", headers=None, delay=0.0, cut=0):
        self.status, self.body, self.kind, self.headers = status, body, kind, headers or {}
        self.delay, self.cut = delay, cut


class TileServer:
    """Serves `/z/x/y`; `answer(z, x, y, nth)` may return an Answer, or None for the place's own tile."""

    def __init__(self):
        self.asked = Counter()
        self.most_at_once = 0
        self.answer = lambda z, x, y, nth: None
        self._now, self._lock = 0, threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/{{z}}/{{x}}/{{y}}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def total(self):
        """Requests so far."""
        return sum(self.asked.values())

    def close(self):
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _reply(self, tile):
        with self._lock:
            self.asked[tile] += 1
            nth = self.asked[tile]
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            found = self.answer(*tile, nth)
            found = Answer(body=png(place_tile(*tile))) if found is None else found
            time.sleep(found.delay)
            return found
        finally:
            with self._lock:
                self._now -= 1

    def _handler(outer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                tile = tuple(int(part) for part in self.path.strip("/").split("/"))
                found = outer._reply(tile)
                self.send_response(found.status)
                self.send_header("Content-Type", found.kind)
                self.send_header("Content-Length", str(len(found.body)))
                for name, value in found.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(found.body[: len(found.body) - found.cut])

            def log_message(self, *_):
                pass

        return Handler
