"""The page: files built by Vite into `server/page/`, or a word on how to build them."""

from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, PlainTextResponse
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
    """Serve /docs, and the page at /; call it last, since it takes every path no route has taken."""

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=f"{app.title}: the HTTP interface",
            swagger_js_url="/docs/swagger-ui-bundle.js",
            swagger_css_url="/docs/swagger-ui.css",
            swagger_favicon_url="/icon.svg",
        )

    if (folder / "index.html").is_file():
        app.mount("/", PageFiles(directory=folder, html=True), name="page")
        return

    @app.get("/", include_in_schema=False)
    async def not_built() -> Response:
        return PlainTextResponse(NOT_BUILT, headers={"Cache-Control": "no-store"})
