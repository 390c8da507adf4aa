"""Pixel sizes that files state without anybody having measured them."""

PLACEHOLDER_UM = 1.0  # what many programs write where they know none
PLAUSIBLE_UM = (0.001, 5.0)  # of any light microscope; an inch, or 1/300 of it, lies above


def reason_for_doubt(um_per_px: float) -> str | None:
    """Return why nobody should rely on such a pixel size, None if it may be true.

    >>> reason_for_doubt(0.103), reason_for_doubt(25400 / 300)
    (None, 'no light microscope has such pixels')
    """
    if round(um_per_px, 6) == PLACEHOLDER_UM:
        return "programs write it where they know none"
    if not PLAUSIBLE_UM[0] <= um_per_px <= PLAUSIBLE_UM[1]:
        return "no light microscope has such pixels"
    return None
