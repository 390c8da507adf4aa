"""Finds pixel sizes that files state and that should not be believed."""

import logging
from collections.abc import Sequence

from gapjunction.choices import LARGEST_SCALE, SMALLEST_SCALE
from gapjunction.images.pixel_size import reason_for_doubt
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.scale import scale_for
from gapjunction.prediction.scale_estimate import LEAST_SEEN
from gapjunction.prediction.shown_size import SizeVerdicts, Viewer
from gapjunction.text import counted

logger = logging.getLogger(__name__)

# A pixel size is doubted if so many times more is seen in images as they are than enlarged by it.
MUCH_MORE = 2.0


def judge_sizes(
    images: Sequence[ListedImage], viewer: Viewer, earlier: SizeVerdicts
) -> SizeVerdicts:
    """Return which pixel sizes of images are believed; those judged before are not looked at.

    Sizes that need no rescaling are not judged, nor those that the user states. A file's own is
    doubted if it is a placeholder or out of proportion, and a dataset's as well as a file's if
    much more is seen in images as they are than enlarged. Of images to be reduced that says
    nothing: an object that is too large may be seen in parts, and counted several times.
    """
    believed: set[float] = set()
    doubted: dict[float, str] = {}
    for um_per_px, own in _rescaled(images, viewer).items():
        if um_per_px in earlier.believed_um:
            believed.add(um_per_px)
            continue
        reason = earlier.reason_of_doubt.get(um_per_px) or _reason(um_per_px, own, viewer)
        if reason is None:
            believed.add(um_per_px)
        else:
            doubted[um_per_px] = reason
            _tell(um_per_px, own, reason)
    return SizeVerdicts(frozenset(believed), doubted)


def _rescaled(images: Sequence[ListedImage], viewer: Viewer) -> dict[float, list[ListedImage]]:
    """Return the images to be shown in another size because of what is stated, by pixel size."""
    of_size: dict[float, list[ListedImage]] = {}
    for image in images:
        if image.um_per_px is None or image.size_source == "user":
            continue
        if scale_for(image.um_per_px, viewer.config.pixel_sizes) != 1:
            of_size.setdefault(image.um_per_px, []).append(image)
    return of_size


def _reason(um_per_px: float, images: Sequence[ListedImage], viewer: Viewer) -> str | None:
    scale = scale_for(um_per_px, viewer.config.pixel_sizes)
    is_in_proportion = SMALLEST_SCALE <= scale <= LARGEST_SCALE
    if images[0].size_source == "file":
        reason = reason_for_doubt(um_per_px)
        if reason is not None:
            return reason
        if not is_in_proportion:
            return "the model knows no such pixels"
    if scale <= 1 or not is_in_proportion:
        return None
    as_they_are, enlarged = viewer.probability_seen(images, (1.0, scale))
    if as_they_are >= LEAST_SEEN and as_they_are >= MUCH_MORE * enlarged:
        return f"{as_they_are:.0f} objects are seen without it and {enlarged:.0f} with it"
    return None


def _tell(um_per_px: float, images: Sequence[ListedImage], reason: str) -> None:
    logger.warning(
        "%s: a pixel size of %g um is not believed (%s), so that it counts as not known; "
        "--pixel_size_um %g insists on it, --scale says how to show images",
        images[0].origin.path.name if len(images) == 1 else counted(len(images), "image"),
        um_per_px,
        reason,
        um_per_px,
    )
