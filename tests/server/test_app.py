"""The application: alive at once, ready when loaded, documented, and honest when it cannot start."""

import pytest
from starlette.testclient import TestClient

from model.errors import CheckpointError, GalleryError
from server.app import create_app
from tiles.errors import InvalidRaster


def test_health_and_readiness_are_told_apart(make_settings, ready):
    with TestClient(create_app(make_settings())) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        early = client.get("/readyz")
        assert early.status_code in (200, 503)
        if early.status_code == 503:
            assert early.headers["retry-after"] == "1"
            assert early.json()["type"] == "/problems/not-ready"
        assert ready(client).get("/readyz").json() == {"status": "ready"}


def test_before_it_is_loaded_every_question_is_a_503_that_says_so(make_settings):
    client = TestClient(create_app(make_settings()))  # never started, so never loaded
    urls = ("/readyz", "/soundscape?lat=0&lon=0", "/capabilities", "/gallery/r-surf", "/imagery/a/5/16/16")
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
    assert client.get("/healthz").status_code == 200


def test_it_can_be_started_again_after_it_was_stopped(make_settings, ready):
    app = create_app(make_settings())
    for _ in range(2):
        with TestClient(app) as client:
            assert ready(client).get("/soundscape?lat=0.05&lon=0.02").status_code == 200


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ({"checkpoint": "/nowhere.safetensors"}, CheckpointError),
        ({"gallery": "/nowhere"}, GalleryError),
        ({"imagery": ["/nowhere.tif"]}, InvalidRaster),
    ],
)
def test_what_cannot_be_loaded_is_handed_to_whoever_started_it(make_settings, broken, error):
    failures = []
    with TestClient(create_app(make_settings(**broken), on_start_failure=failures.append)) as client:
        for _ in range(200):
            if failures:
                break
            assert client.get("/readyz").status_code == 503
    assert isinstance(failures[0], error)
    assert "\n" not in str(failures[0])
    assert "nowhere" in str(failures[0])


def test_every_route_is_documented_with_examples(client):
    api = client.get("/openapi.json").json()
    assert set(api["paths"]) == {
        "/soundscape",
        "/soundscape/audio",
        "/soundscape/why",
        "/attention",
        "/attention.png",
        "/attention.geojson",
        "/synthesis",
        "/synthesis/{id}",
        "/synthesis/{id}/events",
        "/synthesis/{id}/audio",
        "/synthesis/{id}/peaks",
        "/metrics",
        "/search",
        "/heatmap/tilejson.json",
        "/heatmap/legend",
        "/heatmap/{z}/{x}/{y}.{format}",
        "/heatmap.tif",
        "/regions",
        "/imagery/chip",
        "/imagery/{source}/{z}/{x}/{y}",
        "/gallery/{id}",
        "/gallery/{id}/audio",
        "/gallery/{id}/peaks",
        "/concepts",
        "/concepts/{id}",
        "/capabilities",
        "/healthz",
        "/readyz",
    }
    assert all(
        api["components"]["schemas"][name]["examples"]
        for name in ("Soundscape", "SearchAnswer", "RegionList", "JobStatus")
    )
    for path, operations in api["paths"].items():
        assert all(operation.get("description") for operation in operations.values()), path
    tile = api["paths"]["/heatmap/{z}/{x}/{y}.{format}"]["get"]["parameters"]
    assert {"z", "x", "y", "format", "q", "colormap", "rescale"} <= {parameter["name"] for parameter in tile}
    assert client.get("/docs").status_code == 200


def test_no_other_origin_is_allowed_unless_it_is_named(client, make_settings):
    headers = {"Origin": "https://elsewhere.example"}
    assert "access-control-allow-origin" not in client.get("/healthz", headers=headers).headers
    named = TestClient(create_app(make_settings(cors_origins=["https://elsewhere.example"])))
    answer = named.get("/healthz", headers=headers)
    assert answer.headers["access-control-allow-origin"] == "https://elsewhere.example"
    assert "access-control-allow-credentials" not in answer.headers


def test_long_answers_are_compressed_and_pictures_are_not(client):
    assert client.get("/capabilities").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/imagery/null-island/10/512/511").headers


def test_urls_are_put_before_by_the_base_url(make_settings, ready):
    with TestClient(create_app(make_settings(base_url="https://earshot.example/api"))) as client:
        body = ready(client).get("/soundscape?lat=0.05&lon=0.02").json()
    assert body["imagery"]["url"].startswith("https://earshot.example/api/imagery/chip?")
    assert body["sound"]["url"].startswith("https://earshot.example/api/soundscape/audio?")
