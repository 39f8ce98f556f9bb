"""Places told as GeoJSON: in their order, each with a link that listens to it as the region did, and what to know."""

import dataclasses
from types import SimpleNamespace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import numpy as np
import pytest
from shapely.geometry import Point, shape

from server.http.parameters import PointQuery
from server.regions.shelf import RegionShelf
from server.search.places import Links, answer_of, notes_of
from server.search.queries import SearchQuery
from server.search.query_embedding import QueryEmbedder
from server.search.scoring import score_region
from server.search.uploads import HEARD_SECONDS, Recording
from tiles.region import Condition
from tiles.region.region import Progress

LINKS = Links("https://ear.example/shot", ("null-island",))


@pytest.fixture(scope="module")
def region(earshot, searching):
    folder = searching.app.state.settings.folder("regions")
    return RegionShelf(folder, earshot.model.checkpoint_hash).get("null-island")


@pytest.fixture(scope="module")
def waves(earshot):
    return QueryEmbedder(earshot.model).embed_query("waves", None, None)


@pytest.fixture(scope="module")
def scores(region, waves):
    return score_region(region, waves, None)


@pytest.fixture(scope="module")
def ask(scores, waves):
    """The answer to waves; the better half of the region reaches it unless another percentile is asked for."""
    middle = float(np.median(scores.own))

    def answer(links=LINKS, of=scores, **asked):
        return answer_of(of, waves, SearchQuery(**{"q": "waves", "min_percentile": middle, **asked}), links)

    return answer


@pytest.fixture(scope="module")
def answer(ask):
    return ask()


def heard_at(place):
    return dict(parse_qsl(urlsplit(place.properties.soundscape).query))


def test_places_come_in_the_order_of_their_scores_each_around_its_best_cell(answer, scores):
    told = [place.properties for place in answer.features]
    assert [place.rank for place in told] == list(range(1, len(told) + 1))
    assert len(told) > 1
    assert [place.score for place in told] == sorted((place.score for place in told), reverse=True)
    assert told[0].score == pytest.approx(np.nanmax(scores.cosine), abs=1e-5)
    for place in answer.features:
        best = place.properties.best
        assert shape(place.geometry).contains(Point(best.lon, best.lat))
        assert (best.score, best.percentile) == (place.properties.score, place.properties.percentile)


def test_a_place_links_to_its_best_cell_as_the_region_was_listened_to(answer, region):
    place = answer.features[0]
    assert place.properties.soundscape.startswith("https://ear.example/shot/soundscape?")
    told = heard_at(place)
    assert (float(told["lat"]), float(told["lon"])) == (place.properties.best.lat, place.properties.best.lon)
    assert (told["scale"], told["imagery"]) == (str(region.scale), "null-island")
    assert PointQuery(**told).imagery == "null-island"


def test_imagery_that_is_not_offered_here_is_not_linked_to(ask):
    told = heard_at(ask(Links("", ("esri",))).features[0])
    assert set(told) == {"lat", "lon"}


def in_july(scores):
    """The scores of a region that was listened to on July afternoons."""
    names = ("name", "title", "grid", "imagery", "scale", "progress", "valid", "background")
    like = {name: getattr(scores.region, name) for name in names}
    return dataclasses.replace(scores, region=SimpleNamespace(**like, conditions=(Condition(7, 14), Condition(1, 2))))


@pytest.mark.parametrize(("asked", "month", "hour"), [(None, "7", "14"), ("1-2", "1", "2")])
def test_a_place_links_to_the_month_and_hour_it_was_listened_to_at(ask, scores, asked, month, hour):
    answer = ask(of=in_july(scores), condition=asked)
    told = heard_at(answer.features[0])
    assert (told["month"], told["hour"]) == (month, hour)
    assert parse_qs(urlsplit(answer.heatmap).query).get("condition") == (asked and [asked])


def test_an_answer_names_its_query_its_region_and_its_map(answer, waves, region):
    assert (answer.query.id, answer.query.text, answer.query.recording) == (waves.id, "waves", False)
    assert answer.region == region.name
    assert answer.heatmap == f"https://ear.example/shot/heatmap/tilejson.json?q=waves&region={region.name}"
    assert answer.progress.model_dump() == {"done": region.grid.count, "failed": 0, "total": region.grid.count}


def test_all_that_were_found_are_counted_whether_listed_or_not(ask, answer):
    first = ask(limit=1)
    assert first.found == answer.found == len(answer.features)
    assert [place.properties.rank for place in first.features] == [1]


def test_an_answer_without_a_place_says_how_near_the_nearest_comes(ask):
    answer = ask(min_percentile=100)
    assert (answer.features, answer.found) == ([], 0)
    assert answer.notes[0].startswith("Nothing reaches percentile 100 here")


def test_of_a_whole_region_nothing_is_noted(region):
    assert notes_of(region) == []


def told_of(**progress):
    return notes_of(SimpleNamespace(title="Null Island", progress=Progress(**progress)))


def test_a_region_half_listened_to_says_on_how_much_an_answer_rests():
    assert told_of(done=3, failed=0, total=8) == ["Null Island is not all listened to yet: this rests on 3 of 8 cells."]


def test_cells_whose_imagery_failed_are_counted():
    assert told_of(done=8, failed=2, total=8) == [
        "2 cells of Null Island are missing, since their imagery could not be had."
    ]


@pytest.mark.parametrize(("seconds", "noted"), [(HEARD_SECONDS, False), (HEARD_SECONDS + 1, True)])
def test_of_a_long_recording_it_is_said_which_part_was_listened_to(region, seconds, noted):
    notes = notes_of(region, Recording(np.zeros(int(seconds * 100), np.float32), 100, "digest"))
    assert notes == (["Of the recording, the loudest 10 s were listened to."] if noted else [])
