"""What a server tells those who watch over it: requests by route, queues, and whether it is ready."""

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from server.app import create_app


def figures(client):
    """Every sample by name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def requests(found, route, status):
    return found.get(("earshot_request_seconds_count", *sorted((route, str(status)))), 0)


def test_requests_are_counted_by_route_and_status(client):
    before = figures(client)
    client.get("/imagery/null-island/10/512/511")
    client.get("/imagery/null-island/10/512/510")
    client.get("/soundscape?lat=100&lon=0")
    client.head("/healthz")
    after = figures(client)
    for route, status, count in (
        ("/imagery/{source}/{z}/{x}/{y}", 200, 2),
        ("/soundscape", 422, 1),
        ("/healthz", 200, 1),
    ):
        assert requests(after, route, status) - requests(before, route, status) == count


def test_paths_that_no_route_takes_share_one_series(client):
    for made_up in ("/nowhere/1", "/nowhere/2"):
        client.get(made_up)
    assert not any("nowhere" in str(part) for key in figures(client) for part in key)


def test_sound_jobs_are_counted_by_state(client):
    before = figures(client)
    job = client.post("/synthesis", json={"caption": "a brook over stones, counted", "seconds": 1}).json()
    client.get(f"/synthesis/{job['id']}/events")
    after = figures(client)
    assert after[("earshot_jobs", "done")] - before[("earshot_jobs", "done")] == 1
    assert after[("earshot_ready",)] == 1
    assert after[("earshot_model_waiting",)] == 0


def test_a_server_that_still_loads_says_so(make_settings):
    found = figures(TestClient(create_app(make_settings())))
    assert found[("earshot_ready",)] == 0
    assert not any(name == "earshot_jobs" for name, *_ in found)
