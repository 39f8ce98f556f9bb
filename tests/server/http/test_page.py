"""The page: served as it was built, its hashed files for ever, and a word on how to build it where it is not."""

from fastapi import FastAPI
from starlette.testclient import TestClient

from server.http.page import NOT_BUILT, install_page


def test_without_a_built_page_the_front_door_says_how_to_build_it(tmp_path):
    app = FastAPI()
    install_page(app, tmp_path)
    answer = TestClient(app).get("/")
    assert answer.text == NOT_BUILT
    assert "make page" in answer.text


def test_a_built_page_is_served_and_only_its_hashed_files_never_change(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<p>Earshot</p>")
    (tmp_path / "assets" / "main-1a2b.js").write_text("1")
    app = FastAPI()
    install_page(app, tmp_path)
    client = TestClient(app)
    assert client.get("/").text == "<p>Earshot</p>"
    assert client.get("/").headers["cache-control"] == "no-cache"
    assert "immutable" in client.get("/assets/main-1a2b.js").headers["cache-control"]
    assert client.get("/assets/none.js").status_code == 404


def test_the_docs_bring_their_scripts_from_here_and_not_from_elsewhere(tmp_path):
    app = FastAPI(docs_url=None)
    install_page(app, tmp_path)
    text = TestClient(app).get("/docs").text
    assert 'src="/docs/swagger-ui-bundle.js"' in text
    assert "https://" not in text


def test_a_path_that_leads_out_of_the_page_leads_nowhere(tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<p>Earshot</p>")
    (tmp_path / "key").write_text("secret")
    app = FastAPI()
    install_page(app, tmp_path / "page")
    for path in ("/../key", "/%2e%2e/key", "/..%2fkey"):
        answer = TestClient(app).get(path)
        assert answer.status_code == 404
        assert "secret" not in answer.text
