"""How one comes in: the address with the token, or the password; and the files of the page."""

from collections.abc import Mapping
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any
from urllib.parse import unquote_plus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from gapjunction.review.access import Sessions

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".webp": "image/webp",
}


def entrance_routes(sessions: Sessions) -> list[Route]:
    """Return the routes of the page itself."""
    static = _static_files(files("gapjunction.review") / "page")

    async def index(request: Request) -> Response:
        return _index(sessions, static, request)

    async def enter(request: Request) -> Response:
        return await _enter(sessions, request)

    async def asset(request: Request) -> Response:
        return _static(static, request.path_params["path"])

    return [
        Route("/", index),
        Route("/login", enter, methods=["POST"]),
        Route("/static/{path:path}", asset),
    ]


def error_response(status: HTTPStatus, line: str, **more: Any) -> JSONResponse:
    """Return what went wrong, in a line."""
    return JSONResponse({"error": " ".join(line.split()), **more}, status)


def _index(sessions: Sessions, static: Mapping[str, Response], request: Request) -> Response:
    token = request.query_params.get("token")
    if token is not None:
        session = sessions.by_token(token)
        if session is not None:
            response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
            sessions.remember(response, session)
            return response
        if sessions.is_open(request):  # the address was opened twice in one browser
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    if not sessions.is_open(request):
        return HTMLResponse(_closed_page(sessions), HTTPStatus.FORBIDDEN)
    return _static(static, "index.html")


async def _enter(sessions: Sessions, request: Request) -> Response:
    form = dict(part.partition("=")[::2] for part in (await request.body()).decode().split("&"))
    password = unquote_plus(form.get("password", ""))
    session = await run_in_threadpool(sessions.by_password, password)
    if session is None:
        return HTMLResponse(_closed_page(sessions), HTTPStatus.FORBIDDEN)
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    sessions.remember(response, session)
    return response


def _closed_page(sessions: Sessions) -> str:
    form = (
        '<form method="post" action="/login"><label>Password <input type="password" '
        'name="password" autofocus></label> <button>Open</button></form>'
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>gapjunction review</title>'
        "<p>Open the address that <code>gapjunction review</code> printed: it works once, in one "
        "browser. Start the command again for a new one.</p>"
        + (form if sessions.password else "")
        + "</html>"
    )


def _static_files(folder: Traversable) -> dict[str, Response]:
    """Return the page's files by their paths: nothing else is ever read for a path of a client."""
    return {
        name: Response(
            content.read_bytes(),
            media_type=MEDIA_TYPES.get(f".{name.rpartition('.')[2]}", "application/octet-stream"),
            headers={"Cache-Control": "no-cache"},
        )
        for name, content in _walked(folder)
    }


def _walked(folder: Traversable, before: str = "") -> list[tuple[str, Traversable]]:
    if not folder.is_dir():
        return []
    found = []
    for each in folder.iterdir():
        name = f"{before}{each.name}"
        found += _walked(each, f"{name}/") if each.is_dir() else [(name, each)]
    return found


def _static(static: Mapping[str, Response], name: str) -> Response:
    return static.get(name) or error_response(HTTPStatus.NOT_FOUND, "there is no such file")
