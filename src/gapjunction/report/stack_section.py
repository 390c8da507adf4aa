"""The part of a report that tells how many plaques stacks hold, each counted once."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from gapjunction.benchmark.predicted_stacks import PredictedStack
from gapjunction.prediction_folder import STACK_OVERLAYS
from gapjunction.report.embedded_pictures import JPEG_QUALITY, MAX_SIDE_PX, picture_of_figure
from gapjunction.report.html_page import PagePicture, Paragraph, Section, Table
from gapjunction.report.stack_overlays import stack_overlay_name
from gapjunction.report.tables import NO_VALUE

WIDTH_INCHES, INCHES_PER_STACK, INCHES_OF_AXIS = 6.5, 0.28, 0.9
DOTS_PER_INCH = 130


def stack_section(
    stacks: Sequence[PredictedStack], predictions: Path, most_pictures: int
) -> Section:
    """Return the plaques of each stack as a table and a figure, and stacks from above.

    Pictures are those of `gapjunction predict --overlays`, the first `most_pictures` stacks'.
    """
    if not stacks:
        return Section("Plaques of stacks", [])
    return Section(
        "Plaques of stacks",
        [
            Paragraph(
                "Boxes are linked through the slices of each stack, so that a plaque counts once. "
                "Counts of images and comparisons with annotations are of boxes, which a plaque "
                "has in each slice that shows it."
            ),
            _table(stacks),
            picture_of_figure(
                stack_figure(stacks), "Plaques of each stack, with the interval", "stacks"
            ),
            *_pictures(stacks, predictions, most_pictures),
        ],
    )


def stack_figure(stacks: Sequence[PredictedStack]) -> Figure:
    """Draw the number of plaques of each stack, the first on top, and its interval."""
    height = INCHES_OF_AXIS + INCHES_PER_STACK * len(stacks)
    figure = Figure(figsize=(WIDTH_INCHES, height), dpi=DOTS_PER_INCH, layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(stacks))[::-1]
    axes.hlines(places, [each.low for each in stacks], [each.high for each in stacks], "#767676")
    axes.plot([each.num_plaques for each in stacks], places, "o", color="#0072B2")
    axes.set_yticks(places, [_shown_name(each, stacks) for each in stacks], parse_math=False)
    axes.set_xlim(left=0)
    axes.set_xlabel("plaques of the stack")
    return figure


def _table(stacks: Sequence[PredictedStack]) -> Table:
    rows = [
        [
            each.name.dataset,
            each.name.asset,
            each.class_name,
            str(each.num_plaques),
            f"{each.low} to {each.high}",
            str(each.num_boxes),
            str(each.num_slices),
            _density(each.per_mm2),
            _density(each.per_mm3),
        ]
        for each in stacks
    ]
    header = ["dataset", "stack", "class", "plaques", "interval", "boxes", "slices"]
    header += ["per mm\N{SUPERSCRIPT TWO}", "per mm\N{SUPERSCRIPT THREE}"]
    return Table("Plaques of each stack", header, rows, first_number=3)


def _density(value: float | None) -> str:
    return NO_VALUE if value is None else f"{value:,.0f}"


def _shown_name(stack: PredictedStack, stacks: Sequence[PredictedStack]) -> str:
    """Return the name of a stack, with its class where there are several."""
    one_class = len({each.class_name for each in stacks}) == 1
    return str(stack.name) if one_class else f"{stack.name}, {stack.class_name}"


def _pictures(
    stacks: Sequence[PredictedStack], predictions: Path, most: int
) -> Iterator[PagePicture]:
    for name in list(dict.fromkeys(each.name for each in stacks))[:most]:
        path = predictions / STACK_OVERLAYS / stack_overlay_name(name.dataset, name.asset)
        if path.is_file():
            yield _picture(path, str(name))


def _picture(path: Path, name: str) -> PagePicture:
    content = io.BytesIO()
    with Image.open(path) as picture:
        picture.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX))
        picture.convert("RGB").save(content, format="JPEG", quality=JPEG_QUALITY, subsampling=0)
    caption = f"{name} from above, the color telling the slice, with a box around each plaque"
    alternative = f"Maximum projection of the stack {name}, colored by depth"
    return PagePicture(caption, alternative, "image/jpeg", content.getvalue(), is_half=True)
