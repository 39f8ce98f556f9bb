"""What this server can do."""

from fastapi import APIRouter, Request, Response

from server.about.capabilities import capabilities_of
from server.about.schemas import Capabilities
from server.dependencies import Live
from server.http.responses import tagged

router = APIRouter(tags=["capabilities"])


@router.get("/capabilities", response_model=Capabilities)
async def capabilities(request: Request, live: Live) -> Response:
    """Which checkpoint, synthesizer, imagery and gallery are in use, and within which limits."""
    return tagged(request, capabilities_of(live.earshot))
