"""`gapjunction report`: counts and sizes by group, on one page that opens anywhere."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from gapjunction.benchmark.animals import join_animals, told_of_animals
from gapjunction.benchmark.asset_groups import AssetName, group_images
from gapjunction.benchmark.asset_measures import measure_assets
from gapjunction.benchmark.asset_plaques import join_plaques, plaques_of_assets
from gapjunction.benchmark.detection_suite import (
    DetectionSettings,
    DetectionStudy,
    study_detections,
)
from gapjunction.benchmark.doubtful_sizes import warn_of_doubtful_sizes
from gapjunction.benchmark.group_study import GroupStudy, study_groups
from gapjunction.benchmark.measured_images import MeasuredImages, measure_annotations
from gapjunction.benchmark.measured_predictions import measure_predictions, pair_with_truth
from gapjunction.benchmark.predicted_stacks import PredictedStack, read_predicted_stacks
from gapjunction.benchmark.question import Question, require_answerable
from gapjunction.benchmark.section_signs import names_animals, sections_of_one_animal
from gapjunction.benchmark.seen_assets import warn_of_seen_assets
from gapjunction.commands.options import SliceNamesOption
from gapjunction.config import Seed, StrictConfig
from gapjunction.errors import ConfigError
from gapjunction.files import folder_written_whole, write_text
from gapjunction.images.slice_names import AUTO, slice_rule
from gapjunction.prediction_folder import read_manifest
from gapjunction.provenance import git_commit
from gapjunction.report.agreement_section import agreement_section
from gapjunction.report.embedded_pictures import picture_of_errors, picture_of_image
from gapjunction.report.error_overlays import choose_worst_images
from gapjunction.report.frames import write_frame
from gapjunction.report.group_sections import (
    comparison_section,
    group_section,
    summary_section,
)
from gapjunction.report.group_sentences import comparison_sentences, planned_question
from gapjunction.report.group_tables import (
    asset_table,
    comparison_table,
    group_table,
    image_table,
    prism_tables,
    trend_table,
)
from gapjunction.report.html_page import PagePicture, Section, render_page
from gapjunction.report.method_section import Settings, method_section
from gapjunction.report.planning_section import planning_sections
from gapjunction.report.stack_section import stack_section
from gapjunction.terminal import tracked
from gapjunction.version import __version__

logger = logging.getLogger(__name__)

PAGE_NAME, PRISM_FOLDER = "report.html", "prism"


class ReportConfig(StrictConfig):
    """Settings of `gapjunction report`."""

    data: Path = Field(
        description="Dataset, or folder of datasets, with metadata of the assets.",
        json_schema_extra={"positional": True},
    )
    output: Path = Field(
        description="Folder for report.html and the tables; other files in it are left alone."
    )
    predictions: Path | None = Field(
        None,
        description="Output folder of `gapjunction predict` for these datasets. Without it, the "
        "annotations are reported.",
    )
    by: tuple[str, ...] = Field(
        (),
        description="What to compare by: species, diagnosis, sex, localization, age, or a further "
        "column of the metadata; may be given several times. Without it, all known of the five.",
    )
    primary: str | None = Field(
        None,
        description="What you planned to compare by, before looking: all else is exploratory.",
    )
    animal: str | None = Field(
        None,
        description="Column of the metadata that names the animal, where assets are sections of "
        "one. Without it, each asset counts as an animal.",
    )
    block: str | None = Field(
        None,
        description="Column of the metadata with the blocks to compare groups within: litters, or "
        "animals each of whose sides is an asset.",
    )
    class_name: str | None = Field(
        None, description="Count objects of this class only. Without it, of all classes."
    )
    threshold: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None,
        description="Lowest score that counts as an object. Without it, that of manifest.json "
        "beside the predictions is taken, and without that every box counts.",
    )
    slice_names: SliceNamesOption = AUTO
    num_images: Annotated[int, Field(ge=0, le=100)] = Field(
        10, description="How many images to show at random, and how many of the worst."
    )
    num_permutations: Annotated[int, Field(ge=1000, le=1_000_000)] = Field(
        10_000,
        description="How many arrangements a permutation test draws where there are too many "
        "to look at all.",
    )
    seed: Seed = Field(
        0, description="Seed of the random images, tests and intervals: same seed, same report."
    )


@dataclass(frozen=True)
class ReportResult:
    """Where the report is, and what it says in short."""

    page: Path
    study: GroupStudy

    def __str__(self) -> str:
        sentences = comparison_sentences(self.study) or ["No groups are compared."]
        notes = [*self.study.not_compared, *planned_question(self.study)]
        lines = [*self.study.units, *sentences, *notes, "", f"Report: {self.page}"]
        return "\n".join(lines)


def run(config: ReportConfig) -> ReportResult:
    """Measure every asset, compare the groups, and write the page and its tables.

    Raises:
        ConfigError: if a threshold of nothing is asked for.
        BenchmarkError: if data, predictions and what is asked for do not fit together.
        DatasetError: if a dataset has errors.
        DetectionsFileError: if a prediction cannot be read.
        ImageError: if an image to show cannot be read.
    """
    measured = _measure(config)
    warn_of_doubtful_sizes(measured.images)
    study = _study(config, measured)
    stacks = _read_stacks(config, measured)
    detections = _study_detections(config, measured)
    sections = list(_sections(config, measured, study, stacks, detections))
    page = render_page(*_title(config, measured), sections)
    for name, table in _tables(measured, study):
        write_frame(config.output / name, table)
    with folder_written_whole(config.output / PRISM_FOLDER) as folder:
        for name, table in prism_tables(study):
            write_frame(folder / f"{name}.csv", table)
    write_text(config.output / PAGE_NAME, page)
    return ReportResult(config.output / PAGE_NAME, study)


def _measure(config: ReportConfig) -> MeasuredImages:
    if config.predictions is not None:
        measured = measure_predictions(
            config.data, config.predictions, config.threshold, config.class_name
        )
        warn_of_seen_assets(
            read_manifest(config.predictions),
            config.predictions,
            [image.name for image in measured.images],
            [AssetName(image.dataset, image.asset) for image in measured.images],
        )
        return measured
    if config.threshold is not None:
        raise ConfigError(
            "--threshold",
            expected="--predictions with it, as annotations have no scores",
            found="no predictions",
            fix="leave it out, or name the predictions",
        )
    return measure_annotations(config.data, config.class_name)


def _study(config: ReportConfig, measured: MeasuredImages) -> GroupStudy:
    """Compare the assets, or the animals that a column tells."""
    images, units = measured.images, ""
    linked = plaques_of_assets(measured, slice_rule(config.slice_names), config.class_name)
    if config.animal is not None:
        images = join_animals(images, config.animal)
        linked = join_plaques(linked, measured.images, images)
        units = told_of_animals(measured.images, config.animal)
    assets = measure_assets(images, linked)
    question = Question(config.by, config.primary, config.block)
    require_answerable(question, assets, config.data)
    if config.animal is None and not names_animals(config.block):
        units = sections_of_one_animal(assets)
        if units:
            logger.warning("%s", units)
    study = study_groups(assets, question, config.num_permutations, config.seed)
    return replace(study, units=(units,) if units else ())


def _read_stacks(config: ReportConfig, measured: MeasuredImages) -> list[PredictedStack]:
    """Return the plaques that were linked, if the report counts from the same score on."""
    if measured.predictions is None:
        return []
    assets = {AssetName(image.dataset, image.asset) for image in measured.images}
    stacks = read_predicted_stacks(measured.predictions, assets, config.class_name)
    linked_from = read_manifest(measured.predictions).threshold
    if stacks and measured.threshold != linked_from:
        logger.warning(
            "plaques of stacks are not shown: they were linked from a score of %s on; count anew "
            "by `gapjunction predict --threshold`",
            linked_from,
        )
        return []
    return stacks


def _study_detections(config: ReportConfig, measured: MeasuredImages) -> DetectionStudy | None:
    """Compare with the annotations, where there are some, as `benchmark detection` does."""
    if config.animal is not None:
        measured = replace(measured, images=join_animals(measured.images, config.animal))
    paired = pair_with_truth(measured)
    if paired is None or measured.predictions is None:
        return None
    settings = DetectionSettings(threshold=measured.threshold or 0.0, um_per_px=paired.um_per_px)
    groups = group_images(paired.stems, None, measured.predictions, paired.assets)
    return study_detections(paired, groups, settings)


def _title(config: ReportConfig, measured: MeasuredImages) -> tuple[str, str]:
    datasets = ", ".join(sorted({image.dataset for image in measured.images}))
    what = config.class_name or ", ".join(measured.class_names)
    counted = f"Annotations of {what}"
    if measured.predictions is not None:
        counted = f"Detections of {what} by the model {measured.model}"
    left_out = f"; {measured.num_left_out} not counted" if measured.num_left_out else ""
    return f"Report on {datasets}", f"{counted} in {len(measured.images)} images{left_out}."


def _sections(
    config: ReportConfig,
    measured: MeasuredImages,
    study: GroupStudy,
    stacks: Sequence[PredictedStack],
    detections: DetectionStudy | None,
) -> Iterator[Section]:
    is_predicted = measured.predictions is not None
    yield summary_section(study, is_predicted=is_predicted)
    if measured.predictions is not None:
        yield stack_section(stacks, measured.predictions, config.num_images)
    yield group_section(study)
    yield comparison_section(study)
    yield from planning_sections(study)
    if detections is not None:
        yield agreement_section(detections)
        worst = choose_worst_images(detections, config.num_images)
        pictures = [
            picture_of_errors(detections, image)
            for image in tracked(worst, "Drawing the worst images", len(worst))
        ]
        yield Section("Images with the most errors", pictures)
    yield Section("Random images", _random_pictures(config, measured))
    yield method_section(measured, _settings(config))


def _random_pictures(config: ReportConfig, measured: MeasuredImages) -> list[PagePicture]:
    rng = np.random.default_rng([config.seed, len(measured.images)])
    number = min(config.num_images, len(measured.images))
    chosen = sorted(rng.choice(len(measured.images), number, replace=False).tolist())
    return [
        picture_of_image(measured.images[image], measured.class_colors)
        for image in tracked(chosen, "Drawing random images", number)
    ]


def _settings(config: ReportConfig) -> Settings:
    return Settings(
        data=str(config.data),
        package_version=__version__,
        git_commit=git_commit(),
        class_name=config.class_name,
        num_permutations=config.num_permutations,
        seed=config.seed,
        primary=config.primary,
        block=config.block,
        animal=config.animal,
    )


def _tables(measured: MeasuredImages, study: GroupStudy) -> Iterator[tuple[str, pd.DataFrame]]:
    yield "images.csv", image_table(measured.images)
    yield "assets.csv", asset_table(study.assets)
    yield "groups.csv", group_table(study)
    yield "comparisons.csv", comparison_table(study)
    yield "age_trends.csv", trend_table(study)
