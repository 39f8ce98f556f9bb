"""What a place sounds like, and its sound."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from server.dependencies import CurrentService
from server.explain.queries import WhyQuery
from server.explain.schemas import Why
from server.http.parameters import PointQuery, SoundQuery
from server.http.problems import INVALID, documented
from server.http.responses import sound_format, tagged
from server.routes.sound import SOUND_RESPONSES, sound_response
from server.soundscape.schemas import Soundscape

router = APIRouter(tags=["soundscape"])

RESPONSES = documented(
    {
        404: "No imagery covers the point.",
        409: "What `caption=generate` needs is not installed; `detail` says what that is.",
        422: INVALID,
        503: "Not ready, overloaded, or the imagery's source is down: see Retry-After.",
    }
)


@router.get("/soundscape", response_model=Soundscape, responses=RESPONSES)
async def soundscape(request: Request, service: CurrentService, query: Annotated[PointQuery, Query()]) -> Response:
    """What a place sounds like: captions, recordings and concepts nearest to its satellite image.

    With `caption=generate` a caption is written for the image instead of found in the gallery.
    """
    return tagged(request, await service.soundscapes.listen(query))


@router.get("/soundscape/why", response_model=Why, responses=RESPONSES)
async def why(request: Request, service: CurrentService, query: Annotated[WhyQuery, Query()]) -> Response:
    """Why a place and a caption or recording are alike: their score as a sum over the concepts they are made of."""
    return tagged(request, await service.explain.why(query))


@router.get("/soundscape/audio", response_class=Response, responses={**RESPONSES, **SOUND_RESPONSES})
async def soundscape_audio(
    request: Request, service: CurrentService, query: Annotated[SoundQuery, Query()]
) -> Response:
    """The sound of a place: its nearest caption, rendered."""
    point = PointQuery(**query.model_dump(include=set(PointQuery.model_fields)))
    answer = await service.soundscapes.listen(point)
    order = service.earshot.orders.of_match(answer.captions[0], query, query)
    format = query.format or sound_format(request.headers.get("accept", ""))
    return await sound_response(request, service, order, format, name=f"earshot_{query.lat:g}_{query.lon:g}")
