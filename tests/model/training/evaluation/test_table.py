"""An evaluation as tables like the paper's: one a kind of retrieval, and only those that were measured."""

import dataclasses

import pytest
from rich.console import Console

from model.training.evaluation.evaluate import AudioRetrieval, Evaluation, TextRetrieval
from model.training.evaluation.retrieval import RetrievalScores
from model.training.evaluation.table import AUDIO_COLUMNS, TEXT_COLUMNS, tables

GOOD = RetrievalScores(0.5, 0.9, 3.0, 20)
BAD = RetrievalScores(0.125, 0.3, 7.5, 20)
AUDIO = AudioRetrieval(3, "query", ("month", "time"), GOOD, BAD)
TEXT = TextRetrieval(1, "image", (), BAD, GOOD)
WHOLE = Evaluation("mine", "bingmap", 20, (), (AUDIO,), (TEXT,), (AUDIO,))


def told(evaluation: Evaluation) -> list[str]:
    console = Console(record=True, width=160)
    pages = []
    for table in tables(evaluation):
        console.print(table)
        pages.append(console.export_text(clear=True))
    return pages


def test_there_is_a_table_for_each_kind_that_was_measured():
    assert len(tables(WHOLE)) == 3
    assert len(tables(dataclasses.replace(WHOLE, text=(), ablation=()))) == 1
    assert len(tables(dataclasses.replace(WHOLE, text=()))) == 2


def test_a_title_says_what_was_evaluated_on_what():
    for page in told(WHOLE):
        assert "mine on 20 rows, bingmap" in page


def test_a_line_of_sounds_says_scale_composition_metadata_and_both_ways():
    page = told(WHOLE)[0]
    for word in (*AUDIO_COLUMNS, "3", "query", "month, time", "0.500", "0.125", "7.5"):
        assert word in page


def test_a_line_of_captions_says_whose_they_are_and_that_nothing_was_told():
    page = told(WHOLE)[1]
    for word in (*TEXT_COLUMNS, "image", "none"):
        assert word in page


@pytest.mark.parametrize(("rank", "shown"), [(3.0, "3"), (7.5, "7.5"), (1234.0, "1234")])
def test_ranks_are_told_without_needless_digits(rank, shown):
    scores = dataclasses.replace(GOOD, median_rank=rank)
    line = dataclasses.replace(AUDIO, i2a=scores)
    assert f" {shown} " in told(dataclasses.replace(WHOLE, audio=(line,)))[0]


def test_a_recall_that_cannot_be_anything_but_0_is_not_printed():
    few = RetrievalScores(0.0, 1.0, 2.0, 10)
    page = told(dataclasses.replace(WHOLE, audio=(dataclasses.replace(AUDIO, i2a=few, a2i=few),)))[0]
    assert "–" in page
    assert "0.000" not in page
