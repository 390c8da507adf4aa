"""What the page may ask besides: training, agreement, and what leaves it."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from shutil import rmtree

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from gapjunction.review.agreement import agreement_of
from gapjunction.review.entrance import error_response
from gapjunction.review.entries import DATASET, MODEL
from gapjunction.review.export import counts_csv, objects_csv, write_regions, write_zip
from gapjunction.review.figure import View, as_png, as_svg, draw_figure
from gapjunction.review.outcome import OperationRefused
from gapjunction.review.reviewed import Review
from gapjunction.review.routes import Page, read_body, route
from gapjunction.review.slices import counting_boxes
from gapjunction.review.tiles import parse_views, usual_views
from gapjunction.review.training import TrainingRequest, Trainings, plan_facts
from gapjunction.review.training_plan import plan_training
from gapjunction.temporary_folders import new_temporary_folder


@dataclass(frozen=True, slots=True, eq=False)
class More:
    """These routes; trainings are begun and followed here."""

    trainings: Trainings

    def routes(self, page: Page) -> list[Route]:
        """Return the routes of a page."""
        return [
            route("/api/train", self.training, page),
            route("/api/train", self.begin, page, "POST"),
            route("/api/train/plan", _plan, page),
            route("/api/train/cancel", self.cancel, page, "POST"),
            route("/api/agreement", _agreement, page),
            route("/api/export/counts.csv", _counts, page),
            route("/api/export/objects.csv", _objects, page),
            route("/api/export/dataset.zip", _dataset, page),
            route("/api/export/regions.zip", _regions, page),
            route("/api/images/{image}/figure.{kind}", _figure, page),
        ]

    async def training(self, _: Page, __: Request) -> Response:
        """Answer how far the newest training is."""
        return JSONResponse(await run_in_threadpool(self.trainings.facts))

    async def begin(self, _: Page, request: Request) -> Response:
        """Begin a training."""
        asked = TrainingRequest.model_validate(await read_body(request))
        plan = await run_in_threadpool(self.trainings.begin, asked)
        return JSONResponse({"running": True, "plan": plan_facts(plan)})

    async def cancel(self, _: Page, __: Request) -> Response:
        """End a training."""
        await run_in_threadpool(self.trainings.cancel)
        return JSONResponse({"running": False})


async def _plan(page: Page, _: Request) -> Response:
    plan = await run_in_threadpool(plan_training, page.review.opened.root)
    return JSONResponse(plan_facts(plan))


async def _agreement(page: Page, request: Request) -> Response:
    names = [request.query_params.get(side, "") for side in ("a", "b")]
    known = {*page.review.annotators(), DATASET, MODEL}
    if not set(names) <= known:
        raise OperationRefused("there is nobody of this name")
    agreement = await run_in_threadpool(agreement_of, page.review, *names)
    return JSONResponse(asdict(agreement) | {"images": agreement.num_images})


async def _counts(page: Page, request: Request) -> Response:
    return await _table(page, request, counts_csv, "counts.csv")


async def _objects(page: Page, request: Request) -> Response:
    return await _table(page, request, objects_csv, "objects.csv")


async def _table(
    page: Page, request: Request, text_of: Callable[[Review, float], str], name: str
) -> Response:
    text = await run_in_threadpool(text_of, page.review, _threshold(page, request))
    return Response(text, headers=_saved_as(name), media_type="text/csv; charset=utf-8")


async def _dataset(page: Page, _: Request) -> Response:
    return await _zip(page, write_zip, "dataset.zip")


async def _regions(page: Page, _: Request) -> Response:
    return await _zip(page, write_regions, "regions.zip")


async def _zip(page: Page, write: Callable[[Review, Path], None], name: str) -> Response:
    folder = new_temporary_folder()
    path = folder / name
    try:
        await run_in_threadpool(write, page.review, path)
    except OSError:
        rmtree(folder)
        raise
    return FileResponse(
        path,
        media_type="application/zip",
        headers=_saved_as(name),
        background=BackgroundTask(rmtree, folder),
    )


async def _figure(page: Page, request: Request) -> Response:
    image, kind = page.image(request), request.path_params["kind"]
    if kind not in ("png", "svg"):
        return error_response(HTTPStatus.NOT_FOUND, "figures are PNG or SVG")
    pyramid = await page.pyramid(image)
    given = request.query_params
    height, width = image.image.height, image.image.width
    whole = {"x1": 0, "y1": 0, "x2": width, "y2": height}
    x0, y0, x1, y1 = (round(_number(str(given.get(name, at)))) for name, at in whole.items())
    channels = given.getlist("c")
    views = parse_views(channels, pyramid.full.shape[0]) if channels else usual_views(pyramid.auto)
    threshold = _threshold(page, request)

    def drawn() -> bytes:
        boxes = counting_boxes(page.review.state(image).boxes, threshold)
        view, um = View(x0, y0, x1, y1), image.dataset.um_per_px
        figure = draw_figure(pyramid, view, views, boxes, um)
        return as_png(figure) if kind == "png" else as_svg(figure).encode()

    media_type = "image/png" if kind == "png" else "image/svg+xml"
    content = await run_in_threadpool(drawn)
    return Response(content, headers=_saved_as(f"figure.{kind}"), media_type=media_type)


def _threshold(page: Page, request: Request) -> float:
    """Return the threshold that was asked for, else that of the review."""
    asked = request.query_params.get("threshold")
    return page.review.opened.threshold if asked is None else _number(asked)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is no number")
    return number


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
