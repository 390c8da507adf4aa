"""Warn of pixel sizes that nobody measured."""

import logging
from collections.abc import Sequence

from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.images.pixel_size import reason_for_doubt

logger = logging.getLogger(__name__)


def warn_of_doubtful_sizes(images: Sequence[MeasuredImage]) -> None:
    """Warn of datasets whose plaques per mm2 and sizes in um rest on a doubtful pixel size."""
    for dataset, um_per_px in sorted(
        {(each.dataset, each.um_per_px) for each in images if each.um_per_px is not None}
    ):
        reason = reason_for_doubt(um_per_px)
        if reason is not None:
            logger.warning(
                "%s: a pixel size of %g um (%s) makes plaques per mm2 and sizes in um wrong unless "
                "it is true; correct scales in its metadata_static.json",
                dataset,
                um_per_px,
                reason,
            )
