"""How the places that answer a query are told: as GeoJSON, each with where to hear it."""

from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import urlencode

from server.search.heatmaps import parameters_of
from server.search.nothing_found import nothing_found
from server.search.queries import SearchQuery
from server.search.query_embedding import EmbeddedQuery
from server.search.schemas import (
    BestCellAnswer,
    Place,
    PlaceProperties,
    ProgressAnswer,
    QueryReference,
    SearchAnswer,
)
from server.search.scoring import QueryScores
from server.search.uploads import HEARD_SECONDS, Recording
from tiles.region import Condition, Region
from tiles.scores.highlights import Highlight


@dataclass(frozen=True)
class Links:
    """How an answer refers to others: `base_url` is put before every path, `offered` names the imagery there is."""

    base_url: str
    offered: Container[str]


def answer_of(
    scores: QueryScores, embedded: EmbeddedQuery, query: SearchQuery, links: Links, recording: Recording | None = None
) -> SearchAnswer:
    """The places of a scored region, as GeoJSON.

    Raises:
        InvalidInput, InvalidPoint: A box there is not.
    """
    region, progress = scores.region, scores.region.progress
    found = scores.places(query.min_percentile, query.limit, query.box)
    heatmap = f"/heatmap/tilejson.json?{urlencode(parameters_of(embedded, region, query.when))}"
    return SearchAnswer(
        features=[_place(links, region, query.when, rank, place) for rank, place in enumerate(found.shown, start=1)],
        query=QueryReference(id=embedded.id, text=embedded.text, minus=embedded.minus, recording=embedded.recording),
        region=region.name,
        found=found.found,
        heatmap=links.base_url + heatmap,
        progress=ProgressAnswer(done=progress.done - progress.failed, failed=progress.failed, total=progress.total),
        notes=[*nothing_found(scores, query, found.found), *notes_of(region, recording)],
    )


def _place(links: Links, region: Region, condition: Condition | None, rank: int, highlight: Highlight) -> Place:
    best = highlight.best
    cell = BestCellAnswer(
        lat=round(best.lat, 6),
        lon=round(best.lon, 6),
        score=round(best.score, 5),
        percentile=round(best.percentile, 3),
    )
    return Place(
        geometry=highlight.geometry,
        properties=PlaceProperties(
            rank=rank,
            score=cell.score,
            percentile=cell.percentile,
            mean_score=round(highlight.mean_score, 5),
            area_km2=round(highlight.area_km2, 4),
            cells=highlight.cells,
            best=cell,
            soundscape=f"{links.base_url}/soundscape?{urlencode(_as_built(links, region, condition, cell))}",
        ),
    )


def _as_built(
    links: Links, region: Region, condition: Condition | None, cell: BestCellAnswer
) -> dict[str, float | int | str]:
    """How a cell is listened to as it was when the region was built, where its imagery is offered here."""
    heard: dict[str, float | int | str] = {"lat": cell.lat, "lon": cell.lon}
    if region.imagery in links.offered:
        heard.update(scale=region.scale, imagery=region.imagery)
    when = condition or region.conditions[0]
    told = {"month": when.month, "hour": when.hour}
    heard.update({name: value for name, value in told.items() if value is not None})
    return heard


def notes_of(region: Region, recording: Recording | None = None) -> list[str]:
    """What the reader of an answer should know: how much of the region it rests on, how much was listened to."""
    notes, progress = [], region.progress
    if progress.done < progress.total:
        notes.append(
            f"{region.title} is not all listened to yet: this rests on {progress.done} of {progress.total} cells."
        )
    if progress.failed:
        notes.append(f"{progress.failed} cells of {region.title} are missing, since their imagery could not be had.")
    if recording is not None and recording.seconds > HEARD_SECONDS:
        notes.append(f"Of the recording, the loudest {HEARD_SECONDS:g} s were listened to.")
    return notes
