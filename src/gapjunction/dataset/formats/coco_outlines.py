"""Boxes around COCO's outlines, for objects that come without a box."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Annotated, NoReturn

from pydantic import Field

from gapjunction.dataset.formats.json_records import Number, Record, Whole, parse
from gapjunction.dataset.formats.shapes import Box
from gapjunction.errors import DatasetError

FEWEST_NUMBERS = 6  # of an outline: three corners
_FIRST, _BITS, _MORE, _SIGN = 48, 5, 0x20, 0x10  # of the letters of packed runs


class _Polygons(Record):
    polygons: list[Annotated[list[Number], Field(min_length=FEWEST_NUMBERS)]]


class _Mask(Record):
    """Runs of background and object by turns, down one column after the other."""

    counts: list[Whole] | str
    size: Annotated[list[Whole], Field(min_length=2, max_length=2)]  # height, width


def box_of_outline(segmentation: object, size: tuple[int, int], file: Path, item: str) -> Box:
    """Return the box around polygons (x, y, x, y, ...) or a mask (RLE, packed or not), in px.

    `size` is the height and width of the image.

    Raises:
        DatasetError: if it is neither, marks nothing, or is a mask of another size.
    """
    if isinstance(segmentation, dict):
        mask = parse(_Mask, segmentation, file, item)
        if tuple(mask.size) != size:
            expected = f"a mask of the image's size, {size[0]} x {size[1]} (height, width)"
            _refuse(expected, f"{mask.size[0]} x {mask.size[1]}", file, item)
        runs = list(_unpacked(mask.counts)) if isinstance(mask.counts, str) else mask.counts
        return _box_of_runs(runs, size, file, item)
    if not isinstance(segmentation, list) or not segmentation:
        _refuse("a bbox or an outline (segmentation)", "neither", file, item)
    polygons = segmentation if isinstance(segmentation[0], list) else [segmentation]
    found = parse(_Polygons, {"polygons": polygons}, file, item).polygons
    if any(len(each) % 2 for each in found):
        _refuse("x, y pairs in segmentation", "an odd number of values", file, item)
    columns = [value for each in found for value in each[0::2]]
    rows = [value for each in found for value in each[1::2]]
    return min(columns), min(rows), max(columns), max(rows)


def _box_of_runs(runs: Sequence[int], size: tuple[int, int], file: Path, item: str) -> Box:
    height, width = size
    ends = list(accumulate(runs))
    pieces = [
        (start, end) for start, end in zip(ends[0::2], ends[1::2], strict=False) if end > start
    ]
    if height < 1 or not pieces or min(runs) < 0:
        _refuse("a mask with pixels in it", "none", file, item)
    if ends[-1] > height * width:
        _refuse(f"runs of {height * width:,} pixels", f"{ends[-1]:,}", file, item)
    left, right = pieces[0][0] // height, (pieces[-1][1] - 1) // height + 1
    is_over_columns = [start // height != (end - 1) // height for start, end in pieces]
    if any(is_over_columns):
        return left, 0, right, height
    top = min(start % height for start, _ in pieces)
    bottom = max((end - 1) % height for _, end in pieces) + 1
    return left, top, right, bottom


def _unpacked(text: str) -> Iterator[int]:
    """Yield the runs that pycocotools packs: five bits a letter, from the third on as differences.

    See rleFrString in cocoapi/common/maskApi.c.
    """
    runs: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - _FIRST
        value |= (bits & (_MORE - 1)) << shift
        shift += _BITS
        if bits & _MORE:
            continue
        if bits & _SIGN:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))  # noqa: PLR2004 - see above
        value = shift = 0
    yield from runs


def _refuse(expected: str, found: str, file: Path, item: str) -> NoReturn:
    fix = "delete the object, or export the file again"
    raise DatasetError(file, item=item, expected=expected, found=found, fix=fix)
