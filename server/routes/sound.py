"""A rendered sound on the wire, for every route that answers with one."""

import os
from typing import Any, BinaryIO
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.types import Receive, Scope, Send

from server.http.parameters import SoundFormat
from server.http.problems import documented
from server.http.responses import tagged, unchanged
from server.service import Service
from server.sound.cache import MEDIA_TYPES
from server.sound.orders import SoundOrder
from server.soundscape.schemas import Sound

PATIENCE = 10.0
"""Seconds a request waits for its sound before it is told to come back."""

RETRY_AFTER = 2
FOR_A_DAY = "public, max-age=86400"
FOR_EVER = "public, max-age=31536000, immutable"
"""How long what goes by its content's address may be kept."""

SOUND_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: {} for media in MEDIA_TYPES.values()}, "description": "The sound; Range is understood."},
    202: {"model": Sound, "description": "Still being rendered: ask Location again after Retry-After seconds."},
    **documented({409: "The job was cancelled."}),
}

PEAKS_RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {"model": Sound, "description": "Still being rendered: ask again."}
}


class OpenFileResponse(FileResponse):
    """An open file on the wire, in parts if asked for; it is sent to its end even when its name is gone by then."""

    def __init__(self, file: BinaryIO, headers: dict[str, str], media_type: str, filename: str) -> None:
        descriptor = file.fileno()
        super().__init__(
            f"/dev/fd/{descriptor}",  # a name that stays until the file is closed
            200,
            headers,
            media_type,
            filename=filename,
            stat_result=os.fstat(descriptor),
            content_disposition_type="inline",
        )
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, and close it."""
        with self._file:
            await super().__call__(scope, receive, send)


async def sound_response(
    request: Request,
    service: Service,
    order: SoundOrder,
    format: SoundFormat,
    name: str,
    cache_control: str = FOR_A_DAY,
) -> Response:
    """The file of a sound, named for saving; 202 and where to ask again when it takes too long."""
    file = await service.jobs.open(order, format, PATIENCE)
    if file is None:
        return rendering(request, service, order)
    headers = {
        "ETag": f'"{order.key}-{format}"',
        "Cache-Control": cache_control,
        "Vary": "Accept",
        "X-Earshot-Engine": order.engine,
        "X-Earshot-Caption": quote(order.caption, safe=" ,.;:'!?()-"),
        "X-Earshot-Seed": str(order.seed),
    }
    known = unchanged(request, headers)
    if known is not None:
        file.close()
        return known
    return OpenFileResponse(file, headers, MEDIA_TYPES[format], filename=f"{name}.{format}")


async def peaks_response(
    request: Request, service: Service, order: SoundOrder, points: int, cache_control: str = FOR_A_DAY
) -> Response:
    """The waveform of a sound in `points` parts; 202 and where to ask again when it takes too long."""
    answer = await service.jobs.peaks(order, points, PATIENCE)
    return rendering(request, service, order) if answer is None else tagged(request, answer, cache_control)


def rendering(request: Request, service: Service, order: SoundOrder) -> Response:
    """202: the sound is not there yet, and the same URL may be asked again in a moment."""
    here = service.earshot.url(f"{request.url.path}{f'?{request.url.query}' if request.url.query else ''}")
    sound = Sound(url=here, engine=order.engine, state="rendering", job=order.key)
    headers = {"Location": here, "Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    return JSONResponse(sound.model_dump(), status_code=202, headers=headers)
