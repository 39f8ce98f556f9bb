"""Which columns a table must have, and how a record becomes a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.baselines.pairs import IMAGERIES
from model.errors import InvalidInput, TrainingError
from model.training.dataset.row import RowReader, _number, _one_of, _text
from tests.model.training.conftest import encoded, text_columns

BING = IMAGERIES["bingmap"]


def record(n: int = 0, **changes) -> dict[str, object]:
    image, sound = encoded(n)
    return {**text_columns(n), "bingmap_image": image, "audio": sound, **changes}


def reader(imagery: str = "bingmap", **columns) -> RowReader:
    return RowReader.of(IMAGERIES[imagery], [*record(), *columns], "table", None)


def test_a_reader_asks_for_no_more_than_it_needs():
    found = reader(unused=1)
    assert "unused" not in found.columns
    assert {"sample_id", "bingmap_image", "audio", "audio_caption", "latitude", "date"} <= set(found.columns)


def test_log_mels_are_taken_before_sounds_where_there_are_any():
    found = RowReader.of(BING, [*record(), "mel_features"], "table", None)
    assert "mel_features" in found.columns
    assert "audio" not in found.columns


@pytest.mark.parametrize("missing", ["audio", "bingmap_image", "audio_caption"])
def test_a_missing_column_is_named_with_the_table(missing):
    with pytest.raises(TrainingError, match=f"here: no column .*{missing}; it has "):
        RowReader.of(BING, record().keys() - {missing}, "here", None)


def test_all_missing_columns_are_told_at_once_beside_those_there_are():
    with pytest.raises(TrainingError, match="no column bingmap_image, audio_caption; it has audio, colour"):
        RowReader.of(BING, ["audio", "colour"], "here", None)


@pytest.mark.parametrize("name", ["", "NA", None])
def test_a_row_without_a_name_is_named_after_its_number(name):
    assert reader().read(record(0, sample_id=name), position=7, number=3).id == "row-3"
    assert reader().read(record(0, sample_id=name), position=7).id == "row-7"


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    bad = record(0, latitude="north", longitude=200, audio_caption="NA", bingmap_image=b"no image")
    with pytest.raises(InvalidInput) as told:
        reader().read(bad)
    assert [fault.partition(":")[0] for fault in str(told.value).split("; ") if ":" in fault] == [
        *("latitude", "longitude", "audio_caption", "bingmap_image")
    ]
    assert "write -160" in str(told.value)


def test_values_that_no_column_stands_for_are_refused():
    with pytest.raises(InvalidInput, match=r"1 more values than columns \(first 'wind'\)"):
        reader().read({**record(), None: ["wind"]})


def test_what_is_not_told_masks_its_token_and_no_caption_says_so():
    row = reader().read(
        record(0, latitude="NA", longitude="-9999", date="null", source="NaN", llava_caption_bingmap_zl3="NA")
    )
    assert (row.latitude, row.longitude, row.month, row.hour, row.audio_source) == (None,) * 5
    assert row.image_captions.keys() == {1, 5}


def test_the_hour_is_that_at_the_place():
    row = reader().read(record(0, latitude="46,5", longitude="12,2", date="2021-05-03T03:45:00Z"))
    assert (row.latitude, row.longitude, row.month, row.hour) == (46.5, 12.2, 5, 5)


def test_without_a_sound_both_names_are_told():
    with pytest.raises(TrainingError, match="no column mel_features or audio"):
        RowReader.of(BING, record().keys() - {"audio"}, "here", None)


def test_a_record_becomes_a_row_with_its_position():
    row = reader().read(record(1), position=7)
    assert (row.id, row.position) == ("yfcc-1", 7)
    assert (row.latitude, row.longitude) == (41.0, -3.5)
    assert (row.month, row.hour) == (5, 1)
    assert row.image_captions == {1: "place 1 from 1", 3: "place 1 from 3", 5: "place 1 from 5"}
    assert (row.audio_source, row.caption_source) == ("yfcc", "meta")


def test_scales_without_a_caption_are_left_out():
    assert reader().read(record(0, llava_caption_bingmap_zl3=" ")).image_captions.keys() == {1, 5}


@pytest.mark.parametrize("changes", [{"latitude": None}, {"longitude": ""}, {"latitude": "nan"}])
def test_half_a_place_is_none(changes):
    row = reader().read(record(0, **changes))
    assert row.latitude is row.longitude is None


def test_freesound_has_no_hour_of_recording():
    row = reader().read(record(2))
    assert (row.audio_source, row.month, row.hour) == ("freesound", 5, None)


def test_the_first_date_that_is_there_is_read():
    found = RowReader.of(BING, [*record(), "date_recorded"], "table", None)
    row = found.read(record(0, date="", date_recorded="2020-03-04 05:06"))
    assert (row.month, row.hour) == (3, 5)


def test_soundingearth_is_all_from_one_source():
    columns = (set(record()) - {"bingmap_image", "source"}) | {"googleearth_image"}
    found = RowReader.of(IMAGERIES["googleearth"], columns, "table", None)
    values = record(0)
    assert found.read({**values, "googleearth_image": values["bingmap_image"]}).audio_source == "aporee"


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"audio_caption": None}, "audio_caption"),
        ({"latitude": "north"}, "latitude"),
        ({"longitude": 181}, "longitude"),
        ({"source": "spotify"}, "source"),
        ({"audio_caption_source": "me"}, "audio_caption_source"),
        ({"bingmap_image": b"no image"}, "bingmap_image"),
        ({"audio": b"no sound"}, "audio"),
        ({"bingmap_image": None}, "bingmap_image"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_column(changes, column):
    with pytest.raises(InvalidInput, match=f"^{column}: "):
        reader().read(record(0, **changes))


@pytest.mark.parametrize(("value", "text"), [(None, ""), (" a ", "a"), (3, "3"), (2.5, "2.5")])
def test_any_value_is_text_without_spaces_around_it(value, text):
    assert _text({"x": value}, "x") == text
    assert _text({}, "x") == ""


@given(st.floats(-90, 90))
def test_numbers_come_back_as_they_were_written(value):
    assert _number({"x": repr(value)}, "x", 90) == value


@pytest.mark.parametrize("value", ["", None, "nan", "NA", "null", "-9999", "-999.0", float("nan")])
def test_an_unknown_number_is_none(value):
    assert _number({"x": value}, "x", 90) is None


@pytest.mark.parametrize("value", ["inf", "-inf", "91", "1.234,5", "x"])
def test_a_number_that_cannot_be_is_refused(value):
    with pytest.raises(InvalidInput, match="x: "):
        _number({"x": value}, "x", 90)


def test_one_of_some_names_is_that_or_none():
    assert _one_of({"x": "a"}, "x", ("a", "b")) == "a"
    assert _one_of({"x": ""}, "x", ("a", "b")) is None
    with pytest.raises(InvalidInput, match="x: 'c' is not one of a, b"):
        _one_of({"x": "c"}, "x", ("a", "b"))
