"""Why a place and an entry are alike: over concepts, to the very score the card shows."""

import pytest

HERE = {"lat": 0.05, "lon": 0.02}


@pytest.mark.parametrize("kind", ["captions", "recordings"])
@pytest.mark.parametrize("place", [HERE, {"lat": 1.303, "lon": 0.921, "scale": 5}])
def test_contributions_and_the_rest_add_up_to_the_score_shown(client, kind, place):
    shown = client.get("/soundscape", params=place).json()[kind]
    assert shown
    for match in shown:
        why = client.get("/soundscape/why", params={**place, "entry": match["id"]}).json()
        parts = sum(concept["contribution"] for concept in why["concepts"]) + why["rest"]
        assert why["score"] == pytest.approx(match["score"], abs=1e-5)
        assert parts == pytest.approx(match["score"], abs=1e-5)
        assert why["entry"]["id"] == match["id"]


def test_concepts_are_told_by_what_they_add_with_both_weights(client):
    heard = client.get("/soundscape", params=HERE).json()
    why = client.get("/soundscape/why", params={**HERE, "entry": "c-sea"}).json()
    added = [abs(concept["contribution"]) for concept in why["concepts"]]
    assert added == sorted(added, reverse=True)
    assert len(added) <= 20
    weights = {concept["id"]: concept["weight"] for concept in heard["concepts"]}
    told = {concept["id"]: concept["place"] for concept in why["concepts"]}
    assert set(weights) & set(told)
    for id in set(weights) & set(told):
        assert told[id] == pytest.approx(weights[id], abs=1e-6)
    assert all(concept["place"] > 0 or concept["entry"] > 0 for concept in why["concepts"])


@pytest.mark.parametrize(
    ("asked", "status", "slug"),
    [
        ({"entry": "c-nowhere"}, 404, "unknown-entry"),
        ({}, 422, "invalid-input"),
        ({"entry": ""}, 422, "invalid-input"),
        ({"entry": "c-sea", "scale": 2}, 422, "invalid-input"),
        ({"entry": "c-sea", "lat": 48.0, "lon": 11.0}, 404, "no-imagery"),
    ],
)
def test_what_cannot_be_told_is_a_problem(client, asked, status, slug):
    answer = client.get("/soundscape/why", params={**HERE, **asked})
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
