"""How a run judges itself: image-to-audio retrieval on the validation split, and the best weights so far."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from model.baselines.paired_encoders import PairedEncoders
from model.baselines.pairs import PairedRow
from model.errors import TrainingError
from model.files import write_whole
from model.training.dataset.paired_data import PairedData
from model.training.evaluation.retrieval import RetrievalScores, retrieval_scores, vector_ranks

RECALL, OUTRANKED = "i2a_r10", "i2a_outranked"
"""What models are chosen by, as logs name it."""
CHUNK = 32
"""Rows whose tiles are held at a time."""


@torch.inference_mode()
def image_to_audio(encoders: PairedEncoders, data: PairedData) -> RetrievalScores:
    """How well images at the first scale, with all metadata told, find their recordings among all of a split's.

    Raises:
        TrainingError: no row of the split can be used.
    """
    images, sounds = [], []
    for rows in _chunks(data):
        images.append(encoders.embed_images(rows, data.imagery.scales[0], encoders.metadata_fields).float().cpu())
        sounds.append(encoders.embed_audio(rows).float().cpu())
    if not images:
        reasons = "; ".join(data.skipped[:3]) or "their images fill less than half of a tile"
        raise TrainingError(f"validation: no row can be used ({reasons})")
    return retrieval_scores(vector_ranks(torch.cat(images), torch.cat(sounds)))


def figure_of(scores: RetrievalScores) -> tuple[str, float]:
    """What models are chosen by, and how high it is: R@10%, or the share outranked of too few rows for that to move."""
    return (RECALL, scores.recall_10_percent) if scores.can_recall else (OUTRANKED, scores.outranked)


def _chunks(data: PairedData) -> Iterator[list[PairedRow]]:
    rows: list[PairedRow] = []
    for row in data:
        if not data.imagery.fills(row.image, data.imagery.scales[0]):
            continue
        rows.append(row)
        if len(rows) == CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows


class Best:
    """Keeps the weights of the check that scored highest, over kills and resumes too."""

    def __init__(self, folder: Path, save: Callable[[], None]) -> None:
        self.path, self.save = folder / "best.json", save
        self.figure, self.step, self.measure = -1.0, 0, RECALL
        if self.path.exists():
            try:
                kept = json.loads(self.path.read_text())
                self.figure, self.step = float(kept["figure"]), int(kept["step"])
                self.measure = str(kept.get("measure", RECALL))
            except (OSError, ValueError, TypeError, KeyError) as error:
                raise TrainingError(f"{self.path}: cannot be read ({error}); remove it to judge anew") from error

    def offer(self, figure: float, step: int, measure: str = RECALL) -> None:
        """Save the weights if they are better than any before, by the same measure."""
        if measure == self.measure and figure <= self.figure:
            return
        self.save()
        self.figure, self.step, self.measure = figure, step, measure
        told = {} if measure == RECALL else {"measure": measure}
        try:
            write_whole(self.path, json.dumps({"figure": figure, "step": step, **told}) + "\n")
        except OSError as error:
            raise TrainingError(f"{self.path}: cannot be saved: {error}") from error
