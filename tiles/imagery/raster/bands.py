"""Which bands of a raster make the picture: as asked for, or by colour interpretation, names and wavelengths."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp

from tiles.errors import InvalidRaster

COLOURS = ("red", "green", "blue")
INTERPRETED = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
NANOMETRES = {"red": (620, 690), "green": (520, 600), "blue": (440, 515)}
CENTRES = {"red": 660, "green": 560, "blue": 485}
SENTINEL2 = {"red": "b04", "green": "b03", "blue": "b02"}
"""Landsat 8 and 9 number the three likewise."""
NO_COLOUR = re.compile(r"edge|coastal|ultra|nir|infra|swir|yellow|temp|mask|\bqa", re.IGNORECASE)
WORDS = {"red": r"\b(red|r)\b", "green": r"\b(green|g|green[ _]?(1|i+))\b", "blue": r"\b(blue|b)\b"}
WAVELENGTH_TAGS = ("CENTRAL_WAVELENGTH_UM", "CENTRAL_WAVELENGTH", "CENTRALWAVELENGTH", "WAVELENGTH", "WAVELENGTHS")
LARGEST_CLASS = 1 << 16


@dataclass(frozen=True)
class PictureBands:
    """Band numbers to read, from 1 (three, or one for grey and palettes); the palette (n, 4) if there is one.

    `note` says which bands were taken where that was not plain.
    """

    numbers: tuple[int, ...]
    palette: NDArray[np.uint8] | None = None
    note: str = ""


def choose_bands(dataset: Any, asked: Sequence[str] = ()) -> PictureBands:
    """The bands of an open dataset that make the picture. Raises InvalidRaster for bands asked for that it has not."""
    if asked:
        return PictureBands(_asked_for(dataset, asked))
    meanings = list(dataset.colorinterp)
    if meanings[0] is ColorInterp.palette:
        return PictureBands((1,), _palette_of(dataset))
    named, interpreted = _named(dataset), _interpreted(meanings)
    # Three bytes are written as red, green and blue whatever they are; where names disagree, somebody meant the names.
    is_default = interpreted == (1, 2, 3) and dataset.dtypes[0] == "uint8"
    if interpreted and (named is None or not is_default or named == interpreted):
        return PictureBands(interpreted)
    if named:
        return PictureBands(named, note=_told(dataset, named, "by their names or wavelengths"))
    if dataset.count >= 3:
        why = "as nothing tells their colours (say them with bands=RED,GREEN,BLUE)"
        return PictureBands((1, 2, 3), note=_told(dataset, (1, 2, 3), why))
    if dataset.count == 2 and ColorInterp.alpha not in meanings:
        return PictureBands((1,), note="Band 1 of 2 is shown in grey; the other is left out.")
    return PictureBands((1,))


def _asked_for(dataset: Any, asked: Sequence[str]) -> tuple[int, ...]:
    names = {str(text).strip().lower(): number for number, text in enumerate(dataset.descriptions, 1) if text}
    numbers = []
    for band in asked:
        text = band.strip().lower()
        number = int(text) if text.isdecimal() else names.get(text, 0)
        if not 1 <= number <= dataset.count:
            known = ", ".join(filter(None, dataset.descriptions)) or "no names"
            raise InvalidRaster(f"bands: {band!r} is none of its {dataset.count} bands ({known})")
        numbers.append(number)
    if len(numbers) not in (1, 3):
        raise InvalidRaster(f"bands: one for grey or three for red, green and blue, not {len(numbers)}")
    return tuple(numbers)


def _interpreted(meanings: list[ColorInterp]) -> tuple[int, ...] | None:
    if not all(colour in meanings for colour in INTERPRETED):
        return None
    return tuple(meanings.index(colour) + 1 for colour in INTERPRETED)


def _palette_of(dataset: Any) -> NDArray[np.uint8]:
    """Red, green, blue and alpha of each class (n, 4); classes without an entry are black and clear."""
    entries = {value: colour for value, colour in dataset.colormap(1).items() if 0 <= value < LARGEST_CLASS}
    palette = np.zeros((max(entries, default=0) + 1, 4), np.uint8)
    for value, colour in entries.items():
        palette[value] = (*colour[:3], colour[3] if len(colour) > 3 else 255)
    return palette


def _named(dataset: Any) -> tuple[int, ...] | None:
    """Red, green and blue by the bands' descriptions, else by their wavelengths; None where one is not told."""
    texts = [str(text or "").strip().lower() for text in dataset.descriptions]
    tags = [dict(dataset.tags(number)) for number in dataset.indexes]
    texts = [
        text or str(own.get("BandName", own.get("band_name", ""))).lower()
        for text, own in zip(texts, tags, strict=True)
    ]
    by_word = {colour: _first(texts, lambda text, c=colour: _says(text, c)) for colour in COLOURS}
    if all(by_word.values()):
        return tuple(by_word[colour] for colour in COLOURS)
    by_number = {colour: _first(texts, lambda text, c=colour: _numbered(text) == SENTINEL2[c]) for colour in COLOURS}
    if all(by_number.values()):
        return tuple(by_number[colour] for colour in COLOURS)
    lengths = [
        _nanometres({**own, **dataset.tags(number, ns="IMAGERY")})
        for number, own in zip(dataset.indexes, tags, strict=True)
    ]
    return _by_wavelength(lengths)


def _first(texts: list[str], fits: Any) -> int:
    return next((number for number, text in enumerate(texts, 1) if text and fits(text)), 0)


def _says(text: str, colour: str) -> bool:
    return not NO_COLOUR.search(text) and re.search(WORDS[colour], text.replace("_", " ")) is not None


def _numbered(text: str) -> str:
    """The name of a numbered band as Sentinel-2 writes it: "B4", "SR_B4", "band 04" and "B04 (665 nm)" are b04."""
    found = re.match(r"(?:sr[_ ])?(?:b|band[ _]?)0?(\d{1,2})(a?)\b", text)
    return f"b{int(found[1]):02d}{found[2]}" if found else ""


def _nanometres(tags: Mapping[str, str]) -> float:
    """A band's central wavelength, 0 where its tags tell none; micrometres and nanometres are told apart by size."""
    upper = {name.upper(): text for name, text in tags.items()}
    for tag in WAVELENGTH_TAGS:
        found = re.search(r"\d+(\.\d+)?", str(upper.get(tag, "")))
        if found:
            length = float(found[0])
            return length * 1000 if length < 100 else length
    return 0.0


def _by_wavelength(lengths: list[float]) -> tuple[int, ...] | None:
    numbers = []
    for colour in COLOURS:
        low, high = NANOMETRES[colour]
        near = [
            (abs(length - CENTRES[colour]), number) for number, length in enumerate(lengths, 1) if low <= length <= high
        ]
        if not near:
            return None
        numbers.append(min(near)[1])
    return tuple(numbers)


def _told(dataset: Any, numbers: Sequence[int], why: str) -> str:
    names = [dataset.descriptions[number - 1] for number in numbers]
    each = [f"{number} ({name})" if name else str(number) for number, name in zip(numbers, names, strict=True)]
    return f"Bands {', '.join(each)} were taken for red, green and blue, {why}."
