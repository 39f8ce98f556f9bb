"""`earshot listen`: what a place sounds like, without a server."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from server.commands.options.listening import Listen
from server.commands.output.sound_file import format_of, write_sound
from server.concurrency.supervised import Supervisor
from server.earshot import Earshot
from server.http.parameters import PointQuery, SoundOptions, checked
from server.service import model_worker, soundscapes_of
from server.settings import Settings, load_settings
from server.sound.cache import SoundState
from server.sound.orders import SoundOrder
from server.soundscape.captioner import CaptionService
from server.soundscape.schemas import Soundscape
from tiles.imagery.open import with_bands


def run(options: Listen) -> None:
    """Look, describe, and write the sound down."""
    point = checked(
        PointQuery,
        lat=options.lat,
        lon=options.lon,
        imagery=options.imagery,
        scale=options.scale,
        month=options.month,
        hour=options.hour,
        k=options.k,
        caption=options.caption,
    )
    target = options.out or Path(f"earshot_{options.lat:g}_{options.lon:g}.wav")
    sound = checked(SoundOptions, seconds=options.seconds, seed=options.seed, format=format_of(target))
    overrides: dict[str, Any] = (
        {} if options.imagery == "auto" else {"imagery": [with_bands(options.imagery, options.bands)]}
    )
    settings = load_settings(checkpoint=options.checkpoint, gallery=options.gallery or None, **overrides)
    earshot, answer = _listen(settings, point)
    if not options.no_sound:
        _write(earshot, answer, point, sound, target)
    if options.as_json:
        typer.echo(answer.model_dump_json(indent=2))
    else:
        _print(answer, None if options.no_sound else target)


def _listen(settings: Settings, point: PointQuery) -> tuple[Earshot, Soundscape]:
    earshot = Earshot.open(settings)
    earshot.imagery.probe_for(point.lat, point.lon)
    if point.imagery != "auto":  # the one source opened; a file goes by another name than its path
        point = point.model_copy(update={"imagery": next(iter(earshot.imagery.offered))})
    return earshot, listen_once(earshot, point)


def listen_once(earshot: Earshot, query: PointQuery) -> Soundscape:
    """The soundscape of a point without a server: the same way, in an event loop of its own, however long it takes.

    Raises:
        InvalidInput: A scale the checkpoint lacks, or imagery that is not offered.
        TilesError: There is no imagery, or it cannot be reached.
        EngineAbsent: A caption is to be written, and the captioner is not installed.
    """
    return asyncio.run(_listen_once(earshot, query))


async def _listen_once(earshot: Earshot, query: PointQuery) -> Soundscape:
    supervisor = Supervisor()
    worker = model_worker()
    captions = CaptionService(earshot.captions, patience=None)

    def state(order: SoundOrder) -> SoundState:
        return "ready" if earshot.sounds.ready(order) else "on-request"

    soundscapes = soundscapes_of(earshot, captions, state, worker)
    async with contextlib.AsyncExitStack() as closing:  # the last first
        closing.push_async_callback(supervisor.close)
        closing.callback(worker.shutdown)
        closing.push_async_callback(captions.close)
        closing.push_async_callback(soundscapes.close)
        soundscapes.start(supervisor)
        return await soundscapes.listen(query)


def _write(earshot: Earshot, answer: Soundscape, point: PointQuery, sound: SoundOptions, target: Path) -> None:
    order = earshot.orders.of_match(answer.captions[0], point, sound)
    write_sound(earshot.sounds, order, target)


def _print(answer: Soundscape, target: Path | None) -> None:
    console = Console()
    table = Table("score", "scene", "caption", title=_title(answer), title_justify="left")
    for caption in answer.captions:
        table.add_row(f"{caption.score:.2f}", caption.scene or "", caption.text)
    for recording in answer.recordings:
        table.add_row(f"{recording.score:.2f}", "recording", recording.title)
    console.print(table)
    console.print(answer.imagery.attribution, style="dim", markup=False, highlight=False)
    for note in answer.notes:
        console.print(note, markup=False, highlight=False)
    if target is not None:
        console.print(f"{answer.sound.engine} -> {target}", markup=False, highlight=False)


def _title(answer: Soundscape) -> str:
    sure = "" if answer.confidence is None else f", {answer.confidence:.0%} sure of the scene"
    return f"{answer.point.lat:g} {answer.point.lon:g} from {answer.imagery.source} at {answer.gsd:g} m{sure}"
