"""`gapjunction predict`: find and count the objects of many images."""

import logging
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from gapjunction.commands.option_names import with_options
from gapjunction.commands.options import plane_choice
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.files import (
    PredictionFiles,
    remove_other_files,
    write_table,
)
from gapjunction.commands.predict.images import ImageSelection, list_images
from gapjunction.commands.predict.loop import ImageWithFiles, Step, count_anew, predict_all
from gapjunction.commands.predict.manifest import (
    claim_output,
    earlier_views,
    read_earlier,
)
from gapjunction.commands.predict.objects import ImageObjects, MeasuredTable, write_measured
from gapjunction.commands.predict.places import PLACE_TABLES, Places
from gapjunction.commands.predict.seen_file import read_seen
from gapjunction.commands.predict.shared_range import measure_shared
from gapjunction.commands.predict.slides import predict_slides, refuse_whole_images
from gapjunction.commands.predict.stack_tables import LinkedStack, SizeOf, StackScales
from gapjunction.commands.predict.stacks import find_stacks, write_stacks
from gapjunction.commands.predict.totals import write_totals
from gapjunction.commands.predict.unlike import unlike_images, unlike_sentence
from gapjunction.errors import ConfigError
from gapjunction.images.plane_choice import ALL_CHANNELS
from gapjunction.images.region import Region
from gapjunction.images.slice_names import slice_number, slice_rule
from gapjunction.locks import alone_in
from gapjunction.measurement.object_table import OBJECT_TABLES, require_packages
from gapjunction.measurement.space import DENSITY, SPACE_TABLES
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.measured_image import Measuring
from gapjunction.prediction.model import Model
from gapjunction.prediction.views import choose_views
from gapjunction.prediction_folder import (
    COUNTS_NAME,
    DETECTIONS,
    PLAQUES_NAME,
    STACK_TABLES,
    STACKS_NAME,
    TOTALS_NAME,
    CountRow,
)
from gapjunction.runs.device import choose_device
from gapjunction.text import counted

logger = logging.getLogger(__name__)

MEASURED_TABLES = (*OBJECT_TABLES, *SPACE_TABLES)  # by `gapjunction measure`, too


@dataclass(frozen=True, slots=True)
class PredictResult:
    """What was found.

    Attributes:
        num_images: images in the table of counts.
        num_skipped: those of them that an earlier run had finished.
        num_counted_anew: those of them that an earlier run had seen, and this one counted.
        plaques: of the stacks that images are slices of, by class; none where there is no stack.
        places: a line on each table of regions, and of what else plaques lie in.
        objects: the table of measured objects, where one was asked for.
        unlike: images whose counts may be far off, the most unlike first.
        failures: why other images are not in it.
    """

    output: Path
    num_images: int
    num_skipped: int
    num_counted_anew: int
    totals: dict[str, int]
    plaques: dict[str, int] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    objects: MeasuredTable | None = None
    unlike: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 if an image could not be predicted, else 0."""
        return 1 if self.failures else 0

    def __str__(self) -> str:
        found = ", ".join(f"{count:,} {name}" for name, count in self.totals.items())
        lines = [
            f"{counted(self.num_images, 'image')}{self._from_before()}: {found}",
            f"Counts in {self.output / COUNTS_NAME}, {TOTALS_NAME}, "
            f"boxes in {self.output / DETECTIONS}",
        ]
        if self.plaques:
            linked = ", ".join(f"{count:,} {name}" for name, count in self.plaques.items())
            lines.append(
                f"Linked through the slices of stacks: {linked} in {self.output / STACKS_NAME}, "
                f"{PLAQUES_NAME}; the counts above are of slices, in which a plaque is counted "
                "again and again"
            )
        lines += self.places
        if self.objects:
            lines.append(str(self.objects))
        if self.unlike:
            lines.append(unlike_sentence(self.unlike))
        if self.failures:
            lines += [f"Not predicted: {len(self.failures)}", *self.failures]
        return "\n".join(lines)

    def _from_before(self) -> str:
        notes = [
            f"{number:,} {what}"
            for number, what in (
                (self.num_skipped, "finished already"),
                (self.num_counted_anew, "counted anew, without predicting again"),
            )
            if number
        ]
        return f" ({', '.join(notes)})" if notes else ""


def run(config: PredictConfig) -> PredictResult:
    """Predict every image of the input; go on where an earlier run with these settings stopped.

    An image that cannot be read, or whose name is too long, is named in the result and does not
    keep others from theirs.

    Raises:
        CheckpointError: if there is no model.
        ImageError: if no image can be predicted.
        ConfigError: if the output holds predictions made otherwise, another process predicts
            into it, or the model cannot be run as asked for.
    """
    with alone_in(config.output, "gapjunction predict"):
        return _predict(config)


def _predict(config: PredictConfig) -> PredictResult:
    slice_names = slice_rule(config.slice_names)
    require_packages(config.objects)
    model = replace(_load_model(config), batch_size=config.batch_size)
    images = list_images(config.input, _selection(config, model), model.folder)
    refuse_whole_images(config, images)
    places = Places.of(config, images)
    rule = CountingRule.of(model.config, config.threshold, config.min_score)
    logger.info(rule.sentence(is_shipped=model.is_shipped))
    earlier = read_earlier(config.output)
    views = choose_views(images, model.viewer, config.scale, earlier_views(earlier))
    shared = measure_shared(views.images, earlier.shared_spans or {})
    claim_output(config, model, rule, views, shared)
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
        for image in views.images
    ]
    waiting = [(image, files) for image, files in pairs if not files.are_complete(rule)]
    if waiting:  # the tables are of the files as they were
        shutil.rmtree(config.output / DENSITY, ignore_errors=True)
        for table in (COUNTS_NAME, TOTALS_NAME, *STACK_TABLES, *PLACE_TABLES, *MEASURED_TABLES):
            (config.output / table).unlink(missing_ok=True)
    anew = count_anew(waiting, rule)
    step = Step.of(model, views.shown_size, rule, shared)
    slides = [pair for pair in anew.left if pair[0].is_slide]
    others = [pair for pair in anew.left if not pair[0].is_slide]
    failures = anew.failures | predict_slides(slides, step) | predict_all(others, step)
    done = [pair for pair in pairs if pair[0].output_name not in failures]
    rows = _write_rows(config.output, done)
    scales = StackScales(views.shown_size.verdicts.um_of, config.z_step_um)
    stacks = find_stacks(done, rule, slice_names, scales)
    write_stacks(config.output, stacks)
    linked = [each.linked for each in stacks]
    write_totals(config.output, done, linked, model.config)
    objects = _measured(config, done, rule, scales.um_of, slice_names) if done else None
    if stacks and (sentence := rule.plaque_sentence(is_shipped=model.is_shipped)):
        logger.info(sentence)
    if not done:
        raise next(iter(failures.values()))
    return PredictResult(
        config.output,
        num_images=len(done),
        num_skipped=len(pairs) - len(waiting),
        num_counted_anew=anew.num_counted,
        totals=_totals(rows, model.config.class_names),
        plaques=_plaque_totals(linked, model.config.class_names),
        places=places.write(config.output, done, stacks, rule, scales.um_of),
        objects=objects,
        unlike=unlike_images(rows),
        failures=tuple(with_options(error, PredictConfig) for error in failures.values()),
    )


def _selection(config: PredictConfig, model: Model) -> ImageSelection:
    return ImageSelection(
        config.split,
        config.annotated_only,
        plane_choice(config),
        config.pixel_size_um,
        may_find_channel=model.config.channel != ALL_CHANNELS,
        region=None if config.region is None else Region.parse(config.region),
    )


def _write_rows(output: Path, done: Sequence[ImageWithFiles]) -> list[CountRow]:
    """Write the table of counts, and remove the files of images that are not in it."""
    num_removed = remove_other_files(output, {image.output_name for image, _ in done})
    if num_removed:
        logger.info(
            "removed the files of %s, which are gone or unreadable", counted(num_removed, "image")
        )
    return write_table(output, done)


def _measured(
    config: PredictConfig,
    done: Sequence[ImageWithFiles],
    rule: CountingRule,
    um_of: SizeOf,
    slice_names: re.Pattern[str],
) -> MeasuredTable | None:
    """Measure what is counted, if that was asked for."""
    if not config.objects:
        return None
    images = [
        ImageObjects(
            image,
            rule.counted(seen.detections),
            um_of(image),
            slice_number(image.origin.path.stem, slice_names),
        )
        for image, files in done
        if (seen := read_seen(files.seen, files.image_state)) is not None
    ]
    return write_measured(config.output, images, Measuring(rule.config.class_names), config.objects)


def _totals(rows: Sequence[CountRow], class_names: Sequence[str]) -> dict[str, int]:
    totals = dict.fromkeys(class_names, 0)
    for row in rows:
        totals[row.class_name] += row.num_objects
    return totals


def _plaque_totals(stacks: Sequence[LinkedStack], class_names: Sequence[str]) -> dict[str, int]:
    if not stacks:
        return {}
    return {name: sum(own.estimates[name].count for own in stacks) for name in class_names}


def _choose_device(config: PredictConfig) -> torch.device:
    """Return where to predict; ONNX Runtime works on the CPU."""
    if config.backend == "torch":
        return choose_device(config.num_gpus)
    if config.num_gpus:
        raise ConfigError(
            f"--num_gpus {config.num_gpus}",
            expected="no GPU with --backend onnx",
            found="one",
            fix="leave one of the two options out",
        )
    return choose_device(0)


def _load_model(config: PredictConfig) -> Model:
    """Return the model asked for, else the one that comes with the package.

    Raises:
        ConfigError: if images of a split are asked for, which the shipped model knows nothing of.
    """
    device = _choose_device(config)
    if config.checkpoint is None and config.split is not None:
        raise ConfigError(
            f"--split {config.split}",
            expected="--checkpoint beside it: a run that divided the images",
            found="none; the weights that come with the package saw none of them",
            fix="leave the option out, or name the run",
        )
    model = Model.load(
        config.checkpoint, device=device, backend=config.backend, precision=config.precision
    )
    if model.is_shipped:
        logger.info(
            "using the weights that come with the package, which saw simulated images only; "
            "--checkpoint takes a model that you trained"
        )
    return model
