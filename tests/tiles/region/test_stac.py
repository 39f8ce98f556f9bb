"""A STAC Collection says what an exported file holds, where, and which model made it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tiles.region.maker import Ground, make, unavailable
from tiles.region import Condition
from tiles.region.stac import MEDIA, collection

FILES = [Path("/data/a.npy"), Path("/data/a.cells.npy")]


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """A region with two cells that failed."""
    source = Ground(lambda lat, lon, nth: unavailable(lat, lon, nth) if lat > 1.5 and abs(lon) < 0.5 else None)
    return make(tmp_path_factory.mktemp("region") / "null-island.zarr", source=source, name="null-island", retries=0)


def test_it_is_a_collection_of_stac_1_1(region):
    document = collection(region, region.conditions[0], FILES, None)
    assert (document["type"], document["stac_version"]) == ("Collection", "1.1.0")
    needed = {"id", "description", "license", "extent", "links"}
    assert needed <= document.keys()


def test_it_says_where_and_since_when(region):
    extent = collection(region, region.conditions[0], FILES, None)["extent"]
    assert extent["spatial"]["bbox"] == [list(region.grid.bounds)]
    ((since, until),) = extent["temporal"]["interval"]
    assert until is None
    age = datetime.now(UTC) - datetime.strptime(since, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert -2 < age.total_seconds() < 60


def test_it_says_which_model_made_it_and_of_what(region):
    summaries = collection(region, Condition(7, 14), FILES, None)["summaries"]
    assert summaries["earshot:checkpoint_hash"] == ["c0ffee"]
    assert summaries["earshot:condition"] == ["7-14"]
    assert summaries["gsd"] == [0.6]
    assert summaries["earshot:cells"] == [36]
    assert summaries["earshot:failed"] == [2]


def test_it_is_named_after_the_region_as_people_read_it(region):
    document = collection(region, region.conditions[0], FILES, None)
    assert document["title"] == "Null Island"
    assert document["id"] == f"null-island-{region.hash}"
    assert "34 of 36 cells" in document["description"]
    assert "nobody" in document["description"]


def test_its_assets_lie_beside_it_under_the_names_of_what_they_hold(region):
    assets = collection(region, region.conditions[0], FILES, None)["assets"]
    assert {role: asset["href"] for role, asset in assets.items()} == {"vectors": "./a.npy", "cells": "./a.cells.npy"}
    assert all("earshot:query" not in asset for asset in assets.values())


@pytest.mark.parametrize("suffix", MEDIA)
def test_every_kind_of_file_has_its_media_type(region, suffix):
    (asset,) = collection(region, region.conditions[0], [Path(f"a{suffix}")], None)["assets"].values()
    assert asset["type"] == MEDIA[suffix]
    assert asset["roles"] == ["data"]


def test_scores_say_what_they_were_scored_by(region):
    document = collection(region, region.conditions[0], [Path("a.tif")], "waves on 'rocks'")
    assert document["assets"]["scores"]["earshot:query"] == "waves on 'rocks'"
    assert "waves" in document["description"]
