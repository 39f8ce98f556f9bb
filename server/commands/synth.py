"""`earshot synth`: a caption as a sound file, without a server."""

import json
import time
from pathlib import Path
from typing import Any

import typer

from server.commands.options.listening import Synth
from server.commands.output.sound_file import format_of, write_sound
from server.commands.progress import progress_bars
from server.http.parameters import checked
from server.settings import load_settings
from server.sound.cache import Sounds
from server.sound.engines import Engines
from server.sound.orders import Orders, SoundOrder
from server.sound.queries import SynthesisOptions


def run(options: Synth) -> None:
    """Render the sound into its file."""
    format_of(options.out)
    asked = checked(
        SynthesisOptions,
        caption=options.caption,
        engine=options.engine,
        seconds=options.seconds,
        seed=options.seed,
        steps=options.steps,
        guidance=options.guidance,
        hour=options.hour,
        month=options.month,
        loop=options.loop,
    )
    order, spent = _made(asked, options.out)
    if options.as_json:
        typer.echo(json.dumps(_told(order, options.out, spent)))
    else:
        typer.echo(f"{order.engine} -> {options.out}")


def _made(asked: SynthesisOptions, out: Path) -> tuple[SoundOrder, float]:
    """The order of a sound, written to its file, and the seconds that took."""
    settings = load_settings()
    sounds = Sounds(settings.folder("sounds"), settings.audio_cache_bytes, Engines.installed(settings.data_dir))
    if asked.engine is None:
        sounds.engines.look_on_gpu()
    assert asked.caption is not None  # it is an argument that was checked
    order = Orders(sounds.engines).of_caption(asked.caption, asked)
    began = time.perf_counter()
    with progress_bars(keep=True) as bars:
        write_sound(sounds, order, out, bars.counter(order.engine))
    return order, time.perf_counter() - began


def _told(order: SoundOrder, out: Path, spent: float) -> dict[str, Any]:
    fields = ("engine", "caption", "seconds", "seed", "steps", "guidance", "hour", "month", "loop", "licence", "notice")
    told = {field: getattr(order, field) for field in fields}
    return {"file": str(out), "id": order.key, **told, "took": round(spent, 3)}
