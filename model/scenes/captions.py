"""What we wrote: captions of each scene, what labels of data sets sound like, captions of single sounds.

Three tables lie beside this file. `captions.csv` holds sentences by scene, in two voices: `image`, what can be
heard at a place seen from above, and `audio`, what is heard in a recording. `scenes.csv` says which scenes a data
set's label may sound like, the main one first; a label with none is not scored. `sounds.csv` describes single sounds.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.errors import TrainingError

SCENES = (
    "sea",
    "reef",
    "beach",
    "harbour",
    "river",
    "lake",
    "forest",
    "meadow",
    "scrub",
    "farmland",
    "pasture",
    "mountain",
    "residential",
    "city",
    "industry",
    "street",
    "highway",
    "parking",
    "airport",
    "golf",
    "sports",
    "orchard",
    "suburb",
    "tennis",
    "baseball",
    "depot",
    "desert",
)
VOICES = ("image", "audio")
MAX_TEXT = 500

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Caption:
    """One sentence about how a scene sounds; `voice` is `image` or `audio`, `licence` an SPDX identifier."""

    id: str
    scene: str
    voice: str
    text: str
    licence: str


@dataclass(frozen=True)
class SoundCaption:
    """One short sentence about a single kind of sound, as the recordings label it, and the scenes it belongs to."""

    sound: str
    voice: str
    text: str
    scenes: tuple[str, ...] = ()


def read_captions(path: Path | None = None) -> tuple[Caption, ...]:
    """Every caption of the table, in its order; TrainingError names the file and row that cannot be used."""
    path = path or _HERE / "captions.csv"
    captions: dict[str, Caption] = {}
    for where, row in _rows(path, ("id", "scene", "voice", "text", "licence")):
        caption = Caption(**{column: _filled(where, row, column) for column in row})
        _check_scenes(where, (caption.scene,))
        _check_voice(where, caption.voice)
        if caption.id in captions:
            raise TrainingError(f"{where}: the id {caption.id!r} is used twice")
        captions[caption.id] = caption
    return tuple(captions.values())


@cache
def read_scene_map(path: Path | None = None) -> dict[tuple[str, str], tuple[str, ...]]:
    """(data set, label) -> the scenes it may sound like, main one first; empty means not scored. TrainingError."""
    path = path or _HERE / "scenes.csv"
    scene_map: dict[tuple[str, str], tuple[str, ...]] = {}
    for where, row in _rows(path, ("dataset", "label", "scenes")):
        key = _filled(where, row, "dataset"), _filled(where, row, "label")
        if key in scene_map:
            raise TrainingError(f"{where}: {key[0]} {key[1]} is mapped twice")
        scenes = tuple(row["scenes"].split("|")) if row["scenes"] else ()
        _check_scenes(where, scenes)
        scene_map[key] = scenes
    return scene_map


def read_sound_captions(path: Path | None = None) -> tuple[SoundCaption, ...]:
    """Every caption of a single sound, in the table's order; TrainingError names the file and row."""
    path = path or _HERE / "sounds.csv"
    captions = []
    for where, row in _rows(path, ("sound", "voice", "text")):
        values = {column: _filled(where, row, column) for column in row}
        _check_voice(where, values["voice"])
        scenes = read_scene_map().get(("recordings", values["sound"]), ())
        captions.append(SoundCaption(**values, scenes=scenes))
    return tuple(captions)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row as (where it stands, column -> stripped text); the header must be exactly `columns`."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != columns:
                raise TrainingError(f"{path}: the columns must be {','.join(columns)}")
            for row in reader:
                where = f"{path}, line {reader.line_num}"
                if None in row or None in row.values():
                    raise TrainingError(f"{where}: a row has {len(columns)} values")
                yield where, {column: value.strip() for column, value in row.items()}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path}: cannot be read: {error}") from error


def _filled(where: str, row: dict[str, str], column: str) -> str:
    """The row's value in `column`, which must be there and of a sane length."""
    if not 0 < len(row[column]) <= MAX_TEXT:
        raise TrainingError(f"{where}: {column} must have 1 to {MAX_TEXT} characters")
    return row[column]


def _check_scenes(where: str, scenes: tuple[str, ...]) -> None:
    unknown = [scene for scene in scenes if scene not in SCENES]
    if unknown:
        raise TrainingError(f"{where}: {unknown[0]!r} is not a scene")


def _check_voice(where: str, voice: str) -> None:
    if voice not in VOICES:
        raise TrainingError(f"{where}: voice must be {' or '.join(VOICES)}, not {voice!r}")
