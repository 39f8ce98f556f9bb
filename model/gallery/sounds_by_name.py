"""Which sound of a folder an annotation means, by the path that it was made with or by the name of its table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath


class SoundsByName:
    """Sounds below a folder, relative to it."""

    def __init__(self, sounds: Iterable[PurePosixPath]) -> None:
        self._sounds = tuple(sounds)
        self._by_name: dict[str, list[PurePosixPath]] = {}
        for sound in self._sounds:
            self._by_name.setdefault(_compared(sound.name), []).append(sound)

    def find(self, path: str, table: PurePosixPath) -> PurePosixPath | None:
        """The sound of a path, which may be of another machine; without one, that after which the table is called.

        None where there is none, or more than one of which none lies beside the table.
        """
        return self._named(path, table) if path else self._beside(table)

    def _named(self, path: str, table: PurePosixPath) -> PurePosixPath | None:
        parts = [_compared(part) for part in re.split(r"[\\/]+", path) if part not in ("", ".")]
        same = self._by_name.get(parts[-1], []) if parts else []
        best = max((_shared(sound, parts) for sound in same), default=0)
        same = [sound for sound in same if _shared(sound, parts) == best]
        return same[0] if len(same) == 1 else next((sound for sound in same if sound.parent == table.parent), None)

    def _beside(self, table: PurePosixPath) -> PurePosixPath | None:
        """REC.wav of REC.txt, REC_labels.txt, REC.Table.1.selections.txt or REC.wav.txt; the longest name counts."""
        name = _compared(table.name)
        fitting = [sound for sound in self._sounds if _begins(name, _compared(sound.stem))]
        near = [sound for sound in fitting if sound.parent == table.parent] or fitting
        longest = max((len(sound.stem) for sound in near), default=0)
        near = [sound for sound in near if len(sound.stem) == longest]
        exact = [sound for sound in near if name.startswith(_compared(sound.name))]
        found = exact or near
        return found[0] if len(found) == 1 else None


def _shared(sound: PurePosixPath, parts: list[str]) -> int:
    """How many names at the end of both paths are the same."""
    count = 0
    for own, other in zip(reversed(sound.parts), reversed(parts), strict=False):
        if _compared(own) != other:
            break
        count += 1
    return count


def _begins(name: str, stem: str) -> bool:
    return name.startswith(stem) and not name[len(stem) : len(stem) + 1].isalnum()


def _compared(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
