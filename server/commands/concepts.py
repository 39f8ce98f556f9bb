"""`earshot concepts`: what the codebook has learned, and names for it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from model.explain import ConceptGroup, ConceptName, activations_of, group_captions, name_concepts
from model.gallery import Gallery
from model.sat2sound import open_checkpoint
from model.sat2sound.checkpoint.concept_names import check_names_can_be_written, write_concept_names
from model.sat2sound.checkpoint.open import checkpoint_path
from server.commands.options.learning import Concepts
from server.commands.progress import progress_bars
from server.settings import load_settings

EXAMPLES = 3


def run(options: Concepts) -> None:
    """Group, name and tell."""
    settings = load_settings(checkpoint=options.checkpoint, gallery=[options.gallery] if options.gallery else None)
    path = checkpoint_path(settings.checkpoint)
    if options.write:
        check_names_can_be_written(path)
    model, opened = open_checkpoint(path), Gallery.open(settings.gallery[0])
    with progress_bars() as bars:
        activations = activations_of(model, opened, bars.counter("embedding the gallery"))
        named = name_concepts(model, activations, bars.counter("weighing phrases"))
    names = {concept.id: concept.name for concept in named}
    written = write_concept_names(path, names, model.checkpoint_hash) if options.write else None
    shown = group_captions(activations)[: options.groups]
    if options.as_json:
        facts = {"checkpoint": model.config.name, "hash": model.checkpoint_hash, "codebook": model.config.codebook_size}
        skipped = [{"where": skip.where, "reason": skip.reason} for skip in activations.skipped]
        listed = {"groups": _groups_as_json(shown, names), "names": [_name_as_json(concept) for concept in named]}
        typer.echo(json.dumps({**facts, **listed, "skipped": skipped, "written": str(written) if written else None}))
        return
    for skip in activations.skipped:
        Console(stderr=True).print(f"left out {skip.where}: {skip.reason}", markup=False, soft_wrap=True)
    _print(shown, named)
    typer.echo(f"{len(named)} of {model.config.codebook_size} concepts named{_where(written)}")


def _where(written: Path | None) -> str:
    return f", kept in {written}" if written else "; --write keeps the names beside the checkpoint"


def _groups_as_json(groups: Sequence[ConceptGroup], names: Mapping[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "concepts": [{"id": id, "name": names.get(id)} for id in group.concepts],
            "size": len(group.entries),
            "captions": [{"id": entry.id, "text": entry.text} for entry in group.entries[:EXAMPLES]],
        }
        for group in groups
    ]


def _name_as_json(concept: ConceptName) -> dict[str, Any]:
    return {
        "id": concept.id,
        "name": concept.name,
        "entries": concept.active,
        "examples": list(concept.examples),
    }


def _print(groups: Sequence[ConceptGroup], named: Sequence[ConceptName]) -> None:
    names = {concept.id: escape(concept.name) for concept in named}
    console = Console()
    if groups:
        table = Table("concepts", "captions", "such as", box=None, padding=(0, 2, 0, 0))
        for group in groups:
            ids = "\n".join(f"{id} {names.get(id, '')}" for id in group.concepts)
            examples = "\n".join(f"{escape(entry.text)}" for entry in group.entries[:EXAMPLES])
            table.add_row(ids, str(len(group.entries)), examples)
            table.add_section()
        console.print(table)
    table = Table("concept", "name", "entries", "most of all", box=None, padding=(0, 2, 0, 0))
    for concept in named:
        table.add_row(str(concept.id), names[concept.id], str(concept.active), escape(", ".join(concept.examples)))
    console.print(table)
