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
        raise TrainingError(f"validation: no row can be used ({'; '.join(data.skipped[:3])})")
    return retrieval_scores(vector_ranks(torch.cat(images), torch.cat(sounds)))


def _chunks(data: PairedData) -> Iterator[list[PairedRow]]:
    rows: list[PairedRow] = []
    for row in data:
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
        self.figure, self.step = -1.0, 0
        if self.path.exists():
            try:
                kept = json.loads(self.path.read_text())
                self.figure, self.step = float(kept["figure"]), int(kept["step"])
            except (OSError, ValueError, TypeError, KeyError) as error:
                raise TrainingError(f"{self.path}: cannot be read ({error}); remove it to judge anew") from error

    def offer(self, figure: float, step: int) -> None:
        """Save the weights if they are better than any before."""
        if figure <= self.figure:
            return
        self.save()
        self.figure, self.step = figure, step
        try:
            write_whole(self.path, json.dumps({"figure": figure, "step": step}) + "\n")
        except OSError as error:
            raise TrainingError(f"{self.path}: cannot be saved: {error}") from error
