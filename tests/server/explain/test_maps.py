"""One map of attention, told three ways that agree: numbers with a peak, a picture, and cells, also at the dateline."""

import io
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from PIL import Image
from shapely.geometry import Point, shape

from server.errors import InvalidInput
from server.explain.maps import PATCH_PIXELS, AttentionMap, ramp_of
from server.explain.queries import AttentionPicture, AttentionQuery
from tiles.chip import Chip
from tiles.errors import InvalidHeatmap
from tiles.scores.ramp import Ramp

VALUES = np.array([[0.12345, 1.5, 0.2], [-0.3, 0.0, 0.4], [0.5, 0.6, 0.7]], np.float32)


@pytest.fixture
def mapped(earshot):
    """The map of these values at a place, of concept 7 unless something else was looked for."""
    focus = np.zeros(earshot.model.config.codebook_size, np.float32)
    focus[7] = 1

    def make(lon=0.02, values=VALUES, **asked):
        chip = Chip.around(0.05, lon, 2.0, np.zeros((12, 12, 3), np.uint8), "null-island", "drawn by Earshot")
        return AttentionMap(AttentionQuery(lat=0.05, lon=lon, **(asked or {"concept": 7})), chip, focus, values)

    return make


@pytest.fixture
def told(earshot, mapped):
    return lambda **asked: mapped(**asked).answer(earshot.model, "https://ear.example/shot")


def test_the_numbers_are_the_values_and_the_peak_the_greatest_of_them_where_it_lies(told):
    answer = told()
    assert (answer.rows, answer.columns) == (3, 3)
    np.testing.assert_allclose(answer.grid, VALUES, atol=1e-4)
    assert all(value == round(value, 4) for row in answer.grid for value in row)
    assert (answer.peak.row, answer.peak.column, answer.peak.value) == (0, 1, 1.5)
    assert answer.peak.lat > 0.05 + 4 / 111_320  # in the northern row, which begins 4 m from the centre
    assert answer.peak.lon == pytest.approx(0.02)


def test_the_corners_go_around_from_the_north_west(told):
    north_west, north_east, south_east, south_west = told().corners
    assert max(north_west[0], south_west[0]) < min(north_east[0], south_east[0])
    assert max(south_west[1], south_east[1]) < min(north_west[1], north_east[1])


def test_the_concept_is_told_only_where_one_was_asked_for(told):
    answer = told()
    assert (answer.concept.id, answer.concept.name, answer.concept.weight) == (7, "surf on sand", 1)
    assert answer.words == []
    worded = told(q="surf")
    assert (worded.concept, worded.q) == (None, "surf")
    assert [concept.id for concept in worded.concepts] == [7]


def test_of_the_words_those_that_were_chosen_are_marked_and_without_a_choice_all(told):
    assert [(word.word, word.chosen) for word in told(q="surf on sand", words="sand").words] == [
        *(("surf", False), ("on", False), ("sand", True)),
    ]
    assert all(word.chosen for word in told(q="surf on sand").words)


@pytest.mark.parametrize("asked", [{"q": "surf on sand", "words": "sand", "month": 7}, {"concept": 7, "scale": 3}])
def test_its_picture_and_its_cells_are_linked_by_the_query_and_the_imagery_that_was_seen(told, asked):
    answer = told(**asked)
    for link, path in ((answer.png, "/shot/attention.png"), (answer.geojson, "/shot/attention.geojson")):
        assert urlsplit(link).path == path
        query = AttentionQuery(**dict(parse_qsl(urlsplit(link).query)))
        assert query == AttentionQuery(lat=0.05, lon=0.02, imagery="null-island", **asked)


def picture(made, **drawn):
    query = AttentionPicture(lat=0.05, lon=0.02, concept=7, **drawn)
    return np.array(Image.open(io.BytesIO(made.picture(query))).convert("RGBA"))


def test_a_picture_shows_every_patch_in_the_colour_of_its_value(mapped):
    drawn = picture(mapped(), opacity=0.5, rescale="0,2")
    assert drawn.shape == (3 * PATCH_PIXELS, 3 * PATCH_PIXELS, 4)
    ramp = Ramp("magma", 0, 2, 0.5)
    expected = np.array(Image.open(io.BytesIO(ramp.draw(VALUES))).convert("RGBA"))
    np.testing.assert_array_equal(drawn, expected.repeat(PATCH_PIXELS, 0).repeat(PATCH_PIXELS, 1))


def test_a_smooth_picture_has_more_colours_than_patches(mapped):
    assert len(np.unique(picture(mapped()).reshape(-1, 4), axis=0)) <= VALUES.size
    assert len(np.unique(picture(mapped(), smooth=True).reshape(-1, 4), axis=0)) > VALUES.size


@pytest.mark.parametrize(
    ("drawn", "error"),
    [
        ({"colormap": "puor_r"}, InvalidInput),
        ({"colormap": "jet"}, InvalidHeatmap),
        ({"rescale": "1,0"}, InvalidHeatmap),
    ],
)
def test_what_attention_cannot_be_drawn_in_is_refused(drawn, error):
    with pytest.raises(error):
        ramp_of(AttentionPicture(lat=0, lon=0, **drawn))


@pytest.mark.parametrize("lon", [0.02, 179.99999])
def test_cells_hold_the_same_numbers_row_by_row_where_the_patches_lie(mapped, lon):
    made = mapped(lon=lon)
    cells = made.cells()
    assert [(cell.properties.row, cell.properties.column) for cell in cells.features] == list(np.ndindex(3, 3))
    np.testing.assert_allclose([cell.properties.value for cell in cells.features], VALUES.ravel(), atol=1e-4)
    for cell in cells.features:
        middle = made.chip.patch_centre(3, cell.properties.row, cell.properties.column)
        assert shape(cell.geometry).covers(Point(middle[1], middle[0]))
    assert cells.bbox == made.chip.bounds


def test_a_patch_across_the_dateline_is_cut_in_two(mapped):
    kinds = {cell.geometry["type"] for cell in mapped(lon=179.99999).cells().features}
    assert "MultiPolygon" in kinds
    assert {cell.geometry["type"] for cell in mapped().cells().features} == {"Polygon"}


def test_a_glow_is_held_between_the_ends_of_the_range(mapped):
    glow = [cell.properties.glow for cell in mapped().cells().features]
    np.testing.assert_allclose(glow, np.clip(VALUES.ravel(), 0, 1), atol=1e-4)
