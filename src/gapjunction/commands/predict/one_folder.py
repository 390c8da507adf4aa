"""Predict images into one folder, and write the tables of all that is in it."""

import logging
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gapjunction.commands.option_names import with_options
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.files import (
    PredictionFiles,
    remove_other_files,
    write_table,
)
from gapjunction.commands.predict.loop import ImageWithFiles, PredictAll, count_anew
from gapjunction.commands.predict.manifest import claim_output, earlier_views
from gapjunction.commands.predict.objects import (
    ImageObjects,
    MeasuredTable,
    measure_all,
    write_measured,
)
from gapjunction.commands.predict.places import Places, remove_places
from gapjunction.commands.predict.regions import write_regions
from gapjunction.commands.predict.result import PredictResult
from gapjunction.commands.predict.seen_file import read_seen
from gapjunction.commands.predict.shared_range import SharedRange, measure_shared
from gapjunction.commands.predict.stack_scales import SizeOf, StackScales
from gapjunction.commands.predict.stacks import find_stacks, write_stacks
from gapjunction.commands.predict.step import Step, look_of
from gapjunction.commands.predict.totals import CountedTotals, write_totals
from gapjunction.commands.predict.unlike import unlike_images
from gapjunction.files import remove_partial_files
from gapjunction.images.slice_names import slice_number
from gapjunction.measurement.object_table import OBJECT_TABLES
from gapjunction.measurement.space import DENSITY, SPACE_TABLES
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.linked_stack import LinkedStack
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.measured_image import Measuring
from gapjunction.prediction.model import Model
from gapjunction.prediction.views import Views, choose_views
from gapjunction.prediction_folder import (
    COUNTS_NAME,
    STACK_TABLES,
    TOTALS_NAME,
    CountRow,
    Manifest,
)
from gapjunction.text import counted

logger = logging.getLogger(__name__)

MEASURED_TABLES = (*OBJECT_TABLES, *SPACE_TABLES)  # by `gapjunction measure`, too


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """With what images are predicted, and what is counted.

    Attributes:
        slice_names: how names tell the slices of a stack.
        predict, predict_slides: predict images here or elsewhere, and those that are read region
            by region.
    """

    model: Model
    rule: CountingRule
    slice_names: re.Pattern[str]
    predict: PredictAll
    predict_slides: PredictAll


@dataclass(frozen=True, slots=True)
class Looks:
    """How images are looked at, as decided of all of them together."""

    views: Views
    shared: SharedRange


def look_at(
    images: Sequence[ListedImage], model: Model, scale: float | None, earlier: Manifest
) -> Looks:
    """Decide how images are looked at, and say so; what an earlier run decided holds.

    Raises:
        ImageError: if no channel of a microscope file stands out.
        ConfigError: if a pixel size is out of all proportion.
    """
    views = choose_views(images, model.viewer, scale, earlier_views(earlier))
    return Looks(views, measure_shared(views.images, earlier.shared_spans or {}))


def predict_into(config: PredictConfig, plan: Plan, looks: Looks, places: Places) -> PredictResult:
    """Predict images into the output of `config`; finished ones of an earlier run are skipped.

    Raises:
        ImageError: if no image can be predicted.
        ConfigError: if the output holds predictions made otherwise.
    """
    model, rule = plan.model, plan.rule
    claim_output(config, model, rule, looks.views, looks.shared)
    remove_partial_files(config.output)
    pairs = [
        (
            image,
            PredictionFiles.of(
                image,
                config.output,
                has_overlay=config.overlays and not image.is_slide,
                has_csv=config.csv,
                has_geojson=config.geojson,
            ),
        )
        for image in looks.views.images
    ]
    waiting = [(image, files) for image, files in pairs if not files.are_complete(rule)]
    if waiting:  # the tables are of the files as they were
        shutil.rmtree(config.output / DENSITY, ignore_errors=True)
        for table in (COUNTS_NAME, TOTALS_NAME, *STACK_TABLES, *MEASURED_TABLES):
            (config.output / table).unlink(missing_ok=True)
    remove_places(config.output)
    scales = StackScales(looks.views.shown_size.verdicts.um_of, config.z_step_um)
    anew = count_anew(waiting, rule, scales.um_of)
    step = Step.of(model, rule)
    look = look_of(looks.views.shown_size, looks.shared)
    slides = [pair for pair in anew.left if pair[0].is_slide]
    others = [pair for pair in anew.left if not pair[0].is_slide]
    failures = anew.failures | plan.predict_slides(slides, step, look)
    failures |= plan.predict(others, step, look)
    step.tell()
    done = [pair for pair in pairs if pair[0].output_name not in failures]
    rows = _write_rows(config.output, done)
    stacks = find_stacks(done, rule, plan.slice_names, scales)
    write_stacks(config.output, stacks)
    linked = [each.linked for each in stacks]
    totals = CountedTotals.of(done, linked)
    write_totals(config.output, totals, model.config)
    if stacks and (sentence := rule.plaque_sentence(is_shipped=model.is_shipped)):
        logger.info(sentence)
    if not done:
        raise next(iter(failures.values()))
    regions = write_regions(config.output, done, stacks, rule, places.regions, scales.um_of)
    objects, told = _write_objects(config, done, plan, places, scales.um_of)
    return PredictResult(
        config.output,
        num_images=len(done),
        num_skipped=len(pairs) - len(waiting),
        num_counted_anew=anew.num_counted,
        totals=_totals(rows, model.config.class_names),
        estimates=totals,
        plaques=_plaque_totals(linked, model.config.class_names),
        places=tuple(filter(None, (regions, *told))),
        objects=objects,
        unlike=unlike_images(rows),
        failures=tuple(with_options(error, PredictConfig) for error in failures.values()),
    )


def _write_rows(output: Path, done: Sequence[ImageWithFiles]) -> list[CountRow]:
    """Write the table of counts, and remove the files of images that are not in it."""
    num_removed = remove_other_files(output, {image.output_name for image, _ in done})
    if num_removed:
        logger.info(
            "removed the files of %s, which are gone or unreadable", counted(num_removed, "image")
        )
    return write_table(output, done)


def _write_objects(
    config: PredictConfig,
    done: Sequence[ImageWithFiles],
    plan: Plan,
    places: Places,
    um_of: SizeOf,
) -> tuple[MeasuredTable | None, tuple[str, ...]]:
    """Write what is asked for of the counted objects; return their table, and lines on places."""
    if not (config.objects or places.tell_of_objects):
        return None, ()
    rule, class_names = plan.rule, plan.rule.config.class_names
    images = [
        ImageObjects(
            image,
            rule.counted(seen.detections),
            (seen.height, seen.width),
            um_of(image),
            slice_number(image.origin.path.stem, plan.slice_names),
        )
        for image, files in done
        if (seen := read_seen(files.seen, files.image_state)) is not None
    ]
    pictured = {image.output_name for image, files in done if files.has_overlay}
    lines = places.write(config.output, images, class_names, pictured)
    if not config.objects:
        return None, lines
    measure, formats = partial(measure_all, Measuring(class_names)), config.objects
    return write_measured(config.output, images, measure, formats, places.of_objects), lines


def _totals(rows: Sequence[CountRow], class_names: Sequence[str]) -> dict[str, int]:
    totals = dict.fromkeys(class_names, 0)
    for row in rows:
        totals[row.class_name] += row.num_objects
    return totals


def _plaque_totals(stacks: Sequence[LinkedStack], class_names: Sequence[str]) -> dict[str, int]:
    if not stacks:
        return {}
    return {name: sum(own.estimates[name].count for own in stacks) for name in class_names}
