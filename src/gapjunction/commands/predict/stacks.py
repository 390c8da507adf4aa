"""Counts the plaques of stacks, each once, where images are slices of some."""

import csv
import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.seen_file import read_seen
from gapjunction.detections import Detections
from gapjunction.files import write_text
from gapjunction.images.slice_names import are_slices, slice_number
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction_folder import PLAQUES_NAME, STACKS_NAME
from gapjunction.stacks.linking import Plaque, Slice, link_slices
from gapjunction.text import counted

logger = logging.getLogger(__name__)

STACK_COLUMNS = (
    *("dataset", "asset", "class", "plaques", "boxes", "slices", "first_slice", "last_slice"),
)
PLAQUE_COLUMNS = (
    *("dataset", "asset", "class", "x_px", "y_px", "z_slice", "x_um", "y_um"),
    *("first_slice", "last_slice", "num_slices", "best_slice", "x0", "y0", "x1", "y1", "score"),
)
MOST_NAMED = 10  # slices

SizeOf = Callable[[ListedImage], float | None]


@dataclass(frozen=True, slots=True)
class StackOfImages:
    """The slices of one stack, each with its number: of an asset, or of a folder.

    Attributes:
        um_per_px: the side of a pixel, where it is known and one for all.
    """

    dataset: str
    asset: str
    slices: dict[int, ImageWithFiles]
    um_per_px: float | None


def write_stacks(
    output: Path,
    done: Sequence[ImageWithFiles],
    rule: CountingRule,
    names: re.Pattern[str],
    size_of: SizeOf,
) -> dict[str, int]:
    """Write stacks.csv and plaques.csv, and return the plaques of each class; of none, nothing.

    What is counted in each slice is linked. `names` tells the slices; `size_of` the side of an
    image's pixels in um.
    """
    stacks = list(_found_stacks(done, names, size_of))
    for name in (STACKS_NAME, PLAQUES_NAME):
        (output / name).unlink(missing_ok=True)
    if not stacks:
        return {}
    totals = dict.fromkeys(rule.config.class_names, 0)
    stack_rows, plaque_rows = [], []
    for stack in stacks:
        found = {number: _counted(own, rule) for number, own in stack.slices.items()}
        plaques = link_slices([Slice(number, own) for number, own in found.items()])
        for label, class_name in enumerate(rule.config.class_names):
            own = [plaque for plaque in plaques if plaque.label == label]
            num_boxes = sum(int((each.labels == label).sum()) for each in found.values())
            about = (len(found), min(found), max(found))
            key = (stack.dataset, stack.asset, class_name)
            stack_rows.append((*key, len(own), num_boxes, *about))
            plaque_rows += [(*key, *_facts(plaque, stack.um_per_px)) for plaque in own]
            totals[class_name] += len(own)
    _write(output / STACKS_NAME, STACK_COLUMNS, stack_rows)
    _write(output / PLAQUES_NAME, PLAQUE_COLUMNS, plaque_rows)
    return totals


def _found_stacks(
    done: Sequence[ImageWithFiles], names: re.Pattern[str], size_of: SizeOf
) -> Iterator[StackOfImages]:
    groups: dict[tuple[str, str, str], list[ImageWithFiles]] = {}
    for image, files in done:
        origin = image.origin
        folder = "" if origin.dataset else str(Path(origin.path).parent)
        groups.setdefault((origin.dataset, origin.asset, folder), []).append((image, files))
    for (dataset, asset, folder), own in groups.items():
        stems = [image.origin.path.stem for image, _ in own]
        if not are_slices(stems, names):
            continue
        shown = asset or Path(folder).name
        numbers = [slice_number(stem, names) or 0 for stem in stems]
        doubled = [number for number, count in Counter(numbers).items() if count > 1]
        if doubled:
            logger.warning(
                "%s: several images are slice %s, so that its plaques are not counted: put each "
                "stack into a folder of its own",
                shown,
                _listed(doubled),
            )
            continue
        _tell_of_gaps(shown, numbers)
        sizes = {size_of(image) for image, _ in own}
        size = sizes.pop() if len(sizes) == 1 else None
        yield StackOfImages(dataset, shown, dict(zip(numbers, own, strict=True)), size)


def _tell_of_gaps(shown: str, numbers: Sequence[int]) -> None:
    missing = sorted(set(range(min(numbers), max(numbers) + 1)).difference(numbers))
    if missing:
        logger.info(
            "%s: no image of %s %s", shown, counted(len(missing), "slice"), _listed(missing)
        )


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:MOST_NAMED]))
    return shown + (", ..." if len(numbers) > MOST_NAMED else "")


def _counted(own: ImageWithFiles, rule: CountingRule) -> Detections:
    """Return what is counted in an image, from the file of what was seen in it."""
    _, files = own
    seen = read_seen(files.seen, files.image_state)
    return Detections.none() if seen is None else rule.counted(seen.detections)


def _facts(plaque: Plaque, um_per_px: float | None) -> tuple[str | float | int, ...]:
    x, y, z = plaque.center
    in_um = ("", "") if um_per_px is None else (round(x * um_per_px, 3), round(y * um_per_px, 3))
    box = [round(float(side), 3) for side in plaque.boxes[plaque.best]]
    numbers = plaque.numbers.tolist()
    return (
        *(round(x, 3), round(y, 3), round(z, 3), *in_um),
        *(numbers[0], numbers[-1], len(numbers), numbers[plaque.best], *box),
        round(float(plaque.scores[plaque.best]), 6),
    )


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_text(path, text.getvalue())
