"""`earshot search`: the places of a region that sound most like words or a recording, without a server."""

from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from model.sat2sound import open_checkpoint
from server.commands.options.listening import Search
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


def run(options: Search) -> None:
    """Search, and print the places."""
    if options.text is None and options.audio is None:
        raise InvalidInput("q", "give a sound in words, a recording with --audio, or both")
    query = checked(
        SearchQuery,
        q=options.text,
        minus=options.minus,
        region=options.region,
        condition=options.condition,
        limit=options.limit,
        bbox=options.bbox,
        min_percentile=options.min_percentile,
    )
    answer = _search(load_settings(checkpoint=options.checkpoint), query, _read(options.audio))
    if options.as_json:
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
