"""Predict more images than memory holds: part by part, each a prediction of its own in a folder.

A part that is finished is known by one file, so that going on after a million images takes as
long as listing them.
"""

import csv
import heapq
import logging
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import itemgetter
from pathlib import Path

from gapjunction.commands.option_names import with_options
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.file_list import list_files
from gapjunction.commands.predict.file_tree import NUM_PARTS, FoundFile, Listing
from gapjunction.commands.predict.finished_part import (
    FINISHED_NAME,
    FinishedPart,
    added,
    digest_of,
    read_finished,
    write_finished,
)
from gapjunction.commands.predict.image_selection import ImageSelection
from gapjunction.commands.predict.manifest import claim_output, read_earlier
from gapjunction.commands.predict.one_folder import Looks, Plan, look_at, predict_into
from gapjunction.commands.predict.places import Places
from gapjunction.commands.predict.result import PredictResult
from gapjunction.commands.predict.shared_range import SharedRange
from gapjunction.commands.predict.slides import refuse_whole_images
from gapjunction.commands.predict.totals import TOTAL_COLUMNS, Level, Row, Total
from gapjunction.count_intervals import EstimateSums
from gapjunction.csv_tables import join_csv, write_csv
from gapjunction.errors import ConfigError, ImageError
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.shown_size import SizeVerdicts
from gapjunction.prediction_folder import COUNTS_NAME, STACK_TABLES, TOTALS_NAME, Manifest
from gapjunction.text import counted

logger = logging.getLogger(__name__)

PARTS = "parts"  # a folder
JOINED = (COUNTS_NAME, TOTALS_NAME)  # beside those of stacks, where there are some
NOT_IN_PARTS = ("roi", "cells")  # files of images, which are looked for among all of them


@dataclass(slots=True)
class _Sum:
    """What was found in all parts so far."""

    num_images: int = 0
    num_skipped: int = 0
    num_counted_anew: int = 0
    num_worked_on: int = 0
    totals: Counter[str] = field(default_factory=Counter)
    plaques: Counter[str] = field(default_factory=Counter)
    images: dict[str, EstimateSums] = field(default_factory=dict)
    stacks: dict[str, EstimateSums] = field(default_factory=dict)
    slices: Counter[str] = field(default_factory=Counter)
    unlike: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    first_error: ImageError | None = None

    def add(self, part: FinishedPart) -> None:
        self.num_images += part.num_images
        self.totals.update(part.totals)
        self.plaques.update(part.plaques)
        self.images = added(self.images, part.images)
        self.stacks = added(self.stacks, part.stacks)
        self.slices.update(part.slices)
        self.unlike += part.unlike

    def add_predicted(self, part: FinishedPart, result: PredictResult) -> None:
        self.add(part)
        self.num_worked_on += 1
        self.num_skipped += result.num_skipped
        self.num_counted_anew += result.num_counted_anew
        self.failures += result.failures

    def add_failed(self, error: ImageError, num_files: int) -> None:
        self.num_worked_on += 1
        self.first_error = self.first_error or error
        self.failures.append(_of_all(error, num_files))

    def result(self, output: Path, class_names: Sequence[str], num_parts: int) -> PredictResult:
        return PredictResult(
            output,
            num_images=self.num_images,
            num_skipped=self.num_skipped,
            num_counted_anew=self.num_counted_anew,
            totals={name: self.totals[name] for name in class_names},
            boxes=f"{output / PARTS}, {counted(num_parts, 'folder')}",
            plaques=dict(self.plaques),
            unlike=tuple(self.unlike),
            failures=tuple(self.failures),
        )


def require_possible_in_parts(config: PredictConfig) -> None:
    """Refuse what needs all images at once.

    Raises:
        ConfigError: naming the setting.
    """
    for name in NOT_IN_PARTS:
        if getattr(config, name) is not None:
            raise ConfigError(
                config.input,
                expected="fewer images for regions or cells, which are files of images as well",
                found="more than are predicted at a time",
                fix="predict folders of fewer images one by one",
                settings=(name,),
            )


def predict_in_parts(
    config: PredictConfig, plan: Plan, listing: Listing, wanted: ImageSelection
) -> PredictResult:
    """Predict the files of a listing into folders in the output; finished parts are skipped.

    Raises:
        ImageError: if no image can be predicted.
        ConfigError: if the output holds predictions made otherwise.
    """
    found, numbers = _Sum(), listing.numbers
    _remove_other_parts(config.output / PARTS, set(numbers))
    for place, (number, files) in enumerate(listing.parts(), start=1):
        own = config.but(output=config.output / PARTS / _name(number))
        made_from = digest_of(files, config, plan.rule, plan.model.version)
        known = read_finished(own.output, made_from)
        if known is not None:
            found.add(known)
            found.num_skipped += known.num_images
            continue
        logger.info("part %d of %d: %s", place, len(numbers), counted(len(files), "file"))
        _forget_tables(config.output, own.output)
        try:
            result = _predict_part(config, own, plan, files, wanted)
        except ImageError as error:
            found.add_failed(error, len(files))
        else:
            part = FinishedPart.of(made_from, result)
            found.add_predicted(part, result)
            if not result.failures:
                write_finished(own.output, part)
    if found.first_error is not None and not found.num_images:
        raise found.first_error
    _write_joined(config.output, plan, found, numbers)
    return found.result(config.output, plan.model.config.class_names, len(numbers))


def _predict_part(
    config: PredictConfig,
    own: PredictConfig,
    plan: Plan,
    files: list[FoundFile],
    wanted: ImageSelection,
) -> PredictResult:
    """Predict a part; what was decided of images of other parts holds for it as well."""
    images = list_files(config.input, files, wanted)
    refuse_whole_images(config, images)
    earlier = read_earlier(config.output)
    looks = look_at(images, plan.model, config.scale, earlier)
    together = _together(looks, earlier)
    claim_output(config, plan.model, plan.rule, together.views, together.shared)
    return predict_into(own, plan, looks, Places.of(config, images))


def _together(looks: Looks, earlier: Manifest) -> Looks:
    """Return what is decided of the images of a part and of all parts before."""
    sizes, views = earlier.pixel_sizes, looks.views
    verdicts = views.shown_size.verdicts
    if sizes is not None:
        verdicts = SizeVerdicts(
            verdicts.believed_um | frozenset(sizes.believed_um),
            {**sizes.doubted_um, **verdicts.reason_of_doubt},
        )
    channels = {**(earlier.found_channels or {}), **views.channels}
    shown_size = replace(views.shown_size, verdicts=verdicts)
    no_images: list[ListedImage] = []
    return Looks(
        replace(views, images=no_images, shown_size=shown_size, channels=channels),
        SharedRange({**(earlier.shared_spans or {}), **looks.shared.spans}),
    )


def _write_joined(output: Path, plan: Plan, found: _Sum, numbers: list[int]) -> None:
    """Write the tables of all parts, unless none of them changed."""
    if not found.num_worked_on and all((output / name).is_file() for name in JOINED):
        return
    folders = [output / PARTS / _name(number) for number in numbers]
    written = [each for each in folders if (each / COUNTS_NAME).is_file()]
    join_csv(output / COUNTS_NAME, [each / COUNTS_NAME for each in written], "image")
    for name in STACK_TABLES:
        tables = [each / name for each in written if (each / name).is_file()]
        if tables:
            join_csv(output / name, tables, "asset")
    stacks = [_stack_rows(each / TOTALS_NAME) for each in written]
    in_order = heapq.merge(*stacks, key=itemgetter(TOTAL_COLUMNS.index("asset")))
    rows = chain([TOTAL_COLUMNS], _image_totals(plan, found), in_order, _stack_totals(plan, found))
    write_csv(output / TOTALS_NAME, rows)


def _stack_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of the stacks of a part."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["level"] == "asset" and row["counted"] == "plaques":
                yield tuple(row[name] for name in TOTAL_COLUMNS)


def _image_totals(plan: Plan, found: _Sum) -> Iterator[Row]:
    """Yield the totals of all images that are no slices, which are one asset."""
    reach = plan.model.config.calibration.known_reach
    levels: tuple[Level, ...] = ("asset", "all")
    for level in levels:
        for name, sums in found.images.items():
            total = sums.total(0.0) if sums.num == 1 else reach.total_of_sums(sums)
            yield Total("", "", name, "objects", 1, sums.num, total).row(level)


def _stack_totals(plan: Plan, found: _Sum) -> Iterator[Row]:
    """Yield the totals of all stacks."""
    config = plan.model.config
    plaques = config.calibration if config.plaques is None else config.plaques.calibration
    for name, sums in found.stacks.items():
        total = sums.total(plaques.known_reach.between_animals)
        yield Total("", "", name, "plaques", sums.num, found.slices[name], total).row("all")


def _of_all(error: ImageError, num_files: int) -> str:
    line = with_options(error, PredictConfig)
    return line if num_files == 1 else f"{line}; none of the {num_files:,} files of its part can"


def _forget_tables(output: Path, part: Path) -> None:
    """Delete what is of the parts as they were."""
    for path in (part / FINISHED_NAME, *(output / name for name in (*JOINED, *STACK_TABLES))):
        path.unlink(missing_ok=True)


def _remove_other_parts(folder: Path, numbers: set[int]) -> None:
    """Delete the parts that have no images any more."""
    for number in set(range(NUM_PARTS)) - numbers:
        if (folder / _name(number)).is_dir():
            _forget_tables(folder.parent, folder / _name(number))
            shutil.rmtree(folder / _name(number))


def _name(number: int) -> str:
    return f"{number:02x}"
