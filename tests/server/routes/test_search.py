"""Searching a small Null Island: places ranked as brute force ranks them, queries kept by id, bad input named."""

import asyncio
import io
import threading
from urllib.parse import quote

import numpy as np
import pytest
import soundfile
import torch
from shapely.geometry import Point, shape

from model.sat2sound.codebook import normalise
from server.search.queries import RegionQuery

RATE = 16_000
WAVES = "waves crashing on rocks"


def recording(seed=0, seconds=1.0):
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, int(RATE * seconds)).astype(np.float32)
    buffer = io.BytesIO()
    soundfile.write(buffer, noise, RATE, format="WAV", subtype="FLOAT")
    return buffer.getvalue(), noise


def post(client, data=None, fields=None):
    files = {} if data is None else {"file": ("sound.wav", data, "audio/wav")}
    # A part without a name of its own makes httpx send multipart, even when there is no file.
    return client.post("/search", files={**files, **{name: (None, value) for name, value in (fields or {}).items()}})


def truth(earshot, region, vector):
    """Float32 cosines (cells,) of a query with the stored vectors, the long way round."""
    cells = region.vectors(0, region.grid.count).astype(np.float32)
    cells /= np.linalg.norm(cells, axis=1, keepdims=True)
    return cells @ (vector / np.linalg.norm(vector))


def text_vector(earshot, text):
    with torch.inference_mode():
        return earshot.model.embed_texts([text]).vector[0].numpy()


def audio_vector(earshot, samples):
    with torch.inference_mode():
        return earshot.model.embed_audio(samples[None], RATE).vector[0].numpy()


def assert_ranked_as(answer, region, scores):
    """The first place holds the best cell of all, but for what float16 rounds off; the others follow by their score."""
    best = answer["features"][0]["properties"]["best"]
    cell = int(np.argmin(np.hypot(region.cells.lat - best["lat"], region.cells.lon - best["lon"])))
    assert (best["lat"], best["lon"]) == pytest.approx((region.cells.lat[cell], region.cells.lon[cell]), abs=1e-6)
    assert best["score"] == pytest.approx(scores[cell], abs=2e-3)
    assert scores[cell] == pytest.approx(scores.max(), abs=2e-3)
    ranked = [place["properties"]["score"] for place in answer["features"]]
    assert ranked == sorted(ranked, reverse=True)
    assert [place["properties"]["rank"] for place in answer["features"]] == list(range(1, len(ranked) + 1))


@pytest.fixture
def service(searching):
    return searching.app.state.service


@pytest.fixture
def region(service):
    return service.earshot.regions.get("null-island")


def test_places_are_ranked_as_brute_force_ranks_them(searching, service, region):
    answer = searching.get(f"/search?q={quote(WAVES)}&min_percentile=60").json()
    assert answer["type"] == "FeatureCollection"
    assert answer["region"] == "null-island"
    scores = truth(service.earshot, region, text_vector(service.earshot, WAVES))
    assert_ranked_as(answer, region, scores)
    reached = region.percentile(scores) >= 60
    listed = sum(place["properties"]["cells"] for place in answer["features"])
    if answer["found"] == len(answer["features"]):
        assert abs(listed - reached.sum()) <= 1  # float16 may put a cell on the other side of the line
    for place in answer["features"]:
        best = place["properties"]["best"]
        assert shape(place["geometry"]).contains(Point(best["lon"], best["lat"]))
        assert best["percentile"] == place["properties"]["percentile"] >= 60
        assert place["properties"]["area_km2"] > 0


def test_all_cells_reach_nothing_at_all(searching, region):
    answer = searching.get(f"/search?q={quote(WAVES)}&min_percentile=0").json()
    assert sum(place["properties"]["cells"] for place in answer["features"]) == region.valid.sum()


def test_nothing_sounds_like_that_is_a_possible_answer(searching):
    answer = searching.get("/search?q=waves&min_percentile=100").json()
    assert answer["features"] == []
    assert answer["found"] == 0
    assert answer["notes"]


def test_a_place_says_how_to_listen_to_it(searching):
    (place, *_) = searching.get("/search?q=waves&min_percentile=0").json()["features"]
    heard = searching.get(place["properties"]["soundscape"])
    assert heard.status_code == 200
    best = place["properties"]["best"]
    assert heard.json()["point"] == pytest.approx({"lat": best["lat"], "lon": best["lon"]})
    assert heard.json()["imagery"]["source"] == "null-island"


def test_the_map_of_an_answer_is_a_link_away(searching):
    answer = searching.get("/search?q=waves").json()
    tiles = searching.get(answer["heatmap"]).json()
    assert tiles["tilejson"] == "3.0.0"
    (template,) = tiles["tiles"]
    assert searching.get(template.format(z=7, x=63, y=63)).headers["content-type"] == "image/png"


def test_no_more_places_than_asked_for(searching):
    answer = searching.get("/search?q=waves&min_percentile=0&limit=1").json()
    assert len(answer["features"]) == 1
    assert answer["found"] >= 1


def test_a_box_bounds_the_places(searching, region):
    west, south, east, north = region.grid.bounds
    middle = (west + east) / 2
    left = searching.get(f"/search?q=waves&min_percentile=0&bbox={west},{south},{middle},{north}").json()
    cells = sum(place["properties"]["cells"] for place in left["features"])
    assert cells == (region.cells.lon[region.valid] <= middle).sum()
    assert all(place["properties"]["best"]["lon"] <= middle for place in left["features"])


def test_a_box_across_the_dateline_leaves_out_what_lies_between(searching, region):
    middle = (region.grid.bounds[0] + region.grid.bounds[2]) / 2
    around = searching.get(f"/search?q=waves&min_percentile=0&bbox={middle},-80,-170,80").json()
    cells = sum(place["properties"]["cells"] for place in around["features"])
    assert cells == (region.cells.lon[region.valid] >= middle).sum()
    nowhere = searching.get("/search?q=waves&min_percentile=0&bbox=170,-80,-170,80").json()
    assert nowhere["features"] == []


def test_a_query_has_one_name_however_it_is_asked(searching):
    first = searching.get("/search?q=waves").json()["query"]
    assert first == searching.get("/search?q=%20waves%20&limit=1").json()["query"]
    assert first["text"] == "waves"
    assert first["recording"] is False
    assert searching.get("/search?q=wind").json()["query"]["id"] != first["id"]
    assert post(searching, fields={"q": "waves"}).json()["query"] == first


def test_a_recording_finds_places_and_keeps_its_name(searching, service, region):
    data, samples = recording()
    answer = post(searching, data, {"min_percentile": "0"}).json()
    assert answer["query"]["recording"] is True
    assert answer["query"]["text"] == ""
    assert_ranked_as(answer, region, truth(service.earshot, region, audio_vector(service.earshot, samples)))
    id = answer["query"]["id"]
    assert post(searching, data).json()["query"]["id"] == id
    assert searching.get(f"/search?query={id}&min_percentile=0").json()["features"] == answer["features"]
    assert f"query={id}" in answer["heatmap"]
    assert searching.get(answer["heatmap"]).status_code == 200


def test_a_recording_and_words_are_composed_as_the_paper_composes_them(searching, service, region):
    data, samples = recording()
    answer = post(searching, data, {"q": WAVES, "min_percentile": "0"}).json()
    parts = [audio_vector(service.earshot, samples), text_vector(service.earshot, WAVES)]
    composed = sum(normalise(torch.from_numpy(part)[None])[0].numpy() for part in parts)
    assert_ranked_as(answer, region, truth(service.earshot, region, composed))
    assert answer["query"]["text"] == WAVES
    alone = post(searching, data).json()["query"]["id"]
    assert answer["query"]["id"] not in (alone, searching.get(f"/search?q={quote(WAVES)}").json()["query"]["id"])


def test_a_difference_ranks_by_the_excess_over_the_other_sound(searching, service, region):
    answer = searching.get(f"/search?q={quote(WAVES)}&minus=traffic&min_percentile=30").json()
    assert answer["query"]["minus"] == "traffic"
    ours, theirs = (truth(service.earshot, region, text_vector(service.earshot, text)) for text in (WAVES, "traffic"))
    reached = (region.percentile(ours) >= 30) & (region.percentile(theirs) < 30)
    listed = sum(place["properties"]["cells"] for place in answer["features"])
    assert abs(listed - reached.sum()) <= 2 or answer["found"] > len(answer["features"])
    for place in answer["features"]:
        best = place["properties"]["best"]
        cell = np.argmin(np.hypot(region.cells.lat - best["lat"], region.cells.lon - best["lon"]))
        assert best["score"] == pytest.approx(ours[cell] - theirs[cell], abs=4e-3)


def test_an_answer_is_tagged_and_told_once(searching):
    first = searching.get("/search?q=waves")
    assert first.headers["cache-control"] == "no-cache"
    again = searching.get("/search?q=waves", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


BAD = [
    ("/search", "q"),
    ("/search?q=", "q"),
    ("/search?q=%20%20", "q"),
    (f"/search?q={'x' * 1001}", "q"),
    ("/search?q=waves&query=00000000000000000000000000000000", "q"),
    ("/search?query=00000000000000000000000000000000", "query"),
    ("/search?query=../../etc/passwd", "query"),
    ("/search?q=waves&minus=", "minus"),
    ("/search?q=waves&region=", "region"),
    ("/search?q=waves&region=atlantis", "region"),
    ("/search?q=waves&region=../queries", "region"),
    ("/search?q=waves&condition=7-14", "condition"),
    ("/search?q=waves&condition=july", "condition"),
    ("/search?q=waves&condition=13-0", "condition"),
    ("/search?q=waves&limit=0", "limit"),
    ("/search?q=waves&limit=101", "limit"),
    ("/search?q=waves&min_percentile=-1", "min_percentile"),
    ("/search?q=waves&min_percentile=101", "min_percentile"),
    ("/search?q=waves&min_percentile=nan", "min_percentile"),
    ("/search?q=waves&bbox=1,2,3", "bbox"),
    ("/search?q=waves&bbox=1,2,3,x", "bbox"),
    ("/search?q=waves&bbox=nan,0,1,1", "bbox"),
    ("/search?q=waves&bbox=0,1,1,0", "bbox"),
    ("/search?q=waves&bbox=-181,0,1,1", "bbox"),
    ("/search?q=waves&bbox=0,0,1,91", "bbox"),
    ("/search?q=waves&colour=red", "colour"),
]


@pytest.mark.parametrize(("url", "field"), BAD)
def test_a_bad_query_is_a_problem_that_names_its_field(searching, url, field):
    answer = searching.get(url)
    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert field in [part["field"] for part in problem["errors"]], problem


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "x" * 1001}, "q"),
        ({"q": "x" * 2_000_000}, "q"),
        ({"q": "waves", "limit": "many"}, "limit"),
        ({"q": "waves", "colour": "red"}, "colour"),
        ({"file": "not a file"}, "file"),
    ],
)
def test_a_bad_form_is_a_problem_too(searching, fields, field):
    answer = post(searching, fields=fields or {"region": "null-island"})
    assert 400 <= answer.status_code < 500, answer.text
    problem = answer.json()
    if len(str(fields)) < 1_000_000:
        assert field in [part["field"] for part in problem["errors"]], problem


@pytest.mark.parametrize("data", [b"", b"not a sound", bytes(5000), recording()[0][:-500]])
def test_an_upload_that_cannot_be_heard_is_refused_by_name(searching, data):
    answer = post(searching, data)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "file"


def test_an_upload_beyond_the_limit_is_refused(searching):
    answer = post(searching, bytes(26 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_large_recording_is_listened_to(searching):
    data, _ = recording(seconds=70)
    assert len(data) > 4_000_000
    answer = post(searching, data, {"min_percentile": "0"})
    assert answer.status_code == 200, answer.text
    assert any("10 s" in note for note in answer.json()["notes"])


@pytest.mark.parametrize("body", [b"", b"x" * 1000, b"--b\r\nContent-Disposition: form-data; name="])
@pytest.mark.parametrize("media", ["multipart/form-data; boundary=b", "multipart/form-data", "application/json", ""])
def test_a_body_that_is_no_form_is_a_problem(searching, body, media):
    answer = searching.post("/search", content=body, headers={"Content-Type": media} if media else {})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_other_routes_take_no_large_bodies(searching):
    assert searching.post("/soundscape", content=bytes(200_000)).status_code == 413


def test_a_hundred_tiles_of_one_cold_query_take_one_pass(searching, service, region, monkeypatch):
    passes, embedded, gate = [], [], threading.Event()
    score, embed = type(region).score, service.search.embedder.embed

    def slow_score(self, *arguments):
        gate.wait(5)
        passes.append(1)
        return score(self, *arguments)

    monkeypatch.setattr(type(region), "score", slow_score)
    monkeypatch.setattr(service.search._embedding, "_run", lambda batch: embedded.extend(batch) or embed(batch))

    async def one():
        embedded = await service.search.embed(RegionQuery(q="never asked before"))
        return await service.search.score(region, embedded, None)

    async def many():
        asked = [asyncio.create_task(one()) for _ in range(100)]
        await asyncio.sleep(0.2)
        gate.set()
        return await asyncio.gather(*asked)

    scored = searching.portal.call(many)
    assert len({id(each) for each in scored}) == 1
    assert (len(passes), embedded) == (1, ["never asked before"])


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"x" * 900], ids=["empty", "cut", "foreign"])
@pytest.mark.parametrize("path", ["/search", "/heatmap/tilejson.json"])
def test_a_kept_query_that_was_damaged_is_one_that_is_not_kept(searching, service, path, damage):
    id = post(searching, fields={"q": f"waves {damage!r} {path}"}).json()["query"]["id"]
    assert searching.get(f"{path}?query={id}").status_code == 200
    file = service.search.store.folder / f"{id}.npz"
    file.write_bytes(damage)
    answer = searching.get(f"{path}?query={id}&limit=3" if path == "/search" else f"{path}?query={id}&opacity=0.5")
    assert answer.status_code == 422, answer.text
    assert [part["field"] for part in answer.json()["errors"]] == ["query"]
    assert "send it again" in answer.json()["detail"]
