"""In what size objects are shown to a detector, so that they look as those it learnt from."""

from gapjunction.models.checkpoint import PixelSizes

# Detectors are trained with objects enlarged and reduced by as much as this.
TOLERANCE = 1.3


def scale_for(um_per_px: float | None, learnt: PixelSizes | None) -> float:
    """Return the factor to enlarge an image by: 1, unless its pixels are too fine or too coarse.

    `um_per_px` is the side of its pixels, `learnt` the range that the detector was trained on;
    with either unknown, images are taken as they are.

    >>> scale_for(0.1, PixelSizes(finest_um=0.05, coarsest_um=0.3))
    1.0
    >>> scale_for(0.6, PixelSizes(finest_um=0.05, coarsest_um=0.3))
    2.0
    """
    if um_per_px is None or learnt is None:
        return 1.0
    if um_per_px < learnt.finest_um / TOLERANCE:
        return um_per_px / learnt.finest_um
    if um_per_px > learnt.coarsest_um * TOLERANCE:
        return um_per_px / learnt.coarsest_um
    return 1.0
