"""Kinds of regions in Label Studio, whose label may be a region of its own.

A configuration with <RectangleLabels> makes one region of type "rectanglelabels" of each object;
one with <Rectangle> and <Labels> makes two with one id, "rectangle" and "labels", which repeats the
place.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LABELS = "labels"
# By what has no label itself.
_KINDS: Mapping[str, str] = {
    "rectangle": "rectanglelabels",
    "polygon": "polygonlabels",
    "ellipse": "ellipselabels",
    "keypoint": "keypointlabels",
    "brush": "brushlabels",
    "bitmask": "bitmasklabels",
}
# By keys that no kind before has.
_KEYS = (
    (("points",), "polygonlabels"),
    (("radiusX", "radiusY"), "ellipselabels"),
    (("rle",), "brushlabels"),
    (("x", "y", "width", "height"), "rectanglelabels"),
    (("x", "y"), "keypointlabels"),
)


def with_kinds(regions: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """Yield the regions with their places in the list, each of a kind that its label belongs to.

    What is no mapping is yielded as it is.
    """
    outlines = [_outline_of_labels(each) for each in regions]
    labeled = {
        str(region.get("id")) for region, kind in zip(regions, outlines, strict=True) if kind
    }
    for index, (each, outline) in enumerate(zip(regions, outlines, strict=True)):
        kind = each.get("type") if isinstance(each, dict) else None
        if outline is not None:
            names = {outline: each["value"].get(LABELS)}
            yield index, each | {"type": outline, "value": each["value"] | names}
        elif not isinstance(kind, str) or kind not in _KINDS:
            yield index, each
        elif str(each.get("id")) not in labeled:
            yield index, each | {"type": _KINDS[kind]}


def _outline_of_labels(region: object) -> str | None:
    """Return the kind of outline that a region of labels repeats, None of any other region."""
    if not isinstance(region, dict) or region.get("type") != LABELS:
        return None
    value = region.get("value")
    if not isinstance(value, dict):
        return None
    return next((kind for keys, kind in _KEYS if all(key in value for key in keys)), None)
