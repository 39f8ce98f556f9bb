import email.utils
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.tiles.imagery.tile_server import Answer, place_tile, png
from tiles.errors import ImageryUnavailable, NoImagery
from tiles.imagery.cache import TileCache
from tiles.imagery.tile_service import RequestPolicy, TileService

QUICK = RequestPolicy(attempts=3, connect=1.0, read=0.5, patience=3.0, backoff=0.01, longest_wait=0.4, missing_for=0.3)
TILE = (7, 66, 50)


@pytest.fixture
def service(server):
    opened = TileService("test", server.url, None, QUICK)
    yield opened
    opened.close()


@pytest.fixture
def cached(server, tmp_path):
    cache = TileCache(tmp_path)
    opened = TileService("test", server.url, cache, QUICK)
    yield opened
    opened.close()
    cache.close()


def at_first(*answers):
    """The given answers in turn, then the place's own tile."""
    return lambda z, x, y, nth: answers[nth - 1] if nth <= len(answers) else None


def test_a_tile_is_fetched(service, server):
    np.testing.assert_array_equal(service.fetch(TILE), place_tile(*TILE))
    assert server.asked == {TILE: 1}


def test_callers_after_one_tile_share_one_request(service, server):
    server.answer = lambda z, x, y, nth: Answer(body=png(place_tile(z, x, y)), delay=0.2)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(service.fetch, [TILE] * 16))
    assert server.asked == {TILE: 1}
    assert all((pixels == found[0]).all() for pixels in found)


def test_callers_who_share_a_request_share_its_failure(service, server):
    server.answer = lambda z, x, y, nth: Answer(403, kind="text/html", delay=0.2)

    def fails(_):
        with pytest.raises(ImageryUnavailable):
            service.fetch(TILE)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fails, range(8)))
    assert server.total == 1


def test_many_tiles_are_fetched_in_order_and_a_few_at_a_time(service, server):
    server.answer = lambda z, x, y, nth: Answer(body=png(place_tile(z, x, y)), delay=0.03)
    tiles = [(7, x, 50) for x in range(30)]
    for tile, pixels in zip(tiles, service.fetch_all(tiles), strict=True):
        np.testing.assert_array_equal(pixels, place_tile(*tile))
    assert 2 <= server.most_at_once <= QUICK.connections


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(500),
        Answer(502),
        Answer(503),
        Answer(429, headers={"Retry-After": "0"}),
        Answer(body=png(place_tile(*TILE)), cut=20),
        Answer(body=png(place_tile(*TILE))[:-100]),
        Answer(body=png(place_tile(*TILE)), delay=0.8),
    ],
    ids=["500", "502", "503", "429", "cut off", "truncated image", "too slow"],
)
def test_passing_trouble_is_outlived(service, server, trouble):
    server.answer = at_first(trouble)
    np.testing.assert_array_equal(service.fetch(TILE), place_tile(*TILE))
    assert server.total == 2


def test_lasting_trouble_ends_after_a_few_attempts(service, server):
    server.answer = lambda z, x, y, nth: Answer(500)
    with pytest.raises(ImageryUnavailable, match="test: answered 500") as error:
        service.fetch(TILE)
    assert error.value.retry_after > 0
    assert server.total == QUICK.attempts


def test_the_service_is_asked_again_when_it_says(service, server):
    server.answer = at_first(Answer(503, headers={"Retry-After": "0"}))
    assert service.fetch(TILE).any()


def test_a_retry_after_may_be_a_date(service, server):
    after = email.utils.formatdate(time.time() + 60, usegmt=True)
    server.answer = lambda z, x, y, nth: Answer(503, headers={"Retry-After": after})
    with pytest.raises(ImageryUnavailable) as error:
        service.fetch(TILE)
    assert 55 < error.value.retry_after <= 60


def test_a_service_that_says_much_later_is_not_waited_for(service, server):
    server.answer = lambda z, x, y, nth: Answer(429, headers={"Retry-After": "90"})
    start = time.monotonic()
    with pytest.raises(ImageryUnavailable) as error:
        service.fetch(TILE)
    assert error.value.retry_after == 90
    assert time.monotonic() - start < 1
    assert server.total == 1


def test_a_service_that_refuses_is_left_alone_for_a_while_and_then_asked_again(service, server):
    server.answer = at_first(Answer(503, headers={"Retry-After": "90"}))
    for tile in (TILE, (7, 1, 1), (7, 2, 2)):
        with pytest.raises(ImageryUnavailable):
            service.fetch(tile)
    assert server.total == 1
    time.sleep(QUICK.longest_wait + 0.05)
    np.testing.assert_array_equal(service.fetch(TILE), place_tile(*TILE))


def test_one_broken_tile_does_not_close_the_service(service, server):
    server.answer = lambda z, x, y, nth: Answer(500) if (z, x, y) == TILE else None
    with pytest.raises(ImageryUnavailable):
        service.fetch(TILE)
    assert service.fetch((7, 1, 1)).any()


def test_a_service_that_cannot_be_reached_is_unavailable_at_once():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        service = TileService("test", f"http://127.0.0.1:{closed.getsockname()[1]}/{{z}}/{{x}}/{{y}}", None, QUICK)
        start = time.monotonic()
        with pytest.raises(ImageryUnavailable, match="cannot be reached"):
            service.fetch_all([(7, x, 50) for x in range(30)])
        assert time.monotonic() - start < 2
        service.close()


@pytest.mark.parametrize("status", [204, 404, 410])
def test_a_missing_tile_is_remembered_for_a_while_only(service, server, status):
    server.answer = at_first(Answer(status))
    for _ in range(3):
        with pytest.raises(NoImagery, match="7/66/50"):
            service.fetch(TILE)
    assert server.total == 1
    time.sleep(QUICK.missing_for + 0.05)
    assert service.fetch(TILE).any()


def test_what_is_missing_is_never_kept_on_disk(cached, server):
    server.answer = lambda z, x, y, nth: Answer(body=png(np.full((256, 256, 3), 204, np.uint8)))
    with pytest.raises(NoImagery):
        cached.fetch(TILE)
    assert cached._cache.size == 0


def test_a_kept_tile_is_served_while_the_service_is_down(cached, server):
    cached.fetch(TILE)
    server.answer = lambda z, x, y, nth: Answer(503, headers={"Retry-After": "90"})
    with pytest.raises(ImageryUnavailable):
        cached.fetch((7, 1, 1))
    np.testing.assert_array_equal(cached.fetch(TILE), place_tile(*TILE))


def test_a_kept_tile_that_rotted_is_fetched_again(cached, server):
    cached.fetch(TILE)
    for path in cached._cache.folder.glob("??/*"):
        path.write_bytes(b"rot")
    np.testing.assert_array_equal(cached.fetch(TILE), place_tile(*TILE))
    assert server.asked == {TILE: 2}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(403, kind="text/html"), "403"),
        (Answer(200, b"<html>sign in</html>", kind="text/html"), "text/html"),
        (Answer(200, bytes(QUICK.max_bytes + 1)), "more than"),
        (Answer(301, headers={"Location": "/7/66/50"}), "TooManyRedirects"),
        (Answer(301, headers={"Location": "ftp://127.0.0.1/"}), "UnsupportedProtocol"),
    ],
    ids=["forbidden", "a page", "too large", "round in circles", "elsewhere"],
)
def test_an_answer_that_is_no_tile_is_unavailable(service, server, answer, says):
    server.answer = lambda z, x, y, nth: answer
    with pytest.raises(ImageryUnavailable, match=says):
        service.fetch(TILE)


def test_what_went_wrong_never_tells_the_address(server):
    service = TileService("test", server.url + "?key=secret", None, QUICK)
    server.answer = lambda z, x, y, nth: Answer(403)
    with pytest.raises(ImageryUnavailable) as error:
        service.fetch(TILE)
    assert "secret" not in str(error.value)
    service.close()


def test_a_body_that_drips_ends_with_the_patience():
    policy = RequestPolicy(attempts=1, connect=1, read=1, patience=0.5, backoff=0.01)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def drip():
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9999\r\n\r\n")
                while not ended.wait(0.05):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        dripping = threading.Thread(target=drip)
        dripping.start()
        service = TileService("test", f"http://127.0.0.1:{listening.getsockname()[1]}/{{z}}/{{x}}/{{y}}", None, policy)
        start = time.monotonic()
        with pytest.raises(ImageryUnavailable, match="too long"):
            service.fetch(TILE)
        assert time.monotonic() - start < 2
        ended.set()
        dripping.join()
        service.close()


def test_a_probe_is_answered_in_its_time_even_if_the_service_is_not(server):
    service = TileService("test", server.url, None, QUICK)
    server.answer = lambda z, x, y, nth: Answer(delay=1.0)
    start = time.monotonic()
    assert not service.probe(timeout=0.3)
    assert time.monotonic() - start < 0.8
    service.close()
