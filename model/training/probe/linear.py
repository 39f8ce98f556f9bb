"""Linear probing: how much of a classification task the frozen embeddings already hold (supplement §13)."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import InvalidInput, TrainingError
from model.sat2sound import Sat2Sound
from model.training.probe.class_folders import ProbedModality, divide, read_class_folders
from model.training.probe.features import Features, Vector, read_features

try:
    from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.metrics import f1_score  # type: ignore[import-untyped]
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
    from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]
except ModuleNotFoundError as error:
    raise TrainingError("probing needs scikit-learn: pip install 'earshot[train]'") from error

MAX_ITERATIONS = 2000


@dataclass(frozen=True)
class ClassScore:
    """One class: rows fitted on and tested on, and the share of the latter that was recognised (0 to 1)."""

    label: str
    train: int
    test: int
    accuracy: float


@dataclass(frozen=True)
class Scores:
    """What a linear classifier makes of held-back rows; every share is 0 to 1.

    `chance` is the accuracy of always answering the commonest class of the rows fitted on; `converged` whether the
    fit came to its end.
    """

    accuracy: float
    macro_f1: float
    chance: float
    converged: bool
    classes: tuple[ClassScore, ...]


@dataclass(frozen=True)
class ProbeReport:
    """A probe's scores, of what and how it was taken, and what was left out with the reason."""

    modality: ProbedModality
    vector: Vector
    scores: Scores
    skipped: tuple[tuple[str, str], ...]
    left_out: dict[str, str]
    notes: tuple[str, ...]

    @property
    def samples(self) -> tuple[int, int]:
        """How many were fitted on and tested on."""
        return sum(c.train for c in self.scores.classes), sum(c.test for c in self.scores.classes)


def probe(
    model: Sat2Sound,
    folder: Path,
    *,
    modality: ProbedModality | None = None,
    vector: Vector = "embedding",
    gsd: float | None = None,
    test_share: float = 0.2,
    seed: int = 0,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ProbeReport:
    """Fit a linear classifier on the frozen vectors of a folder of classes and score it on what was held back.

    The split is that of the folders train/ and test/ where there are such, else `test_share` of each class drawn
    by `seed`. For the rest see `read_class_folders` and `read_features`.

    Raises:
        TrainingError: the folder cannot be probed, nothing in it can be read, or fewer than two classes are left.
        InvalidInput: an impossible gsd or share.
    """
    if not 0 < test_share < 1:
        raise InvalidInput(f"test share: {test_share:g} is not between 0 and 1")
    data = read_class_folders(folder, modality, limit, seed)
    features = read_features(model, data, vector, gsd, progress)
    division = divide(features.files, test_share, seed)
    labels = [file.label for file in features.files]
    scores = fit_and_score(features.vectors, labels, division.train, division.test)
    notes = _notes(model, features, gsd, scores)
    return ProbeReport(data.modality, vector, scores, features.skipped, division.left_out, notes)


def fit_and_score(
    vectors: NDArray[np.float32], labels: Sequence[str], train: Sequence[int], test: Sequence[int]
) -> Scores:
    """Standardise vectors (n, width), fit multinomial logistic regression on the rows `train`, score the rows `test`.

    Every class of `test` is one of `train`. Standardisation is that of the rows fitted on.
    """
    truth = np.array(labels)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=MAX_ITERATIONS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # told in the result instead
        classifier.fit(vectors[list(train)], truth[list(train)])
    guessed, right = classifier.predict(vectors[list(test)]), truth[list(test)]
    fitted, tested = (Counter(truth[list(rows)].tolist()) for rows in (train, test))
    hits = Counter(right[guessed == right].tolist())
    commonest = min(fitted, key=lambda label: (-fitted[label], label))
    return Scores(
        accuracy=hits.total() / len(test),
        macro_f1=float(f1_score(right, guessed, labels=sorted(fitted), average="macro", zero_division=0)),
        chance=tested[commonest] / len(test),
        converged=int(classifier[-1].n_iter_.max()) < MAX_ITERATIONS,
        classes=tuple(ClassScore(c, fitted[c], tested[c], hits[c] / tested[c]) for c in sorted(fitted)),
    )


def _notes(model: Sat2Sound, features: Features, gsd: float | None, scores: Scores) -> tuple[str, ...]:
    """What the reader should know about the figures, in plain words."""
    notes = []
    low, high = model.config.gsd_range
    if features.gsd is not None and gsd is None:
        notes.append(
            f"the images' GSD is unknown: the model was told {features.gsd[0]:.3g} m, the middle of the {low:g} to "
            f"{high:g} m it was trained for; --gsd tells the true one"
        )
    elif features.gsd is not None and not (low <= features.gsd[0] and features.gsd[1] <= high):
        notes.append(
            f"the model was told a GSD of {_span(features.gsd)} m, outside the {low:g} to {high:g} m it was trained for"
        )
    if not scores.converged:
        notes.append(f"the fit had not converged after {MAX_ITERATIONS} iterations")
    return tuple(notes)


def _span(told: tuple[float, float]) -> str:
    low, high = told
    return f"{low:.3g}" if math.isclose(low, high) else f"{low:.3g} to {high:.3g}"
