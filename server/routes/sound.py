"""A rendered sound on the wire, for every route that answers with one."""

from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import FileResponse, JSONResponse

from server.live import LiveEarshot
from server.schemas import Sound
from server.sounds import MEDIA_TYPES, SoundJob

PATIENCE = 10.0
"""Seconds a request waits for its sound before it is told to come back."""

RETRY_AFTER = 2
MAX_AGE = 86_400

SOUND_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: {} for media in MEDIA_TYPES.values()}, "description": "The sound; Range is understood."},
    202: {"model": Sound, "description": "Still being rendered: ask Location again after Retry-After seconds."},
}


async def sound_response(request: Request, live: LiveEarshot, job: SoundJob, name: str) -> Response:
    """The file of a job, named for saving; 202 and where to ask again when it takes too long."""
    here = live.earshot.url(f"{request.url.path}{f'?{request.url.query}' if request.url.query else ''}")
    path = await live.sounds.ask(job, PATIENCE)
    if path is None:
        sound = Sound(url=here, engine=job.engine, state="rendering", job=job.key)
        return JSONResponse(
            sound.model_dump(),
            status_code=202,
            headers={"Location": here, "Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"},
        )
    headers = {
        "ETag": f'"{job.key}"',
        "Cache-Control": f"public, max-age={MAX_AGE}",
        "Vary": "Accept",
        "X-Earshot-Engine": job.engine,
        "X-Earshot-Caption": quote(job.caption, safe=" ,.;:'!?()-"),
        "X-Earshot-Seed": str(job.seed),
    }
    filename = f"{name}.{job.format}"
    return FileResponse(
        path, 200, headers, MEDIA_TYPES[job.format], filename=filename, content_disposition_type="inline"
    )
