"""An evaluation as tables like the paper's (Sat2Sound tables 6, 7, 8 and 12 to 14)."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from model.training.evaluation.evaluate import AudioRetrieval, Evaluation, TextRetrieval
from model.training.evaluation.retrieval import RetrievalScores

AUDIO_COLUMNS = ("I2A-R@10%", "I2A-MR", "A2I-R@10%", "A2I-MR")
TEXT_COLUMNS = ("I2T-R@10%", "I2T-MR", "T2I-R@10%", "T2I-MR")


def tables(evaluation: Evaluation) -> list[Table]:
    """One table each of images against recordings, against captions, and of metadata left out, where measured."""
    title = f"{evaluation.name} on {evaluation.rows} rows, {evaluation.imagery}"
    made = [_audio_table(f"{title}: images and recordings", evaluation.audio)]
    if evaluation.text:
        made.append(_text_table(f"{title}: images and captions", evaluation.text))
    if evaluation.ablation:
        made.append(_audio_table(f"{title}: metadata told", evaluation.ablation))
    return made


def _audio_table(title: str, lines: Iterable[AudioRetrieval]) -> Table:
    table = _table(title, ("Scale", "Composed", "Metadata"), AUDIO_COLUMNS)
    for line in lines:
        table.add_row(str(line.scale), line.composed, _told(line.metadata), *_scores(line.i2a), *_scores(line.a2i))
    return table


def _text_table(title: str, lines: Iterable[TextRetrieval]) -> Table:
    table = _table(title, ("Scale", "Caption of", "Metadata"), TEXT_COLUMNS)
    for line in lines:
        table.add_row(str(line.scale), line.caption, _told(line.metadata), *_scores(line.i2t), *_scores(line.t2i))
    return table


def _table(title: str, words: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    table = Table(title=title)
    for word in words:
        table.add_column(word)
    for number in numbers:
        table.add_column(number, justify="right")
    return table


def _told(fields: tuple[str, ...]) -> str:
    return ", ".join(fields) or "none"


def _scores(scores: RetrievalScores) -> tuple[str, str]:
    recall = f"{scores.recall_10_percent:.3f}" if scores.can_recall else "–"
    return recall, f"{scores.median_rank:g}"
