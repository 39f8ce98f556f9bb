"""A concept of the codebook told in full: its name, what weighs it most, and where it is."""

from urllib.parse import urlencode

from model.sat2sound import Sat2Sound
from server.errors import NotFound, NotReady
from server.explain.entry_weights import EntryWeights
from server.explain.schemas import ConceptDetail, WeighingCaption, WeighingProgress, WeighingRecording
from server.search.places import notes_of
from server.search.queries import SearchQuery
from server.search.schemas import BestCellAnswer
from server.search.service import SearchService
from tiles.errors import RegionUnreadable, UnknownRegion
from tiles.region import Region

ENTRIES = 10
CELLS = 10


async def concept_detail(
    id: int, region: str | None, *, model: Sat2Sound, weights: EntryWeights, search: SearchService, base_url: str
) -> ConceptDetail:
    """Describe a concept; entries are missing while the gallery is being weighed, places while there is no region.

    Raises:
        NotFound: The codebook has no such concept.
        UnknownRegion: There is no region of that name.
    """
    if id >= model.config.codebook_size:
        raise NotFound(f"The codebook has concepts 0 to {model.config.codebook_size - 1}, not {id}.")
    weighed, notes = weights.of_all(), []
    if weighed is None:
        notes.append("The gallery is being weighed: ask again in a moment for the captions and recordings.")
    found = await _region(search, region)
    captions = weighed.heaviest(id, "caption", ENTRIES) if weighed else []
    recordings = weighed.heaviest(id, "recording", ENTRIES) if weighed else []
    return ConceptDetail(
        id=id,
        name=model.concept_names.get(id),
        captions=[
            WeighingCaption(id=entry.id, text=entry.text, scene=entry.scene or None, weight=weight)
            for entry, weight in captions
        ],
        recordings=[
            WeighingRecording(
                id=entry.id,
                title=entry.title or entry.text,
                weight=weight,
                url=f"{base_url}/gallery/{entry.id}/audio",
            )
            for entry, weight in recordings
        ],
        weighed=WeighingProgress(done=weights.done, total=weights.total),
        region=None if found is None else found.name,
        cells=[] if found is None else await _cells(search, id, found),
        heatmap=None if found is None else base_url + _heatmap(id, found),
        notes=[*notes, *([] if found is None else notes_of(found))],
    )


async def _region(search: SearchService, name: str | None) -> Region | None:
    """The region asked for; the first when none is, and None where there is none yet."""
    try:
        return await search.region(name)
    except (UnknownRegion, RegionUnreadable, NotReady):
        if name is not None:
            raise
        return None


async def _cells(search: SearchService, id: int, region: Region) -> list[BestCellAnswer]:
    """The best cell of each place that is most like a concept."""
    query = SearchQuery(concept=id, limit=CELLS)
    embedded = await search.embed(query)
    scores = await search.score(region, embedded, None)
    places = await search.draw(lambda: scores.places(query.min_percentile, CELLS, None))
    return [
        BestCellAnswer(
            lat=round(place.best.lat, 6),
            lon=round(place.best.lon, 6),
            score=round(place.best.score, 5),
            percentile=round(place.best.percentile, 3),
        )
        for place in places.shown
    ]


def _heatmap(id: int, region: Region) -> str:
    return f"/heatmap/tilejson.json?{urlencode({'concept': id, 'region': region.name})}"
