"""Search that runs backwards: a sound in words, a recording or both; the places that sound most like it."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from server.dependencies import CurrentService, CurrentSettings
from server.errors import InvalidInput
from server.http.parameters import checked
from server.http.problems import BUSY, INVALID, documented
from server.http.responses import tagged
from server.search.places import Links, answer_of
from server.search.queries import SearchQuery
from server.search.query_embedding import EmbeddedQuery
from server.search.schemas import SearchAnswer
from server.search.uploads import Recording
from server.service import Service

router = APIRouter(tags=["search"])

MAX_FIELDS = 16
RESPONSES = documented(
    {
        404: "There is no such region.",
        409: "The region was made by another checkpoint.",
        422: INVALID,
        503: BUSY,
    }
)
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "A recording, at most 25 MiB."},
                        **{name: {"type": "string"} for name in SearchQuery.model_fields},
                    },
                }
            }
        }
    }
}


@router.get("/search", response_model=SearchAnswer, responses=RESPONSES)
async def search(request: Request, service: CurrentService, query: Annotated[SearchQuery, Query()]) -> Response:
    """The connected areas that sound most like a query, best first, as GeoJSON."""
    return tagged(request, await _answer(service, query, await service.search.embed(query), None))


@router.post(
    "/search",
    response_model=SearchAnswer,
    openapi_extra=UPLOAD,
    responses={**RESPONSES, **documented({413: "The recording is too long."})},
)
async def search_by_recording(request: Request, service: CurrentService, settings: CurrentSettings) -> Response:
    """The same for a recording (`file`), words (`q`) or both; the query's id stands for it for a day.

    Parameters are form fields or in the URL. Of a recording at most a minute is decoded, and its loudest ten seconds
    are listened to.
    """
    try:
        # What is not closed by then keeps its temporary file, so the form is closed as soon as it is read.
        async with request.form(max_files=1, max_fields=MAX_FIELDS) as form:
            fields = {**request.query_params, **{name: value for name, value in form.items() if value != ""}}
            file = fields.pop("file", None)
            upload = await _read(file, settings.max_upload_bytes) if file is not None else None
    except HTTPException as refusal:  # of the form's parser
        raise InvalidInput("file", refusal.detail) from refusal
    query = checked(SearchQuery, **fields)
    embedded, recording = await service.search.embed_upload(upload, query)
    answer = await _answer(service, query, embedded, recording)
    return tagged(request, answer, "no-store")


async def _read(file: UploadFile | str, max_bytes: int) -> bytes:
    if not isinstance(file, UploadFile):
        raise InvalidInput("file", "must be a file of a multipart form")
    content = await file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise InvalidInput("file", f"is longer than {max_bytes} bytes")
    return content


async def _answer(
    service: Service, query: SearchQuery, embedded: EmbeddedQuery, recording: Recording | None
) -> SearchAnswer:
    region = await service.search.region(query.region)
    scores = await service.search.score(region, embedded, query.when)
    links = Links(service.earshot.settings.base_url, service.earshot.imagery.offered)
    return await service.search.draw(partial(answer_of, scores, embedded, query, links, recording))
