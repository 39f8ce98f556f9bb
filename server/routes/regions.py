"""The regions that can be searched, and how far the one has come that is being built."""

import asyncio

from fastapi import APIRouter, Request, Response

from server.dependencies import CurrentService
from server.http.responses import tagged
from server.regions.schemas import RegionList, RegionReference
from server.regions.shelf import DEFAULT_REGION
from server.search.service import SearchService
from tiles.region import Region

router = APIRouter(tags=["search"])


@router.get("/regions", response_model=RegionList)
async def regions(request: Request, service: CurrentService) -> Response:
    """All regions of the checkpoint in use; the first is the one that is searched unless another is named."""
    search = service.search
    here = await asyncio.to_thread(search.regions.regions)
    listed = [_reference(search, region) for region in here]
    if search.first.building and not any(region.name == DEFAULT_REGION for region in here):
        listed.insert(0, await asyncio.to_thread(lambda: search.first.planned))
    return tagged(request, RegionList(regions=listed))


def _reference(search: SearchService, region: Region) -> RegionReference:
    progress = region.progress
    building = search.first.building and region.name == DEFAULT_REGION and not region.complete
    speed = search.first.speed(region) if building else None
    return RegionReference(
        name=region.name,
        title=region.title,
        bounds=region.grid.bounds,
        zoom=region.grid.zoom,
        cells=progress.total,
        done=progress.done - progress.failed,
        failed=progress.failed,
        state="ready" if region.complete else "building" if building else "partial",
        imagery=region.imagery,
        attribution=region.attribution,
        gsd=region.gsd,
        scale=region.scale,
        conditions=[str(condition) for condition in region.conditions],
        hash=region.hash,
        checkpoint=region.checkpoint,
        cells_per_second=None if speed is None else round(speed, 2),
        seconds_left=None if not speed else round((progress.total - progress.done) / speed, 1),
    )
