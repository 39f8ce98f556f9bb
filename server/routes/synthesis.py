"""Sound jobs: ask for a sound, watch it being made, hear it, call it off."""

import contextlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from server.dependencies import CurrentService
from server.http.problems import INVALID, documented
from server.http.responses import sound_format
from server.routes.sound import (
    FOR_EVER,
    PEAKS_RESPONSES,
    RETRY_AFTER,
    SOUND_RESPONSES,
    peaks_response,
    sound_response,
)
from server.service import Service
from server.sound.queries import AudioQuery, PeaksQuery, SynthesisRequest
from server.sound.queue import check_not_lost
from server.sound.schemas import JobStatus, Peaks
from server.sound.store import Job

router = APIRouter(prefix="/synthesis", tags=["synthesis"])

RECONNECT_MS = 2000
UNKNOWN = documented({404: "There is no such job."})
RESPONSES = {
    200: {"model": JobStatus, "description": "The sound is there already."},
    **documented(
        {
            409: "The engine is not installed; `detail` says what it needs.",
            422: INVALID,
            503: "Too many sounds are promised already: see Retry-After.",
        }
    ),
}


def _known(service: CurrentService, id: Annotated[str, Path(min_length=1, max_length=100)]) -> Job:
    return service.jobs.job(id)


KnownJob = Annotated[Job, Depends(_known)]


@router.post("", response_model=JobStatus, status_code=202, responses=RESPONSES)
async def synthesis(service: CurrentService, request: SynthesisRequest) -> Response:
    """Ask for a sound of a caption, or of the caption nearest to a place; the same request is the same job."""
    job = await service.jobs.accept(await service.order(request))
    return _told(service, job, 200 if job.state == "done" else 202)


@router.get("/{id}", response_model=JobStatus, responses=UNKNOWN)
async def job_status(service: CurrentService, job: KnownJob) -> Response:
    """A job as it is now: its state, its turn and how far it is."""
    return _told(service, job, 200)


@router.delete("/{id}", response_model=JobStatus, responses=UNKNOWN)
async def cancel(service: CurrentService, job: KnownJob) -> Response:
    """Call a job off: at once when it is queued, at its next step when it is running; an ended one stays as it is."""
    return _told(service, await service.jobs.cancel(job.id), 200)


@router.get("/{id}/events", response_class=EventSourceResponse, responses=UNKNOWN)
async def events(
    service: CurrentService, job: KnownJob, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """The job as it is now and at every change, as `progress` events; `end` is the last, and closes the stream.

    A client that comes back with Last-Event-ID is told only what is new since.
    """
    async with contextlib.aclosing(service.jobs.follow(job.id)) as changes:
        async for now in changes:
            id = f"{now.state}-{now.position or 0}-{now.percent}"
            if now.ended or id != last_event_id:
                event = "end" if now.ended else "progress"
                yield ServerSentEvent(data=_status(service, now), event=event, id=id, retry=RECONNECT_MS)


@router.get("/{id}/audio", response_class=Response, responses={**SOUND_RESPONSES, **UNKNOWN})
async def audio(
    request: Request, service: CurrentService, job: KnownJob, query: Annotated[AudioQuery, Query()]
) -> Response:
    """The sound: Ogg (Opus), FLAC or WAV by `format` or Accept; the same bytes for ever."""
    check_not_lost(job)
    format = query.format or sound_format(request.headers.get("accept", ""))
    return await sound_response(
        request, service, job.order, format, name=f"earshot_{job.id[:8]}", cache_control=FOR_EVER
    )


@router.get("/{id}/peaks", response_model=Peaks, responses={**PEAKS_RESPONSES, **UNKNOWN})
async def peaks(
    request: Request, service: CurrentService, job: KnownJob, query: Annotated[PeaksQuery, Query()]
) -> Response:
    """The waveform of the sound, for a player to draw before the sound is fetched."""
    check_not_lost(job)
    return await peaks_response(request, service, job.order, query.points, FOR_EVER)


def _told(service: Service, job: Job, status: int) -> Response:
    told = _status(service, job)
    headers = {"Cache-Control": "no-store", "Location": told.url}
    if not job.ended:
        headers["Retry-After"] = str(RETRY_AFTER)
    return JSONResponse(told.model_dump(), status, headers)


def _status(service: Service, job: Job) -> JobStatus:
    order, url = job.order, service.earshot.url(f"/synthesis/{job.id}")
    return JobStatus(
        id=job.id,
        state=job.state,
        position=job.position,
        percent=job.percent,
        reason=job.reason or None,
        engine=order.engine,
        caption=order.caption,
        seconds=order.seconds,
        seed=order.seed,
        steps=order.steps,
        guidance=order.guidance,
        hour=order.hour,
        month=order.month,
        loop=order.loop,
        place=order.place or None,
        licence=order.licence,
        notice=order.notice,
        url=url,
        events=f"{url}/events",
        audio=f"{url}/audio",
        peaks=f"{url}/peaks",
    )
