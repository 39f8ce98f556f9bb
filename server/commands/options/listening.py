"""What a person hears: the options of `earshot listen`, `search` and `synth`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from server.commands.options.shared import Checkpoint, Galleries


@dataclass(frozen=True)
class Listen:
    """Listen to the place at LAT LON: its captions, its recordings, and a sound file."""

    lat: Annotated[float, typer.Argument(help="Degrees north.")]
    lon: Annotated[float, typer.Argument(help="Degrees east.")]
    imagery: Annotated[str, typer.Option(help="auto, null-island, esri, sentinel2, xyz:URL or a raster file.")] = "auto"
    bands: Annotated[
        str | None, typer.Option(help="A raster's red, green and blue: numbers or names, like 4,3,2; or one.")
    ] = None
    scale: Annotated[int, typer.Option(help="How many times wider than the source's own GSD to look.")] = 1
    month: Annotated[int | None, typer.Option(help="1 to 12.")] = None
    hour: Annotated[int | None, typer.Option(help="0 to 23.")] = None
    k: Annotated[int, typer.Option(help="How many captions and recordings to tell.")] = 5
    caption: Annotated[
        str, typer.Option(help="retrieve: the gallery's nearest captions; generate: one written by LLaVA.")
    ] = "retrieve"
    out: Annotated[Path | None, typer.Option(help="A .wav, .flac or .ogg file.  [default: earshot_LAT_LON.wav]")] = None
    seconds: Annotated[float, typer.Option(help="Length of the sound.")] = 10.0
    seed: Annotated[int, typer.Option(help="Equal seeds give equal sounds.")] = 0
    no_sound: Annotated[bool, typer.Option("--no-sound", help="Write no sound file.")] = False
    checkpoint: Checkpoint = None
    gallery: Galleries = None
    as_json: Annotated[bool, typer.Option("--json", help="Print the soundscape as JSON.")] = False


@dataclass(frozen=True)
class Search:
    """Find the places that sound like TEXT, best first."""

    text: Annotated[str | None, typer.Argument(help="A sound in words; may be left out with --audio.")] = None
    audio: Annotated[Path | None, typer.Option(help="A recording to search with, alone or composed with TEXT.")] = None
    minus: Annotated[str | None, typer.Option(help="Another sound: places that sound like TEXT rather than it.")] = None
    region: Annotated[str | None, typer.Option(help="A region's name.  [default: the first]")] = None
    condition: Annotated[
        str | None, typer.Option(help="month-hour the region was built for, like 7-14, or any.  [default: its first]")
    ] = None
    limit: Annotated[int, typer.Option(help="At most this many places.")] = 10
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north in degrees.")] = None
    min_percentile: Annotated[float, typer.Option(help="What every cell of a place reaches, 0 to 100.")] = 90.0
    checkpoint: Checkpoint = None
    as_json: Annotated[bool, typer.Option("--json", help="Print the places as GeoJSON.")] = False


@dataclass(frozen=True)
class Synth:
    """Render CAPTION as sound."""

    caption: Annotated[str, typer.Argument(help="What is heard, in words.")]
    out: Annotated[Path, typer.Option("--out", "-o", help="Sound file, .wav, .flac or .ogg.")] = Path("earshot.flac")
    engine: Annotated[
        str | None,
        typer.Option(help="foley or tangoflux.  [default: foley; tangoflux once it is pulled and there is a GPU]"),
    ] = None
    seconds: Annotated[float, typer.Option(help="Length of the sound.")] = 10.0
    seed: Annotated[int, typer.Option(help="Equal seeds give equal sounds.")] = 0
    steps: Annotated[int | None, typer.Option(help="Steps of an engine that has them.")] = None
    guidance: Annotated[float | None, typer.Option(help="Guidance of an engine that has it.")] = None
    hour: Annotated[int | None, typer.Option(help="Local hour at which it is heard, 0 to 23.")] = None
    month: Annotated[int | None, typer.Option(help="Month in which it is heard, 1 to 12.")] = None
    loop: Annotated[bool, typer.Option("--loop", help="Let the end meet the beginning.")] = False
    as_json: Annotated[bool, typer.Option("--json", help="Print what was made as JSON.")] = False
