"""What a server can do is gathered off the event loop."""

import asyncio

from server.about.capabilities import capabilities_of


def test_what_is_read_from_the_disk_for_it_holds_up_no_click(client, monkeypatch):
    on_the_loop = []

    def watched(earshot):
        try:
            asyncio.get_running_loop()
            on_the_loop.append(True)
        except RuntimeError:
            on_the_loop.append(False)
        return capabilities_of(earshot)

    monkeypatch.setattr("server.routes.capabilities.capabilities_of", watched)
    assert client.get("/capabilities").status_code == 200
    assert on_the_loop == [False]


def test_a_client_that_has_the_answer_is_told_that_it_is_unchanged(client):
    answer = client.get("/capabilities")
    again = client.get("/capabilities", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
