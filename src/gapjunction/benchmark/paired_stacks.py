"""Stacks whose slices both sides have, with the plaques of either.

The boxes of either side are linked through the slices that both have, so that a slice which only
one side has costs neither anything. Where an asset has a file of its true plaques, as simulated
stacks have, these are the truth instead, and where a prediction reports plaques, these are what
was found; both as far as they lie in these slices.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gapjunction.benchmark.asset_groups import AssetGroups, AssetName
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.benchmark.pairing import listed
from gapjunction.benchmark.predicted_plaques import NONE_REPORTED, Reported
from gapjunction.boxes import as_boxes
from gapjunction.dataset.true_plaques import TruePlaque, read_true_plaques
from gapjunction.errors import BenchmarkError
from gapjunction.images.slice_names import are_slices, slice_number
from gapjunction.metrics.stacked_detections import StackedDetections
from gapjunction.metrics.stacked_plaques import StackedPlaques
from gapjunction.plaque_table import TabledPlaque
from gapjunction.stacks.linking import Plaque, Slice, link_slices

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class KnownPlaques:
    """What is known of stacks beside boxes, by their names.

    Attributes:
        given: the file of true plaques.
        reported: the plaques that a prediction reports.
    """

    given: Mapping[str, Path]
    reported: Reported


@dataclass(frozen=True, slots=True, eq=False)
class PairedStack:
    """The plaques of one stack on both sides, in the slices that both have.

    Attributes:
        name: the asset.
        numbers: of the slices, rising.
        truth, found: their labels count in the class names of both sides.
        is_given: whether the truth is the asset's file of true plaques, and no linked boxes.
        is_reported: whether the prediction reports the plaques that were found.
    """

    name: str
    numbers: tuple[int, ...]
    truth: StackedPlaques
    found: StackedPlaques
    is_given: bool
    is_reported: bool = False


def pair_stacks(
    paired: PairedDetections,
    groups: AssetGroups,
    threshold: float | None,
    names: re.Pattern[str],
    ground_truth_dir: Path,
    reported: Reported = NONE_REPORTED,
) -> tuple[PairedStack, ...]:
    """Return the assets that are stacks, by name, with the plaques of both sides.

    What was found are the `reported` plaques. Of assets that are not among them, found boxes are
    linked, which count from the score `threshold` on, all of them if it is None. `names` tells
    the slices. Assets that are no stack are logged, and so are slices that one side alone has.

    Raises:
        BenchmarkError: if no asset is a stack.
    """
    stacks, others = [], []
    known = KnownPlaques(
        {str(asset): path for asset, path in paired.true_plaques.items()}, reported
    )
    for name, rows in groups.images_of_assets().items():
        numbers = _slice_numbers(paired, rows.tolist(), names)
        if not numbers:
            others.append(name)
            continue
        stacks.append(_pair_stack(paired, name, numbers, threshold, known))
    if not stacks:
        raise _no_stacks(ground_truth_dir, paired, groups)
    if others:
        logger.warning(
            "%s: the images that both sides have are no slices of one stack, and they are left "
            "out; a stack has at least two slices, each with a number of its own in its name",
            listed(others),
        )
    _tell_left_out(paired.left_out, {*others, *(each.name for each in stacks)}, names)
    return tuple(stacks)


def _slice_numbers(
    paired: PairedDetections, images: Sequence[int], names: re.Pattern[str]
) -> dict[int, int]:
    """Return the image of each slice by its number, rising; nothing if they are no one stack."""
    stems = [_stem_of(paired, image) for image in images]
    numbers = {
        slice_number(stem, names) or 0: image for stem, image in zip(stems, images, strict=True)
    }
    is_stack = are_slices(stems, names) and len(numbers) == len(images)
    return dict(sorted(numbers.items())) if is_stack else {}


def _stem_of(paired: PairedDetections, image: int) -> str:
    """Return the name of the image file; other names may hold those of dataset and asset, too."""
    name = paired.stems[image]
    path = paired.image_paths.get(name)
    return name if path is None else path.stem


def _pair_stack(
    paired: PairedDetections,
    name: str,
    image_of: Mapping[int, int],
    threshold: float | None,
    known: KnownPlaques,
) -> PairedStack:
    numbers = tuple(image_of)
    given, reported = known.given.get(name), known.reported.get(name)
    if given is None:
        truth = link_slices([Slice(n, paired.truth[image]) for n, image in image_of.items()])
    else:
        truth = _read_given(given, paired.class_names, numbers)
        if not truth and any(len(paired.truth[index]) for index in image_of.values()):
            raise _unfit(given, numbers)
    if reported is None:
        found = link_slices(
            [
                Slice(n, paired.found[image].scored_at_least(threshold or 0.0))
                for n, image in image_of.items()
            ]
        )
    else:
        found = _in_slices(reported, paired.class_names, numbers)
    return PairedStack(
        name,
        numbers,
        stacked_plaques(truth, numbers),
        stacked_plaques(found, numbers),
        is_given=given is not None,
        is_reported=reported is not None,
    )


def _read_given(path: Path, class_names: Sequence[str], numbers: Sequence[int]) -> list[Plaque]:
    """Read true plaques, as far as they lie in the slices with these numbers.

    Raises:
        BenchmarkError: if one is of a class that nobody annotated there.
        DatasetError: if the file cannot be read.
    """
    plaques = [each for each in read_true_plaques(path) if np.isin(each.numbers, numbers).any()]
    for each in plaques:
        if each.class_name not in class_names:
            raise BenchmarkError(
                path,
                item=each.class_name,
                expected=f"classes that are annotated: {', '.join(class_names)}",
                found="another one",
                fix="simulate the stack again, or remove the file",
            )
    return _in_slices(plaques, class_names, numbers)


def _in_slices(
    plaques: Iterable[TruePlaque | TabledPlaque],
    class_names: Sequence[str],
    numbers: Sequence[int],
) -> list[Plaque]:
    """Return plaques of these classes, as far as they lie in the slices with these numbers."""
    chosen = []
    for each in plaques:
        is_compared = np.isin(each.numbers, numbers)
        if is_compared.any() and each.class_name in class_names:
            scores = np.ones(int(is_compared.sum()), np.float32)
            label = class_names.index(each.class_name)
            boxes = each.boxes[is_compared]
            chosen.append(Plaque(label, each.numbers[is_compared], boxes, scores))
    return chosen


def _unfit(path: Path, numbers: Sequence[int]) -> BenchmarkError:
    return BenchmarkError(
        path,
        expected=f"plaques in the compared slices, {numbers[0]} to {numbers[-1]}, where boxes are",
        found="none",
        fix="state the rule by which its slices are numbered, simulate the stack again, or remove "
        "the file",
        settings=("slice_names",),
    )


def stacked_plaques(plaques: Sequence[Plaque], numbers: Sequence[int]) -> StackedPlaques:
    """Return plaques of the slices with these numbers (rising), with slices numbered from 0."""
    counts = [len(each.numbers) for each in plaques]
    boxes = StackedDetections(
        as_boxes([box for each in plaques for box in each.boxes]),
        np.array([score for each in plaques for score in each.scores], np.float32),
        np.repeat(np.array([each.label for each in plaques], np.int64), counts),
        np.searchsorted(numbers, [number for each in plaques for number in each.numbers]),
        len(numbers),
    )
    return StackedPlaques.of(boxes, np.repeat(np.arange(len(plaques)), counts))


def _tell_left_out(
    left_out: Mapping[str, AssetName], on_both: set[str], names: re.Pattern[str]
) -> None:
    """Log the slices that one side alone has, and the assets that have none in common."""
    slices: dict[str, list[str]] = {}
    for image, asset in left_out.items():
        number = slice_number(image, names)
        slices.setdefault(str(asset), []).append(image if number is None else str(number))
    for name in sorted(slices.keys() & on_both):
        shown = listed(sorted(slices[name], key=lambda each: (len(each), each)))
        logger.info("%s: only one side has slices %s, which are not compared", name, shown)
    if alone := sorted(slices.keys() - on_both):
        logger.info("Only one side has boxes of %s, which are not compared", listed(alone))


def _no_stacks(
    ground_truth_dir: Path, paired: PairedDetections, groups: AssetGroups
) -> BenchmarkError:
    if not groups.is_known:
        return BenchmarkError(
            ground_truth_dir,
            expected="a dataset, each asset of which is a stack",
            found="files of which nothing tells the stack",
            fix="give the dataset, or name the asset of each image in a CSV file",
            settings=("groups_file",),
        )
    return BenchmarkError(
        ground_truth_dir,
        expected="assets whose images are slices, with numbers in their names as in _Z47_",
        found=f"{listed(sorted(paired.stems))}",
        fix=r"state the rule of their names as in 'plane(\d+)', or compare single images with "
        "`gapjunction benchmark counts`",
        settings=("slice_names",),
    )
