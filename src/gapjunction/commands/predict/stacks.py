"""Counts the plaques of stacks, each once, where images are slices of some."""

import logging
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.seen_file import SeenInImage, read_seen
from gapjunction.commands.predict.stack_scales import StackScales
from gapjunction.csv_tables import write_csv
from gapjunction.detections import Detections
from gapjunction.files import written_whole
from gapjunction.images.slice_names import FEWEST_SLICES, slice_number
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.linked_stack import PLAQUE_COLUMNS, STACK_COLUMNS, LinkedStack
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.seen_plaques import SeenPlaques
from gapjunction.prediction_folder import (
    PLAQUE_BOXES_NAME,
    PLAQUES_NAME,
    PREDICTED_PLAQUES,
    STACK_OVERLAYS,
    STACK_TABLES,
    STACKS_NAME,
)
from gapjunction.report.stack_overlays import project, stack_overlay, stack_overlay_name
from gapjunction.stacks.linking import MOST_MISSED
from gapjunction.terminal import tracked
from gapjunction.text import counted

logger = logging.getLogger(__name__)

MOST_NAMED = 10  # slices or images


@dataclass(frozen=True, slots=True)
class StackOfImages:
    """The slices of one stack, each with its number: of an asset, or of a folder."""

    dataset: str
    asset: str
    slices: dict[int, ImageWithFiles]


@dataclass(frozen=True, slots=True, eq=False)
class FoundStack:
    """A stack of images, the plaques that were linked in it, and all that are seen in it."""

    images: StackOfImages
    linked: LinkedStack
    seen: SeenPlaques

    def slice_numbers(self) -> list[tuple[str, int]]:
        """Return the name of each image that is a slice, and its number."""
        slices = self.images.slices.items()
        return [(image.output_name, number) for number, (image, _) in slices]


def find_stacks(
    done: Sequence[ImageWithFiles],
    rule: CountingRule,
    names: re.Pattern[str],
    scales: StackScales,
) -> list[FoundStack]:
    """Return the stacks that images are slices of, which `names` tells, with their plaques."""
    stacks = list(_stacks_among(done, names))
    linking = tracked(stacks, "Linking", len(stacks)) if stacks else ()
    return [_found(stack, rule, scales) for stack in linking]


def write_stacks(output: Path, stacks: Sequence[FoundStack]) -> None:
    """Write the tables of stacks; without stacks, nothing is written."""
    for name in STACK_TABLES:
        (output / name).unlink(missing_ok=True)
    shutil.rmtree(output / STACK_OVERLAYS, ignore_errors=True)
    if not stacks:
        return
    for each in stacks:
        if all(files.has_overlay for _, files in each.images.slices.values()):
            _write_overlay(each.images, each.linked, output / STACK_OVERLAYS)
    linked = [each.linked for each in stacks]
    stack_rows = [row for each in linked for row in each.stack_rows()]
    plaque_rows = [row for each in linked for row in each.plaque_rows()]
    write_csv(output / STACKS_NAME, [STACK_COLUMNS, *stack_rows])
    write_csv(output / PLAQUES_NAME, [PLAQUE_COLUMNS, *plaque_rows])
    boxes = (plaque for each in linked for plaque in each.tabled_plaques())
    PREDICTED_PLAQUES.write(output / PLAQUE_BOXES_NAME, boxes)


def _found(stack: StackOfImages, rule: CountingRule, scales: StackScales) -> FoundStack:
    """Return a stack with its plaques, from the files of what was seen in its slices."""
    everything = {
        number: read_seen(files.seen, files.image_state) or SeenInImage(Detections.none(), 0, 0, 0)
        for number, (_, files) in stack.slices.items()
    }
    linked, plaques = LinkedStack.of(
        (stack.dataset, stack.asset),
        tuple(image.output_name for image, _ in stack.slices.values()),
        {number: (seen.detections, seen.num_spots) for number, seen in everything.items()},
        rule,
        scales.of(
            [image for image, _ in stack.slices.values()],
            [(seen.height, seen.width) for seen in everything.values()],
        ),
    )
    return FoundStack(stack, linked, plaques)


def _write_overlay(stack: StackOfImages, linked: LinkedStack, folder: Path) -> None:
    """Write the stack from above with its plaques; slices of several sizes have no such picture."""
    if linked.extent.size_px is None:
        return
    slices = ((number, image.picture.read()) for number, (image, _) in stack.slices.items())
    picture = stack_overlay(project(slices), linked.counted.plaques, linked.extent.um_per_px)
    with written_whole(folder / stack_overlay_name(stack.dataset, stack.asset)) as partial:
        picture.save(partial)


def _stacks_among(
    done: Sequence[ImageWithFiles], names: re.Pattern[str]
) -> Iterator[StackOfImages]:
    groups: dict[tuple[str, str, str], list[ImageWithFiles]] = {}
    for pair in done:
        image, _ = pair
        origin = image.origin
        folder = "" if origin.dataset else str(origin.path.parent.absolute())
        place = folder if image.slice_number is None else image.stack
        groups.setdefault((origin.dataset, origin.asset, place), []).append(pair)
    folders = {place for (_, asset, place), own in groups.items() if _is_folder(asset, own)}
    name_of = _names_of_folders(sorted(folders))
    for (dataset, asset, place), own in groups.items():
        numbers = {image.output_name: _number_of(image, names) for image, _ in own}
        is_of_file = own[0][0].slice_number is not None
        shown = place if is_of_file else asset or name_of[place]
        given = [number for number in numbers.values() if number is not None]
        if _is_stack(shown, numbers, given):
            _tell_of_gaps(shown, given)
            yield StackOfImages(dataset, shown, dict(zip(given, own, strict=True)))


def _is_folder(asset: str, images: Sequence[ImageWithFiles]) -> bool:
    """Tell whether images are of a folder, neither of one file nor of an asset."""
    return not asset and images[0][0].slice_number is None


def _names_of_folders(places: Sequence[str]) -> dict[str, str]:
    """Return what stacks in folders are called: as the folder or, of several such, as its path."""
    alike: dict[str, list[str]] = {}
    for place in places:
        alike.setdefault(Path(place).name, []).append(place)
    names = {}
    for name, own in alike.items():
        common = os.path.commonpath(own)
        for place in own:
            parts = Path(place).relative_to(common).parts
            names[place] = name if len(own) == 1 else "__".join(parts)
    return names


def _is_stack(shown: str, numbers: Mapping[str, int | None], given: Sequence[int]) -> bool:
    """Tell whether images, by name, are the slices of a stack; say why not, if some are slices."""
    if len(given) < FEWEST_SLICES:
        return False
    doubled = [number for number, count in Counter(given).items() if count > 1]
    others = [name for name, number in numbers.items() if number is None]
    if doubled:
        logger.warning(
            "%s: several images are slice %s, so that its plaques are not counted: put each stack "
            "into a folder of its own",
            shown,
            _listed(doubled),
        )
    elif others:
        logger.warning(
            "%s: %s of no slice (%s) beside %s, so that its plaques are not counted: put the "
            "stack into a folder of its own",
            shown,
            counted(len(others), "image"),
            _listed(others),
            counted(len(given), "slice"),
        )
    return not doubled and not others


def _number_of(image: ListedImage, names: re.Pattern[str]) -> int | None:
    """Return which slice an image is, as its file or its name tells; None if it is none."""
    if image.slice_number is not None:
        return image.slice_number
    return slice_number(image.origin.path.stem, names)


def _tell_of_gaps(shown: str, numbers: Sequence[int]) -> None:
    nearest = min(later - number for number, later in pairwise(sorted(numbers)))
    if nearest > 1 + MOST_MISSED:
        logger.warning(
            "%s: the numbers of its slices rise by %d or more, so that a plaque in several of them "
            "counts in each; number them 1, 2, 3 if nothing lies between them",
            shown,
            nearest,
        )
        return
    missing = sorted(set(range(min(numbers), max(numbers) + 1)).difference(numbers))
    if missing:
        logger.info(
            "%s: no image of %s %s", shown, counted(len(missing), "slice"), _listed(missing)
        )


def _listed(items: Sequence[int | str]) -> str:
    shown = ", ".join(map(str, items[:MOST_NAMED]))
    return shown + (", ..." if len(items) > MOST_NAMED else "")
