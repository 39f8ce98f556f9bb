"""The codebook's concepts and what they are called."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from server.answers import tagged
from server.dependencies import Live
from server.queries import PageQuery
from server.schemas import ConceptPage, ConceptReference, Problem

router = APIRouter(tags=["concepts"])

PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {"model": Problem, "description": "A field is out of bounds; `errors` names it."},
}


@router.get("/concepts", response_model=ConceptPage, responses=PROBLEMS)
async def concepts(request: Request, live: Live, query: Annotated[PageQuery, Query()]) -> Response:
    """The concepts of the checkpoint in use, in order of id, each with its name if it has one."""
    model = live.earshot.model
    total, names = model.config.codebook_size, model.concept_names
    ids = range(total)[query.offset : query.offset + query.limit]
    answer = ConceptPage(
        total=total,
        named=len(names),
        offset=query.offset,
        concepts=[ConceptReference(id=id, name=names.get(id)) for id in ids],
    )
    return tagged(request, answer)
