"""What this server can do."""

import asyncio

from fastapi import APIRouter, Request, Response

from server.about.capabilities import capabilities_of
from server.about.schemas import Capabilities
from server.dependencies import CurrentService
from server.http.responses import tagged

router = APIRouter(tags=["capabilities"])


@router.get("/capabilities", response_model=Capabilities)
async def capabilities(request: Request, service: CurrentService) -> Response:
    """Which checkpoint, synthesizer, imagery and gallery are in use, and within which limits."""
    # It looks at the disk: for what was pulled, how long engines take, and which regions there are.
    return tagged(request, await asyncio.to_thread(capabilities_of, service.earshot))
