"""A table is read alike however a spreadsheet saved it, and refused in one sentence where that cannot be told."""

import pytest

from model.spreadsheet import TableError, read_spreadsheet, told, told_number

KNOWN, ALIASES = ("text", "lat", "path"), {"latitude": "lat"}
PLAIN = "text,lat,path\nM\u00f6wen,46.5,a.wav\ncars,12,b.wav\n"
ROWS = [{"text": "M\u00f6wen", "lat": "46.5", "path": "a.wav"}, {"text": "cars", "lat": "12", "path": "b.wav"}]


def read(folder, content, **options):
    (folder / "t.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_spreadsheet(folder / "t.csv", KNOWN, ALIASES, **options)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        *(PLAIN.replace(",", delimiter) for delimiter in ";\t|"),
        "sep=;\n" + PLAIN.replace(",", ";"),
        PLAIN.replace("\n", "\n\n"),
        "\n" + PLAIN + ",,\n ,, \n\n",
        PLAIN.replace("text,lat,path", " Text ,LAT,Path"),
        PLAIN.replace("lat", "Latitude"),
        PLAIN.replace("\n", ",\n"),
    ],
)
def test_a_table_is_the_same_however_it_was_saved(tmp_path, content):
    table = read(tmp_path, content)
    assert [row for _, row in table.rows] == ROWS
    assert table.columns == KNOWN


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    content = 'sep=,\ntext,lat,path\n"two\nlines",1,a.wav\n\ncars,12,b.wav\n'
    assert [line for line, _ in read(tmp_path, content).rows] == [4, 6]


def test_columns_that_nobody_asked_for_are_left_out_and_told_or_kept(tmp_path):
    content = ",text,Device,Audio Caption\n0,cars,Song Meter,rain\n"
    table = read(tmp_path, content)
    assert (table.columns, table.unused) == (("text",), ("Device", "Audio Caption"))
    assert read(tmp_path, content, keep_unknown=True).columns == ("text", "Device", "Audio Caption")


def test_a_columns_own_name_goes_before_another_name_of_it(tmp_path):
    table = read(tmp_path, "latitude,lat,text,path\n1,2,x,y\n")
    assert table.rows[0][1]["lat"] == "2"
    assert table.unused == ("latitude",)


def test_a_row_that_does_not_fit_says_so(tmp_path):
    short, long = (row for _, row in read(tmp_path, "text,lat,path\na\nb,1,c,d,e\n").rows)
    assert short == {"text": "a", "lat": None, "path": None}
    assert long[None] == ["d", "e"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (PLAIN.encode("latin-1"), "line 2 holds the byte 0xf6, which is not utf-8; save the table as UTF-8"),
        (PLAIN.encode("utf-16-le"), "zero bytes|byte 0x"),
        (b"\xff\xfe\x00", "not utf-16"),
        ("text,Text\na,b\n", "the column text is there twice"),
        ('text,lat\n"open,1\n', "unexpected end of data"),
    ],
)
def test_what_cannot_be_told_is_refused_by_the_files_name(tmp_path, content, complaint):
    with pytest.raises(TableError, match=rf"t\.csv: .*({complaint})"):
        read(tmp_path, content)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(TableError, match=r"t\.csv: cannot be read: No such file"):
        read_spreadsheet(tmp_path / "t.csv", KNOWN)


@pytest.mark.parametrize("value", ["", "  ", "NA", "n/a", "NaN", "null", "None", "<NA>", "#N/A", "-"])
def test_words_for_an_empty_cell_tell_nothing(value):
    assert told(value) == told_number(value) == ""


@pytest.mark.parametrize(
    ("value", "number"),
    [("-9999", ""), ("-999.0", ""), ("-99999.00", ""), ("-99", "-99"), ("46,5", "46.5"), ("1.234,5", "1.234,5")],
)
def test_numbers_are_told_with_a_point_unless_nobody_measured_them(value, number):
    assert told_number(value) == number
    assert told(value) == value
