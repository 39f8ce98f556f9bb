"""The page: files built by Vite into `server/page/`, or a word on how to build them."""

from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

PAGE_FOLDER = Path(__file__).parents[1] / "page"
NOT_BUILT = (
    "Earshot is running, but its page is not built yet: `make page` builds it. The HTTP interface is at /docs.\n"
)


class PageFiles(StaticFiles):
    """The built files; those under assets/ carry their content's hash in their name and never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer one file with the cache rule that fits it."""
        response = await super().get_response(path, scope)
        immutable = path.startswith("assets/") and response.status_code < 400
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if immutable else "no-cache"
        return response


def install_page(app: FastAPI, folder: Path = PAGE_FOLDER) -> None:
    """Serve the page at /; call it last, since it takes every path no route has taken."""
    if (folder / "index.html").is_file():
        app.mount("/", PageFiles(directory=folder, html=True), name="page")
        return

    @app.get("/", include_in_schema=False)
    async def not_built() -> Response:
        return PlainTextResponse(NOT_BUILT, headers={"Cache-Control": "no-store"})
