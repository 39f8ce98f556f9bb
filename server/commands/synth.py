"""`earshot synth`: a caption as a sound file, without a server."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from server.commands.output.sound_file import format_of, write_sound
from server.commands.progress import progress_bars
from server.http.parameters import checked
from server.settings import load_settings
from server.sound.cache import Sounds
from server.sound.engines import Engines
from server.sound.orders import Orders, SoundOrder
from server.sound.queries import SynthesisOptions

app = typer.Typer(add_completion=False)


@app.command()
def synth(
    caption: Annotated[str, typer.Argument(help="What is heard, in words.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Sound file, .wav, .flac or .ogg.")] = Path("earshot.flac"),
    engine: Annotated[
        str | None,
        typer.Option(help="foley or tangoflux.  [default: foley; tangoflux once it is pulled and there is a GPU]"),
    ] = None,
    seconds: Annotated[float, typer.Option(help="Length of the sound.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal sounds.")] = 0,
    steps: Annotated[int | None, typer.Option(help="Steps of an engine that has them.")] = None,
    guidance: Annotated[float | None, typer.Option(help="Guidance of an engine that has it.")] = None,
    hour: Annotated[int | None, typer.Option(help="Local hour at which it is heard, 0 to 23.")] = None,
    month: Annotated[int | None, typer.Option(help="Month in which it is heard, 1 to 12.")] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Let the end meet the beginning.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was made as JSON.")] = False,
) -> None:
    """Render CAPTION as sound."""
    format_of(out)
    options = checked(
        SynthesisOptions,
        caption=caption,
        engine=engine,
        seconds=seconds,
        seed=seed,
        steps=steps,
        guidance=guidance,
        hour=hour,
        month=month,
        loop=loop,
    )
    order, spent = _made(options, out)
    if as_json:
        typer.echo(json.dumps(_told(order, out, spent)))
    else:
        typer.echo(f"{order.engine} -> {out}")


def _made(options: SynthesisOptions, out: Path) -> tuple[SoundOrder, float]:
    """The order of a sound, written to its file, and the seconds that took."""
    settings = load_settings()
    sounds = Sounds(settings.folder("sounds"), settings.audio_cache_bytes, Engines.installed(settings.data_dir))
    if options.engine is None:
        sounds.engines.look_on_gpu()
    assert options.caption is not None  # it is an argument that was checked
    order = Orders(sounds.engines).of_caption(options.caption, options)
    began = time.perf_counter()
    with progress_bars(keep=True) as bars:
        write_sound(sounds, order, out, bars.counter(order.engine))
    return order, time.perf_counter() - began


def _told(order: SoundOrder, out: Path, spent: float) -> dict[str, Any]:
    fields = ("engine", "caption", "seconds", "seed", "steps", "guidance", "hour", "month", "loop", "licence", "notice")
    told = {field: getattr(order, field) for field in fields}
    return {"file": str(out), "id": order.key, **told, "took": round(spent, 3)}
