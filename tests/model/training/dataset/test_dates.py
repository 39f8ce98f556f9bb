from datetime import datetime

import pytest

from model.training.dataset.dates import month_and_hour


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-05-12 07:33:00", (5, 7)),
        ("2019-05-12T07:33:00Z", (5, 7)),
        ("2019-05-12T23:33:00+02:00", (5, 23)),
        ("2019-05-12 07:33:00 +0200", (5, 7)),
        ("2010-05-03 13:45:12.0", (5, 13)),
        ("2019/05/12 7:33 PM CEST", (5, 19)),
        ("5/12/2019 12:05 am (night)", (5, 0)),
        ("5/12/2019 12:05 pm", (5, 12)),
        ("May 12 2019, 7 pm", (5, 19)),
        ("7 pm, May 12 2019", (None, 19)),
        ("Sun May 12 2019 07:33:00 GMT+0200 (CEST)", (5, 7)),
        ("Sun, 12 May 2019 07:33:00 +0000", (5, 7)),
        ("Sun May 12 07:33:00 2019", (5, 7)),
        ("20190512T073300", (5, 7)),
        ("20190512", (5, None)),
        ("2019-05-12", (5, None)),
        ("2019-05", (5, None)),
        ("13/05/2019", (5, None)),
        ("03/04/2019", (3, None)),
        ("04.03.19", (4, None)),
        ("4th of March, 2012", (3, None)),
        ("Sept. 4 2012", (9, None)),
        ("march 2012", (3, None)),
        ("29 February", (2, None)),
        ("13:45", (None, 13)),
        ("2021-05-03 05:45 CEST", (5, 5)),
        ("2021-05-03 05:45 IST", (5, 5)),
        ("2021:05:03 05:45:00", (5, 5)),
        ("20210503_054500", (5, 5)),
        ("20210503 054500", (5, 5)),
        ("2021-05-03_05-45-00", (5, 5)),
        ("2021-05-03T05:45:00+02:00[Europe/Berlin]", (5, 5)),
    ],
)
def test_dates_as_people_write_them_are_read(text, expected):
    assert month_and_hour(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "unknown", "2019", "last summer", "in march 2012 or so", "2019-13-01", "2019-02-30", "31/31/2019"),
        *("2019-05-12 25:00", "2019-05-12 10:75", "5/12/2019 13:05 pm", "0000-01-01", "yesterday 10:30", "12", "-1"),
        *("2019-05-12 10:30 sharp", "2019-05-12 10:30:", "nan", "None", "2019-05-12 07:33:00 or 08:00:00"),
    ],
)
def test_what_cannot_be_read_is_unknown_rather_than_guessed(text):
    assert month_and_hour(text) == (None, None)


def test_months_are_those_of_the_lenient_parser_the_published_data_was_read_with():
    parser = pytest.importorskip("dateutil.parser")
    patterns = (
        *("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%m/%d/%Y %I:%M %p", "%d %B %Y %H:%M", "%b %d, %Y %H:%M:%S"),
        *("%a %b %d %Y %H:%M:%S gmt", "%a %b %d %H:%M:%S %Y", "%Y/%m/%d %I:%M:%S %p", "%A, %d. %B %Y %H:%M"),
        *("%Y%m%dT%H%M%S", "%d/%m/%Y %H:%M", "%d-%b-%Y %H:%M", "%Y-%m-%d %H:%M:%S.%f", "%H:%M %d %b %Y"),
    )
    for month, day, hour in [(1, 2, 0), (2, 28, 5), (3, 4, 12), (5, 13, 13), (9, 30, 23), (12, 31, 11), (12, 1, 9)]:
        moment = datetime(2017, month, day, hour, 41, 7)
        for pattern in patterns:
            text = moment.strftime(pattern).lower()
            read = parser.parse(text.replace(" gmt", ""))
            assert month_and_hour(text) == (read.month, read.hour), text


ROME, SYDNEY, ATLANTIC = (46.5, 12.2), (-33.9, 151.2), (0.0, -30.0)


@pytest.mark.parametrize(
    "text",
    [
        *("2021-05-03T03:45:00Z", "2021-05-03 03:45 UTC", "20210503T034500Z", "2021-05-03T05:45:00+02:00"),
        *("2021-05-03 05:45 CEST", "Mon May 03 2021 05:45:00 GMT+0200 (CEST)", "2021/05/03 5:45 AM CEST"),
        *("Mon, 03 May 2021 03:45:00 +0000", "2021-05-03 03:45:00 GMT", "3 May 2021 03:45 Z"),
    ],
)
def test_a_moment_is_told_as_clocks_at_its_place_showed_it(text):
    assert month_and_hour(text, *ROME) == (5, 5)
    assert month_and_hour(text, *SYDNEY) == (5, 13)
    assert month_and_hour(text, *ATLANTIC) == (5, 1)


def test_the_month_is_that_of_the_place_too():
    assert month_and_hour("2021-05-31T23:30:00Z", *ROME) == (6, 1)


@pytest.mark.parametrize("text", ["2021-05-03 05:45", "3 May, 05:45 UTC", "2021-05-03 05:45 +99:00", "2021-05 05:45Z"])
def test_what_is_no_moment_is_told_as_it_is_written(text):
    assert month_and_hour(text, *SYDNEY) == (5, 5)
