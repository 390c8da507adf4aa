"""What the page is told: of the session, the queue and an image, as values for JSON."""

from typing import Any

from gapjunction.review.entries import DATASET, MODEL, Box
from gapjunction.review.merging import ImageState
from gapjunction.review.opening import ReviewImage
from gapjunction.review.operations import history
from gapjunction.review.outcome import Outcome
from gapjunction.review.pyramid import TILE_SIZE, Pyramid
from gapjunction.review.queue import (
    Doubt,
    Queued,
    doubt_of_annotated,
    doubt_of_found,
    doubt_of_state,
    queued,
)
from gapjunction.review.reviewed import Review
from gapjunction.review.slices import plaques_of
from gapjunction.review.tiles import channels_of
from gapjunction.version import __version__

Json = dict[str, Any]


def session_facts(review: Review) -> Json:
    """Return what is reviewed, and by whom."""
    opened = review.opened
    return {
        "title": opened.root.resolve().name,
        "annotator": review.annotator,
        "annotators": [*review.annotators(), DATASET, MODEL],
        "kind": opened.kind,
        "threshold": opened.threshold,
        "classes": [
            {"index": index, "name": name, "color": color}
            for index, (name, color) in enumerate(opened.classes.items())
        ],
        "version": __version__,
    }


def queue_facts(review: Review) -> Json:
    """Return all images, worst first."""
    return {"images": [_queued_facts(each) for each in queue_of(review)]}


def queue_of(review: Review, threshold: float | None = None) -> list[Queued]:
    """Return all images of a review, worst first; by another threshold if one is given."""
    rows = [
        (image, doubt_of(review, image, threshold), progress_of(review, image))
        for image in review.opened.images.values()
    ]
    return queued(rows)


def image_facts(review: Review, image: ReviewImage, pyramid: Pyramid) -> Json:
    """Return everything of an image but its pixels.

    Raises:
        GapJunctionError: if a detection file cannot be read.
    """
    state = review.state(image)
    slices = review.opened.stack_of(image)
    place = next((at for at, each in enumerate(slices) if each is image), 0)
    below = review.state(slices[place - 1]).boxes if place else None
    return {
        "id": image.id,
        "name": image.name,
        "dataset": image.dataset.name,
        "asset": image.asset.name,
        "width": image.image.width,
        "height": image.image.height,
        "pixel_size_um": image.dataset.um_per_px,
        **_pixel_facts(pyramid),
        "stack": _stack_facts(review, slices, image) if slices else None,
        "boxes": [box_facts(box) for box in state.boxes],
        "below": None if below is None else [box_facts(box) for box in below],
        "plaques": _plaques(review, slices) if slices else None,
        "sequence": state.sequence,
        **_work_facts(review, image, state),
    }


def box_facts(box: Box) -> Json:
    """Return a box as the page knows it."""
    return box.model_dump(mode="json")


def event_facts(review: Review, event: Json) -> Json:
    """Return an event with the state and count of its image now, if it is of one."""
    image = review.opened.images.get(event.get("image", ""))
    if image is None:
        return event
    count = doubt_of(review, image).count
    return event | {"state": progress_of(review, image), "count": count}


def outcome_facts(review: Review, image: ReviewImage, outcome: Outcome) -> Json:
    """Return what an operation did, and how the image is since."""
    facts: Json = {
        **_work_facts(review, image, review.state(image)),
        "sequence": outcome.sequence,
        "saved": outcome.saved,
        "boxes": [box_facts(box) for box in outcome.boxes],
        "deleted": list(outcome.deleted),
    }
    return facts | ({"unwritten": outcome.unwritten} if outcome.unwritten else {})


def progress_of(review: Review, image: ReviewImage) -> str:
    """Return how far an image is: untouched, begun or done."""
    state = review.met_state(image)
    if state is None:
        return "done" if image.image.is_annotated else "untouched"
    if state.is_done:
        return "done"
    return "begun" if state.is_begun else "untouched"


def num_done(review: Review) -> int:
    """Return how many images are done."""
    return sum(progress_of(review, image) == "done" for image in review.opened.images.values())


def doubt_of(review: Review, image: ReviewImage, threshold: float | None = None) -> Doubt:
    """Return how sure the count of an image is now."""
    threshold = review.opened.threshold if threshold is None else threshold
    state = review.met_state(image)
    if state is not None:
        return doubt_of_state(state, threshold, image.counted)
    if image.image.is_annotated:
        return doubt_of_annotated(len(image.image.boxes))
    return doubt_of_found(review.found(image), threshold, image.counted)


def _queued_facts(each: Queued) -> Json:
    image, doubt = each.image, each.doubt
    return {
        "id": image.id,
        "name": image.name,
        "dataset": image.dataset.name,
        "asset": image.asset.name,
        "stack": image.stack,
        "z": image.z,
        "boxes": doubt.boxes,
        "count": doubt.count,
        "low": doubt.low,
        "high": doubt.high,
        "state": each.state,
        "why": each.why,
        "thumbnail": f"/api/images/{image.id}/thumbnail.webp",
    }


def _work_facts(review: Review, image: ReviewImage, state: ImageState) -> Json:
    """Return what operations change of an image besides its boxes."""
    doubt = doubt_of(review, image)
    return {
        "state": progress_of(review, image),
        "note": state.note,
        "regions": [region.model_dump(mode="json") for region in state.regions],
        "proposals": [each.model_dump(mode="json") for each in state.proposals],
        "interval": {"count": doubt.count, "low": doubt.low, "high": doubt.high},
        "history": [
            {"id": each.id, "kind": each.kind, "undone": each.is_undone}
            for each in history(state, review.annotator)
        ],
    }


def _pixel_facts(pyramid: Pyramid) -> Json:
    channels = channels_of(pyramid.full.shape[0])
    return {
        "bits": 8 * pyramid.full.dtype.itemsize,
        "channels": [
            {
                "index": index,
                "name": channel.name,
                "color": channel.color,
                "auto": list(pyramid.auto[index]),
                "range": list(pyramid.ranges[index]),
            }
            for index, channel in enumerate(channels)
        ],
        "tile_size": TILE_SIZE,
        "levels": pyramid.num_levels,
        "coarse": pyramid.is_coarse,
    }


def _stack_facts(review: Review, slices: list[ReviewImage], image: ReviewImage) -> Json:
    return {
        "name": image.asset.name,
        "slices": [
            {"id": each.id, "z": each.z, "count": doubt_of(review, each).count} for each in slices
        ],
    }


def _plaques(review: Review, slices: list[ReviewImage]) -> dict[str, str]:
    states: list[tuple[int, ImageState]] = [(each.z or 0, review.state(each)) for each in slices]
    return plaques_of([(z, state.boxes) for z, state in states], review.opened.threshold)
