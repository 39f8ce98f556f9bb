"""The codebook's concepts and what they are called."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from server.dependencies import CurrentService
from server.explain.concept_pages import concept_detail
from server.explain.schemas import ConceptDetail, ConceptPage, ConceptReference
from server.http.parameters import MAX_OFFSET, PageQuery
from server.http.problems import documented
from server.http.responses import tagged
from server.search.queries import RegionName
from server.service import Service

router = APIRouter(tags=["concepts"])

RESPONSES = documented(
    {
        422: "A field is out of bounds; `errors` names it.",
    }
)


@router.get("/concepts", response_model=ConceptPage, responses=RESPONSES)
async def concepts(request: Request, service: CurrentService, query: Annotated[PageQuery, Query()]) -> Response:
    """The concepts of the checkpoint in use, in order of id, each with its name if it has one."""
    model = service.earshot.model
    total, names = model.config.codebook_size, model.concept_names
    ids = range(total)[query.offset : query.offset + query.limit]
    answer = ConceptPage(
        total=total,
        named=len(names),
        offset=query.offset,
        concepts=[ConceptReference(id=id, name=names.get(id)) for id in ids],
    )
    return tagged(request, answer)


@router.get(
    "/concepts/{id}",
    response_model=ConceptDetail,
    responses={**documented({404: "There is no such concept, or no such region."}), **RESPONSES},
)
async def concept(
    request: Request,
    service: CurrentService,
    id: Annotated[int, Path(ge=0, le=MAX_OFFSET)],
    region: Annotated[RegionName | None, Query(description="Where to look for it; default: the first.")] = None,
) -> Response:
    """A concept: its name, the captions and recordings that weigh it most, and the places most like it."""
    return tagged(request, await _detail(service, id, region))


async def _detail(service: Service, id: int, region: str | None) -> ConceptDetail:
    earshot = service.earshot
    return await concept_detail(
        id,
        region,
        model=earshot.model,
        weights=service.explain.weights,
        search=service.search,
        base_url=earshot.settings.base_url,
    )
