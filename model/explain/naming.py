"""A short name for each concept, out of the words of the entries that weigh it most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import torch

from model.explain.activations import Activations
from model.explain.evidence import Candidate, Evidence, gather_evidence
from model.explain.phrases import same_name
from model.sat2sound import Sat2Sound

GOOD_ENOUGH = 0.5
"""A phrase scoring this share of the best one still names a concept whose best phrase is taken."""
BATCH = 64

Agreement = Mapping[str, Mapping[int, float]]
"""Phrase -> concept id -> the weight of that concept in the phrase's own embedding."""


@dataclass(frozen=True)
class ConceptName:
    """What a concept is called, how many entries weigh it, and the ids of the three that weigh it most."""

    id: int
    name: str
    active: int
    examples: tuple[str, ...]


def name_concepts(
    model: Sat2Sound, activations: Activations, progress: Callable[[int, int], None] | None = None
) -> list[ConceptName]:
    """Name every active concept, in order of id; equal activations give equal names, and no name is given twice.

    Candidates are phrases of the entries that weigh the concept most (`gather_evidence`). Each is embedded, and its
    score grows, at most twofold, by how much it activates the concept itself. The heaviest concept chooses first.
    One whose best phrase is taken gets its next good one, or a word that tells it apart; one without such a word,
    or that no entry activates, stays unnamed. The model is put in evaluation mode. `progress` is told (phrases
    embedded, phrases in all).
    """
    evidence = gather_evidence(activations)
    texts = sorted({candidate.phrase for concept in evidence for candidate in concept.candidates})
    agreement = _agreement(model.eval(), texts, progress)
    taken: set[frozenset[str]] = set()
    named: list[ConceptName] = []
    for concept in sorted(evidence, key=lambda concept: (-concept.mass, concept.id)):
        for name in _names(_by_agreement(concept, agreement), concept):
            if same_name(name) not in taken:
                taken.add(same_name(name))
                examples = tuple(entry.id for entry in concept.entries[:3])
                named.append(ConceptName(concept.id, name, concept.active, examples))
                break
    return sorted(named, key=lambda concept: concept.id)


@torch.inference_mode()
def _agreement(model: Sat2Sound, texts: Sequence[str], progress: Callable[[int, int], None] | None) -> Agreement:
    """Embed every phrase and keep the concepts it activates."""
    found: dict[str, dict[int, float]] = {}
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        for text, weights in zip(batch, model.embed_texts(batch).weights.float().cpu(), strict=True):
            active = weights.nonzero()[:, 0]
            found[text] = dict(zip(active.tolist(), weights[active].tolist(), strict=True))
        if progress:
            progress(start + len(batch), len(texts))
    return found


def _by_agreement(concept: Evidence, agreement: Agreement) -> list[Candidate]:
    """The candidates, rescored by how much each activates the concept, the best first."""
    active = [agreement[candidate.phrase].get(concept.id, 0.0) for candidate in concept.candidates]
    most = max(active, default=0.0) or 1.0
    scored = [Candidate(c.phrase, c.score * (1 + a / most)) for c, a in zip(concept.candidates, active, strict=True)]
    return sorted(scored, key=lambda candidate: (-round(candidate.score, 6), candidate.phrase))


def _names(candidates: Sequence[Candidate], concept: Evidence) -> Iterator[str]:
    """Everything a concept could be called, the best first: good phrases, phrases with a word added, other phrases."""
    good = [candidate for candidate in candidates if candidate.score >= GOOD_ENOUGH * candidates[0].score]
    yield from (candidate.phrase for candidate in good)
    for candidate in candidates:
        for word in concept.words:
            if not same_name(word) <= same_name(candidate.phrase):
                yield _joined(candidate.phrase, word, concept.said)
    yield from (candidate.phrase for candidate in candidates if candidate not in good)


def _joined(phrase: str, word: str, said: Set[str]) -> str:
    """A phrase and the word that tells it apart: as an entry says them together, else listed."""
    together = (f"{phrase} {word}", f"{word} {phrase}")
    return next((name for name in together if name in said), f"{phrase}, {word}")
