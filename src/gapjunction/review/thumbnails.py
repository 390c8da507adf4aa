"""The small picture of an image in the queue: where the doubt is, not where the middle is."""

from gapjunction.review.opening import ReviewImage
from gapjunction.review.pyramid import Pyramid
from gapjunction.review.queue import most_doubtful
from gapjunction.review.reviewed import Review
from gapjunction.review.tiles import encoded, shown, usual_views

SIDE = 128  # px


def thumbnail(review: Review, image: ReviewImage, pyramid: Pyramid) -> bytes:
    """Return a WEBP of the surroundings of the most doubtful box, else of the middle.

    Raises:
        GapJunctionError: if a file cannot be read.
    """
    height, width = pyramid.size(pyramid.num_levels - 1)
    doubtful = most_doubtful(review.state(image).boxes, review.opened.threshold)
    x0, y0, x1, y1 = (0.0, 0.0, width, height) if doubtful is None else doubtful.box
    left = _start((x0 + x1) / 2, width)
    top = _start((y0 + y1) / 2, height)
    region = pyramid.region(
        pyramid.num_levels - 1, top, min(top + SIDE, height), left, min(left + SIDE, width)
    )
    return encoded(shown(region, usual_views(pyramid.auto)))


def _start(center: float, length: int) -> int:
    return max(min(round(center) - SIDE // 2, length - SIDE), 0)
