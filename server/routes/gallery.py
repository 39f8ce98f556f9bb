"""The gallery's entries and how they sound."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from server.dependencies import CurrentService
from server.http.parameters import SoundOptions
from server.http.problems import documented
from server.http.responses import sound_format, tagged
from server.routes.sound import PEAKS_RESPONSES, SOUND_RESPONSES, peaks_response, sound_response
from server.sound.queries import PeaksQuery
from server.sound.schemas import Peaks
from server.soundscape.schemas import GalleryEntry

router = APIRouter(prefix="/gallery", tags=["gallery"])

EntryId = Annotated[str, Path(min_length=1, max_length=200)]
RESPONSES = documented({404: "No entry has this id."})


@router.get("/{id}", response_model=GalleryEntry, responses=RESPONSES)
async def entry(request: Request, service: CurrentService, id: EntryId) -> Response:
    """A caption or a recording: its words, its author and its licence."""
    found = service.earshot.gallery.entry(id)
    answer = GalleryEntry(
        id=id,
        gallery=service.earshot.gallery.name_of(id),
        kind=found.kind,
        text=found.text,
        scene=found.scene or None,
        scale=found.scale,
        author=found.author,
        licence=found.licence,
        audio=service.earshot.url(f"/gallery/{id}/audio"),
    )
    return tagged(request, answer)


@router.get("/{id}/audio", response_class=Response, responses={**RESPONSES, **SOUND_RESPONSES})
async def entry_audio(
    request: Request, service: CurrentService, id: EntryId, options: Annotated[SoundOptions, Query()]
) -> Response:
    """A recording, or a caption's sound: kept by the gallery, or rendered, for which `seed` and `seconds` are."""
    format = options.format or sound_format(request.headers.get("accept", ""))
    order = service.earshot.orders.of_entry(id, options)
    return await sound_response(request, service, order, format, name=f"earshot_{id}")


@router.get("/{id}/peaks", response_model=Peaks, responses={**RESPONSES, **PEAKS_RESPONSES})
async def entry_peaks(
    request: Request, service: CurrentService, id: EntryId, query: Annotated[PeaksQuery, Query()]
) -> Response:
    """The waveform of a recording, or of a caption rendered as usual."""
    return await peaks_response(request, service, service.earshot.orders.of_entry(id, SoundOptions()), query.points)
