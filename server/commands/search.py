"""`earshot search`: the places of a region that sound most like words or a recording, without a server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.options import Checkpoint
from server.errors import InvalidInput, StartError

if TYPE_CHECKING:
    from server.search.queries import SearchQuery
    from server.search.schemas import SearchAnswer
    from server.search.uploads import Recording
    from server.settings import Settings


def search(
    text: Annotated[str | None, typer.Argument(help="A sound in words; may be left out with --audio.")] = None,
    audio: Annotated[Path | None, typer.Option(help="A recording to search with, alone or composed with TEXT.")] = None,
    minus: Annotated[
        str | None, typer.Option(help="Another sound: places that sound like TEXT rather than it.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="A region's name.  [default: the first]")] = None,
    condition: Annotated[
        str | None, typer.Option(help="month-hour the region was built for, like 7-14, or any.  [default: its first]")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most this many places.")] = 10,
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north in degrees.")] = None,
    min_percentile: Annotated[float, typer.Option(help="What every cell of a place reaches, 0 to 100.")] = 90.0,
    checkpoint: Checkpoint = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the places as GeoJSON.")] = False,
) -> None:
    """Find the places that sound like TEXT, best first."""
    from server.http.parameters import checked
    from server.search.queries import SearchQuery
    from server.settings import load_settings

    if text is None and audio is None:
        raise InvalidInput("q", "give a sound in words, a recording with --audio, or both")
    query = checked(
        SearchQuery,
        q=text,
        minus=minus,
        region=region,
        condition=condition,
        limit=limit,
        bbox=bbox,
        min_percentile=min_percentile,
    )
    answer = _search(load_settings(checkpoint=checkpoint), query, _read(audio))
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
    else:
        _print(answer)


def _read(audio: Path | None) -> "Recording | None":
    from server.search.uploads import decode_recording

    if audio is None:
        return None
    try:
        return decode_recording(audio.read_bytes())
    except OSError as error:
        raise StartError(f"audio: cannot read {audio}: {error.strerror}") from error


def _search(settings: "Settings", query: "SearchQuery", recording: "Recording | None") -> "SearchAnswer":
    from model.sat2sound import open_checkpoint
    from server.concurrency.library_threads import share_cores
    from server.regions.shelf import RegionShelf
    from server.search.places import Links, find
    from server.search.query_store import QueryStore
    from server.search.scoring import Searches

    share_cores(settings.torch_threads)
    model = open_checkpoint(settings.checkpoint, data_dir=settings.data_dir)
    region = RegionShelf(settings.folder("regions"), model.checkpoint_hash).get(query.region)
    store = QueryStore(settings.folder("queries"), model.checkpoint_hash)
    searches = Searches(model, store, settings.score_cache_bytes)
    sought = searches.seek(query.q, recording, query.minus)
    return find(searches, region, sought, query, Links(str, settings.imagery), recording)


def _print(answer: "SearchAnswer") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("", "score", "percentile", "km²", "latitude", "longitude", title=_title(answer), title_justify="left")
    for place in answer.features:
        found = place.properties
        table.add_row(
            *(str(found.rank), f"{found.score:.3f}", f"{found.percentile:.1f}", f"{found.area_km2:,.1f}"),
            *(f"{found.best.lat:.4f}", f"{found.best.lon:.4f}"),
        )
    console.print(table if answer.features else f"{_title(answer)}: none", markup=False, highlight=False)
    for note in answer.notes:
        console.print(note, markup=False, highlight=False)


def _title(answer: "SearchAnswer") -> str:
    return f"{answer.found} places in {answer.region}, the best {len(answer.features)}"
