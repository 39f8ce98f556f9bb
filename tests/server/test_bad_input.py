"""Whatever is asked, the answer is a problem that names the field; never a 5xx, never the exception's own trace."""

import pytest

AT = "lat=0.05&lon=0.02"

BAD = [
    ("/soundscape", "lat"),
    ("/soundscape?lon=1", "lat"),
    ("/soundscape?lat=1", "lon"),
    ("/soundscape?lat=nan&lon=0", "lat"),
    ("/soundscape?lat=inf&lon=0", "lat"),
    ("/soundscape?lat=0&lon=-inf", "lon"),
    ("/soundscape?lat=91&lon=0", "lat"),
    ("/soundscape?lat=0&lon=180.001", "lon"),
    ("/soundscape?lat=north&lon=0", "lat"),
    ("/soundscape?lat=&lon=0", "lat"),
    ("/soundscape?lat=1e400&lon=0", "lat"),
    (f"/soundscape?{AT}&scale=2", "scale"),
    (f"/soundscape?{AT}&scale=0", "scale"),
    (f"/soundscape?{AT}&scale=1.5", "scale"),
    (f"/soundscape?{AT}&month=13", "month"),
    (f"/soundscape?{AT}&month=0", "month"),
    (f"/soundscape?{AT}&hour=24", "hour"),
    (f"/soundscape?{AT}&k=0", "k"),
    (f"/soundscape?{AT}&k=51", "k"),
    (f"/soundscape?{AT}&k=9999999999999999999999", "k"),
    (f"/soundscape?{AT}&imagery=mars", "imagery"),
    (f"/soundscape?{AT}&imagery=", "imagery"),
    (f"/soundscape?{AT}&imagery=/etc/passwd", "imagery"),
    (f"/soundscape?{AT}&imagery=xyz:http://127.0.0.1/{{z}}/{{x}}/{{y}}", "imagery"),
    (f"/soundscape?{AT}&imagery=esri", "imagery"),
    (f"/soundscape?{AT}&colour=blue", "colour"),
    (f"/soundscape/audio?{AT}&seconds=0", "seconds"),
    (f"/soundscape/audio?{AT}&seconds=61", "seconds"),
    (f"/soundscape/audio?{AT}&seconds=nan", "seconds"),
    (f"/soundscape/audio?{AT}&seed=-1", "seed"),
    (f"/soundscape/audio?{AT}&seed=4294967296", "seed"),
    (f"/soundscape/audio?{AT}&format=mp3", "format"),
    ("/soundscape/audio?lat=0", "lon"),
    (f"/imagery/chip?{AT}", "source"),
    (f"/imagery/chip?{AT}&source=mars", "source"),
    (f"/imagery/chip?{AT}&source=null-island&gsd=0", "gsd"),
    (f"/imagery/chip?{AT}&source=null-island&gsd=nan", "gsd"),
    (f"/imagery/chip?{AT}&source=null-island&gsd=0.06", "gsd"),
    (f"/imagery/chip?{AT}&source=null-island&pixels=15", "pixels"),
    (f"/imagery/chip?{AT}&source=null-island&pixels=4097", "pixels"),
    (f"/imagery/chip?{AT}&source=null-island&pixels=2000", "pixels"),
    ("/imagery/mars/5/16/16", "source"),
    ("/imagery/null-island/x/16/16", "z"),
    ("/imagery/null-island/25/0/0", "z"),
    ("/imagery/null-island/-1/0/0", "z"),
    ("/imagery/null-island/5/32/16", "x"),
    ("/imagery/null-island/5/16/32", "y"),
    ("/imagery/null-island/5/16/99999999999999999999", "y"),
    ("/gallery/r-surf/audio?seconds=-1", "seconds"),
    ("/gallery/r-surf/audio?seed=x", "seed"),
]


@pytest.mark.parametrize(("url", "field"), BAD)
def test_a_bad_value_is_a_422_that_names_its_field(client, url, field):
    answer = client.get(url)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert field in [part["field"] for part in problem["errors"]]
    assert field in problem["detail"]
    assert_problem(answer, url)


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/nothing", 404),
        ("HEAD", "/nothing", 404),
        ("GET", "/soundscape/", 404),
        ("GET", "/gallery/unknown", 404),
        ("GET", "/gallery/unknown/audio", 404),
        ("GET", "/gallery/%2e%2e%2f%2e%2e/audio", 404),
        ("GET", "/assets/../../settings.py", 404),
        ("GET", "/%2e%2e/settings.py", 404),
        ("GET", "/imagery/null-island/5/0/0", 404),
        ("GET", "/imagery/null-island/3/4/4", 404),
        ("GET", "/soundscape?lat=48.85&lon=2.35", 404),
        ("GET", "/soundscape?lat=90&lon=0", 404),
        ("GET", "/soundscape?lat=0&lon=180", 404),
        ("GET", "/soundscape?imagery=null-island&lat=3&lon=0", 404),
        ("POST", "/soundscape", 405),
        ("DELETE", "/gallery/r-surf", 405),
        ("PUT", "/capabilities", 405),
    ],
)
def test_what_is_not_there_is_a_problem_too(client, method, url, status):
    answer = client.request(method, url)
    assert answer.status_code == status, answer.text
    if method == "HEAD":
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        assert_problem(answer, url)


def test_without_imagery_the_problem_says_what_to_do(client):
    detail = client.get("/soundscape?lat=48.85&lon=2.35").json()["detail"]
    assert "48.85" in detail
    assert "null-island" in detail
    assert "--imagery FILE.tif" in detail


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(client):
    answer = client.post("/soundscape", content=b"x" * 200_000)
    assert answer.status_code == 413
    assert_problem(answer, "/soundscape")


def test_several_bad_fields_are_all_named(client):
    errors = client.get("/soundscape?lat=99&lon=999&month=13").json()["errors"]
    assert {part["field"] for part in errors} == {"lat", "lon", "month"}


def assert_problem(answer, url):
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"]
    assert problem["instance"].startswith("/")
    assert "Traceback" not in answer.text
