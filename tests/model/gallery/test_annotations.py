"""Parts that people and programs marked are read from the files they keep them in, each part once."""

import math
from pathlib import PurePosixPath

import pytest

from model.gallery.annotations import read_annotations

RAVEN = "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)"


def read(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    return read_annotations(folder, PurePosixPath(name))


def spans(found):
    return [(part.start, part.end, part.label, part.file) for part in found.parts]


def test_a_raven_selection_stands_in_two_rows_and_is_one_part(tmp_path):
    rows = ["1\tWaveform 1\t1\t0.5\t2\t0\t24000\t", "1\tSpectrogram 1\t1\t0.5\t2\t100\t900\twren"]
    rows += ["2\tWaveform 1\t1\t3\t4.25\t0\t24000\trobin", "2\tSpectrogram 1\t1\t3\t4.25\t0\t24000\trobin"]
    found = read(tmp_path, "a.Table.1.selections.txt", "\n".join([f"{RAVEN}\tAnnotation", *rows]) + "\n")
    assert found.format == "a Raven selection table"
    assert spans(found) == [(0.5, 2, "wren", ""), (3, 4.25, "robin", "")]
    assert [part.line for part in found.parts] == [2, 4]


def test_a_raven_table_over_several_files_means_places_in_each(tmp_path):
    header = f"{RAVEN}\tCommon Name\tBegin Path\tFile Offset (s)"
    rows = [
        "1\tSpectrogram 1\t1\t0\t3\t0\t1\tWren\t/x/a.wav\t0",
        "2\tSpectrogram 1\t1\t63\t66\t0\t1\tRobin\t/x/b.wav\t3",
    ]
    found = read(tmp_path, "BirdNET_SelectionTable.txt", "\n".join([header, *rows]))
    assert spans(found) == [(0, 3, "Wren", "/x/a.wav"), (3, 6, "Robin", "/x/b.wav")]


@pytest.mark.parametrize(
    "text",
    [
        "0.5\t2\twren\n\\\t100\t900\n3\t4.25\trobin\n",
        "\ufeff0,500000\t2,000000\twren\r\n3,0\t4,25\trobin\r\n",
        "0.5\t2.0\twren\t0.87\n3.0\t4.25\trobin\t0.4\n",
    ],
)
def test_audacitys_labels_are_read_with_frequencies_or_commas(tmp_path, text):
    found = read(tmp_path, "a.txt", text)
    assert (found.format, spans(found)) == ("Audacity labels", [(0.5, 2, "wren", ""), (3, 4.25, "robin", "")])


@pytest.mark.parametrize(
    ("name", "text", "file"),
    [
        (
            "a.BirdNET.results.csv",
            "Start (s),End (s),Scientific name,Common name,Confidence\n0.5,2,T. t,wren,0.9\n",
            "",
        ),
        (
            "c.csv",
            "Start (s),End (s),Scientific name,Common name,Confidence,File\n0.5,2,T. t,wren,0.9,a.wav\n",
            "a.wav",
        ),
        (
            "r.csv",
            "filepath,start,end,scientific_name,common_name,confidence\n/x/a.wav,0.5,2,T. t,wren,0.9\n",
            "/x/a.wav",
        ),
        (
            "k.csv",
            "INDIR,FOLDER,IN FILE,OFFSET,DURATION,scientific_name,common_name\n/x,,a.wav,0.5,1.5,T. t,wren\n",
            "a.wav",
        ),
        ("s.csv", "Start (s);End (s);Common name\n0,5;2;wren\n", ""),
    ],
)
def test_birdnets_results_are_read_in_each_of_their_forms(tmp_path, name, text, file):
    assert spans(read(tmp_path, name, text)) == [(0.5, 2, "wren", file)]


def test_a_place_that_a_row_tells_is_kept(tmp_path):
    (part,) = read(tmp_path, "r.csv", "filepath,start,end,common_name,lat,lon\na.wav,0,3,wren,46.5,-1\n").parts
    assert (part.lat, part.lon) == ("46.5", "-1")


def test_a_number_that_cannot_be_read_is_none(tmp_path):
    (part,) = read(tmp_path, "a.csv", "start,end,label\nsoon,3,wren\n").parts
    assert math.isnan(part.start)


@pytest.mark.parametrize("text", ["", "remember the milk\n", "start,milk\n1,2\n", "1\tx\n", "name,lat\nx,1\n", "a\0b"])
def test_other_texts_mark_nothing(tmp_path, text):
    assert read(tmp_path, "notes.txt", text) is None
