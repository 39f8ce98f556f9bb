"""A sound on the wire: whole or in parts, from a file that was opened before and is closed whatever comes."""

import anyio
import psutil
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from server.routes.sound import OpenFileResponse

WHOLE = bytes(range(256)) * 1024  # more than one chunk


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "kept.wav"
    path.write_bytes(WHOLE)
    return path


@pytest.fixture
def client(path):
    """A server of one file, whose name goes between its opening and its sending."""

    async def sound(request):
        file = path.open("rb")
        path.unlink()
        return OpenFileResponse(file, {"ETag": '"abc"', "X-Earshot-Seed": "3"}, "audio/wav", filename="earshot_1.wav")

    with TestClient(Starlette(routes=[Route("/", sound)])) as client:
        yield client


def test_a_file_whose_name_is_gone_is_sent_whole_under_the_name_for_saving_it(client):
    answer = client.get("/")
    assert (answer.status_code, answer.content) == (200, WHOLE)
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["content-length"] == str(len(WHOLE))
    assert answer.headers["content-disposition"] == 'inline; filename="earshot_1.wav"'
    assert (answer.headers["etag"], answer.headers["x-earshot-seed"]) == ('"abc"', "3")
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("bytes=0-0", 206, WHOLE[:1]),
        ("bytes=100-199", 206, WHOLE[100:200]),
        ("bytes=-10", 206, WHOLE[-10:]),
        ("bytes=5-", 206, WHOLE[5:]),
        ("bytes=0-99999999", 206, WHOLE),
        ("bytes=99999999-", 416, None),
        ("bytes=10-5", 400, None),
        ("lines=1-2", 400, None),
    ],
)
def test_the_part_that_is_asked_for_is_sent_and_what_is_no_part_is_refused(client, path, wanted, status, content):
    answer = client.get("/", headers={"Range": wanted})
    assert answer.status_code == status
    if content is not None:
        assert answer.content == content
        assert answer.headers["content-range"].endswith(f"/{len(WHOLE)}")


def test_several_parts_are_sent_one_after_the_other(client):
    answer = client.get("/", headers={"Range": "bytes=0-1,10-12"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges")
    assert WHOLE[10:13] in answer.content


@pytest.mark.parametrize(("tag", "status"), [('"abc"', 206), ('"old"', 200)])
def test_a_part_of_another_version_is_not_mixed_with_this_one(client, tag, status):
    assert client.get("/", headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == status


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("wanted", ["", "bytes=1-2", "bytes=99999999-", "lines=1-2"])
def test_the_file_is_closed_whatever_the_answer(path, method, wanted):
    client_of = TestClient(Starlette(routes=[Route("/", _opened(path))]))
    client_of.request(method, "/", headers={"Range": wanted} if wanted else {})
    assert str(path) not in [file.path for file in psutil.Process().open_files()]


def test_the_file_is_closed_when_the_client_hangs_up(path):
    response = _response(path)

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        await anyio.sleep(0)

    scope = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.3"}}
    anyio.run(response, scope, receive, send)
    assert response._file.closed


def test_what_is_written_under_the_name_meanwhile_is_not_sent(path):
    response = _response(path)
    other = path.with_suffix(".part")
    other.write_bytes(b"another sound")
    other.replace(path)
    sent = []

    async def receive():
        await anyio.sleep_forever()

    async def send(message):
        sent.append(message.get("body", b""))

    scope = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.4"}}
    anyio.run(response, scope, receive, send)
    assert b"".join(sent) == WHOLE


def _response(path):
    return OpenFileResponse(path.open("rb"), {"ETag": '"abc"'}, "audio/wav", filename="earshot_1.wav")


def _opened(path):
    async def sound(request):
        return _response(path)

    return sound
