"""What the page may ask: thin, as all that can be wrong is decided below."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from gapjunction.errors import GapJunctionError
from gapjunction.outside_text import parse_json
from gapjunction.review.access import BodyTooLarge, Sessions
from gapjunction.review.entrance import entrance_routes, error_response
from gapjunction.review.facts import (
    box_facts,
    event_facts,
    image_facts,
    outcome_facts,
    queue_facts,
    session_facts,
)
from gapjunction.review.opening import ReviewImage
from gapjunction.review.operations import Operation
from gapjunction.review.outcome import Collided, OperationRefused
from gapjunction.review.pyramid import Pyramid
from gapjunction.review.pyramids import Pyramids
from gapjunction.review.reviewed import Review
from gapjunction.review.thumbnails import thumbnail
from gapjunction.review.tiles import encoded, parse_views, shown, usual_views

POLL_S, SILENCE_S = 0.3, 15.0  # between looks for events; without a word to the page
KEPT = {"Cache-Control": "private, max-age=3600"}
Handler = Callable[["Page", Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What the routes work on; thumbnails wait for each other, so that they delay nothing else."""

    review: Review
    sessions: Sessions
    pyramids: Pyramids
    thumbnails: asyncio.Lock = field(default_factory=asyncio.Lock)

    def image(self, request: Request) -> ReviewImage:
        """Return the image that a path names."""
        return self.review.image(request.path_params["image"])

    async def pyramid(self, image: ReviewImage) -> Pyramid:
        """Return the pixels of an image, which may take a while to read."""
        return await run_in_threadpool(self.pyramids.of, image.image.path)

    async def asked_pyramid(self, image: ReviewImage, request: Request) -> Pyramid:
        """Return the pixels of an image, coarse ones if the page asks for what is there at once."""
        if "coarse" in request.query_params:
            return await run_in_threadpool(self.pyramids.at_once, image.image.path)
        return await self.pyramid(image)


def build_app(page: Page, more: list[Route] | None = None) -> Starlette:
    """Return the application, without what guards it."""
    routes = [
        *entrance_routes(page.sessions),
        *(route(path, handler, page, method) for method, path, handler in _ROUTES),
        *(more or []),
    ]
    return Starlette(
        routes=routes,
        exception_handlers={HTTPException: _refused_by_starlette, BodyTooLarge: _too_large},
    )


def route(path: str, handler: Handler, page: Page, method: str = "GET") -> Route:
    """Return a route of the interface, for those who have come in, whose mistakes are one line."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        if not page.sessions.is_open(request):
            return error_response(HTTPStatus.FORBIDDEN, "open the address that the command printed")
        try:
            with _refusals():
                return await handler(page, request)
        except _Refused as refused:
            return error_response(refused.status, str(refused), **refused.more)

    return Route(path, answer, methods=[method])


async def read_body(request: Request) -> Any:
    """Return the JSON that was sent.

    Raises:
        OperationRefused: if it is none.
    """
    body = await request.body()
    try:
        return parse_json(body.decode())
    except ValueError as error:
        raise OperationRefused(f"no JSON: {str(error)[:120]}") from None


class _Refused(Exception):  # noqa: N818 - it says what happened
    def __init__(self, status: HTTPStatus, line: str, **more: Any) -> None:
        self.status, self.more = status, more
        super().__init__(line)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what a person can cause into an answer of one line."""
    try:
        yield
    except Collided as error:
        theirs = [box_facts(box) for box in error.theirs]
        raise _Refused(HTTPStatus.CONFLICT, str(error), theirs=theirs, by=error.by) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _Refused(HTTPStatus.BAD_REQUEST, f"{place}: {first['msg']}") from None
    except (OperationRefused, GapJunctionError, ValueError) as error:
        raise _Refused(HTTPStatus.BAD_REQUEST, str(error)[:500]) from None
    except OSError as error:
        line = f"not saved: {error.strerror or error}"
        raise _Refused(HTTPStatus.INSUFFICIENT_STORAGE, line) from None


async def _session(page: Page, _: Request) -> Response:
    return JSONResponse(session_facts(page.review))


async def _queue(page: Page, _: Request) -> Response:
    return JSONResponse(await run_in_threadpool(queue_facts, page.review))


async def _image(page: Page, request: Request) -> Response:
    image = page.image(request)
    pyramid = await page.asked_pyramid(image, request)
    return JSONResponse(await run_in_threadpool(image_facts, page.review, image, pyramid))


async def _tile(page: Page, request: Request) -> Response:
    parts = request.path_params
    pyramid = await page.asked_pyramid(page.image(request), request)
    given = request.query_params.getlist("c")
    views = parse_views(given, pyramid.full.shape[0]) if given else usual_views(pyramid.auto)

    def cut() -> bytes | None:
        tile = pyramid.tile(parts["level"], parts["x"], parts["y"])
        return None if tile is None else encoded(shown(tile, views))

    content = await run_in_threadpool(cut)
    if content is None:
        return error_response(HTTPStatus.NOT_FOUND, "there is no such tile")
    return Response(content, headers=KEPT, media_type="image/webp")


async def _thumbnail(page: Page, request: Request) -> Response:
    image = page.image(request)
    async with page.thumbnails:
        pyramid = await page.pyramid(image)
        content = await run_in_threadpool(thumbnail, page.review, image, pyramid)
    return Response(content, headers=KEPT, media_type="image/webp")


async def _operate(page: Page, request: Request) -> Response:
    operation = Operation.model_validate(await read_body(request))
    image = page.review.image(operation.image)

    def operate() -> dict[str, Any]:
        return outcome_facts(page.review, image, page.review.operate(operation))

    return JSONResponse(await run_in_threadpool(operate))


async def _events(page: Page, request: Request) -> Response:
    """Tell events as they come, from now on or from the last that a window has heard of."""
    events = page.review.events
    heard = request.headers.get("last-event-id", "")
    start = int(heard) if heard.isdecimal() and int(heard) <= events.number else events.number
    return StreamingResponse(
        _told(page, request, start), media_type="text/event-stream", headers=_NEVER_KEPT
    )


async def _told(page: Page, request: Request, number: int) -> AsyncIterator[str]:
    silent = 0.0
    yield ": listening\n\n"
    while not (page.review.events.is_closed or await request.is_disconnected()):
        number, events = page.review.events.since(number)
        for event in events:
            facts = await run_in_threadpool(event_facts, page.review, event)
            yield f"id: {number}\ndata: {json.dumps(facts)}\n\n"
        silent = 0.0 if events else silent + POLL_S
        if silent > SILENCE_S:
            silent = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(POLL_S)


_NEVER_KEPT = {"Cache-Control": "no-store"}
_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/api/session", _session),
    ("GET", "/api/queue", _queue),
    ("GET", "/api/images/{image}", _image),
    ("GET", "/api/images/{image}/tiles/{level:int}/{x:int}_{y:int}.webp", _tile),
    ("GET", "/api/images/{image}/thumbnail.webp", _thumbnail),
    ("POST", "/api/operations", _operate),
    ("GET", "/api/events", _events),
)


async def _refused_by_starlette(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return error_response(HTTPStatus(error.status_code), error.detail)


async def _too_large(_: Request, __: Exception) -> Response:
    response = error_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "more than 1 MB")
    response.headers["Connection"] = "close"
    return response
