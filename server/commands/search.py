"""`earshot search`: the places of a region that sound most like words or a recording, without a server."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from model.sat2sound import open_checkpoint
from server.commands.options import Checkpoint
from server.concurrency.library_threads import share_cores
from server.errors import InvalidInput, StartError
from server.http.parameters import checked
from server.regions.shelf import RegionShelf
from server.search.places import Links, answer_of
from server.search.queries import SearchQuery
from server.search.query_embedding import QueryEmbedder
from server.search.schemas import SearchAnswer
from server.search.scoring import score_region
from server.search.uploads import Recording, decode_recording
from server.settings import Settings, load_settings

app = typer.Typer(add_completion=False)


@app.command()
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


def _read(audio: Path | None) -> Recording | None:
    if audio is None:
        return None
    try:
        return decode_recording(audio.read_bytes())
    except OSError as error:
        raise StartError(f"audio: cannot read {audio}: {error.strerror}") from error


def _search(settings: Settings, query: SearchQuery, recording: Recording | None) -> SearchAnswer:
    share_cores(settings.torch_threads)
    model = open_checkpoint(settings.checkpoint, data_dir=settings.data_dir)
    region = RegionShelf(settings.folder("regions"), model.checkpoint_hash).get(query.region)
    embedded = QueryEmbedder(model).embed_query(query.q, recording, query.minus)
    scores = score_region(region, embedded, query.when)
    return answer_of(scores, embedded, query, Links("", settings.imagery), recording)


def _print(answer: SearchAnswer) -> None:
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


def _title(answer: SearchAnswer) -> str:
    return f"{answer.found} places in {answer.region}, the best {len(answer.features)}"
