"""The codebook's concepts: every one in order, in bounded parts, with its name or null."""

import shutil

import pytest

from model.sat2sound import open_checkpoint
from model.sat2sound.checkpoint.concept_names import write_concept_names
from server.commands.listen import listen_once
from server.earshot import Earshot
from server.http.parameters import PointQuery


def test_every_concept_is_listed_with_its_name_or_null(client):
    page = client.get("/concepts").json()
    assert (page["total"], page["named"], page["offset"]) == (48, 1, 0)
    assert [concept["id"] for concept in page["concepts"]] == list(range(48))
    assert [concept["name"] for concept in page["concepts"]] == [*[None] * 7, "surf on sand", *[None] * 40]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("limit=3", [0, 1, 2]),
        ("limit=2&offset=7", [7, 8]),
        ("limit=1000&offset=46", [46, 47]),
        ("offset=48", []),
        ("offset=2147483647", []),
    ],
)
def test_a_part_of_the_list_is_that_part(client, asked, ids):
    page = client.get(f"/concepts?{asked}").json()
    assert [concept["id"] for concept in page["concepts"]] == ids
    assert page["total"] == 48


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        ("offset=2147483648", "offset"),
        ("offset=1.5", "offset"),
        ("page=2", "page"),
    ],
)
def test_what_is_out_of_bounds_is_a_problem_that_names_the_field(client, asked, field):
    answer = client.get(f"/concepts?{asked}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_known_list_is_not_sent_again(client):
    tag = client.get("/concepts").headers["etag"]
    assert client.get("/concepts", headers={"If-None-Match": tag}).status_code == 304


def test_the_list_is_documented_with_an_example(client):
    api = client.get("/openapi.json").json()
    (example,) = api["components"]["schemas"]["ConceptPage"]["examples"]
    assert set(example) == set(client.get("/concepts").json())


def test_a_place_is_told_in_the_names_the_checkpoint_has(home, make_settings, tmp_path):
    for name in ("checkpoint.safetensors", "checkpoint.audio.safetensors"):
        shutil.copyfile(home / name, tmp_path / name)
    checkpoint = tmp_path / "checkpoint.safetensors"
    names = {id: f"concept number {id}" for id in range(0, 48, 2)}
    write_concept_names(checkpoint, names, open_checkpoint(checkpoint).checkpoint_hash)
    named = Earshot.open(make_settings(checkpoint=str(checkpoint)))
    told = listen_once(named, PointQuery(lat=0.05, lon=0.02)).concepts
    assert len(told) > 1
    assert [concept.name for concept in told] == [names.get(concept.id) for concept in told]
    assert any(concept.name for concept in told)
