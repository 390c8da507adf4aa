"""`gapjunction report`: counts and sizes by group, on one page that opens anywhere."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

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
from gapjunction.benchmark.predicted_stacks import PREDICTED_STACKS
from gapjunction.benchmark.predicted_totals import PREDICTED_TOTALS
from gapjunction.benchmark.question import Question, require_answerable
from gapjunction.benchmark.rectified_groups import RectifiedStudy, rectify_groups
from gapjunction.benchmark.section_signs import names_animals, sections_of_one_animal
from gapjunction.benchmark.seen_assets import warn_of_seen_assets
from gapjunction.commands.report.config import ReportConfig
from gapjunction.errors import ConfigError
from gapjunction.files import folder_written_whole, write_text
from gapjunction.images.slice_names import slice_rule
from gapjunction.prediction_folder import read_manifest
from gapjunction.provenance import git_commit
from gapjunction.report.adjusted_section import adjusted_sentences
from gapjunction.report.frames import write_frame
from gapjunction.report.group_page import GroupReport, page_of_groups, tables_of_groups
from gapjunction.report.group_sentences import comparison_sentences, planned_question
from gapjunction.report.group_tables import prism_tables
from gapjunction.report.measured_tables import read_measured_tables
from gapjunction.report.method_section import Settings
from gapjunction.report.rectified_section import rectified_cautions, rectified_sentences
from gapjunction.version import __version__

logger = logging.getLogger(__name__)

PAGE_NAME, PRISM_FOLDER, FIGURES_FOLDER = "report.html", "prism", "figures"


@dataclass(frozen=True)
class ReportResult:
    """Where the report is, and what it says in short."""

    page: Path
    study: GroupStudy
    rectified: RectifiedStudy | None = None

    def __str__(self) -> str:
        sentences = comparison_sentences(self.study) or ["No groups are compared."]
        if self.study.adjusted is not None:
            sentences += adjusted_sentences(self.study.adjusted)
        notes = [*self.study.not_compared, *planned_question(self.study)]
        if self.rectified is not None:
            notes += [*rectified_sentences(self.rectified), *rectified_cautions(self.rectified)]
        lines = [*self.study.units, *sentences, *notes, "", f"Report: {self.page}"]
        return "\n".join(lines)


def run(config: ReportConfig) -> ReportResult:
    """Measure every asset, compare the groups, and write the page and its tables.

    Raises:
        ConfigError: if something of predictions is asked for without any, or rectified or adjusted
            blocks.
        BenchmarkError: if data, predictions and what is asked for do not fit together.
        DatasetError: if a dataset has errors.
        DetectionsFileError: if a prediction cannot be read.
        ImageError: if an image to show cannot be read.
    """
    _require_fitting(config)
    measured = _measure(config)
    warn_of_doubtful_sizes(measured.images)
    study = _study(config, measured)
    stacks = PREDICTED_STACKS.to_show(measured, config.class_name)
    detections = _study_detections(config, measured)
    rectified = _rectify(config, measured, study) if config.rectify else None
    totals = PREDICTED_TOTALS.to_show(measured, config.class_name)
    tables = read_measured_tables(measured, config.measured, config.animal, config.class_name)
    report = GroupReport(measured, study, rectified, stacks, totals, detections, tables)
    page = page_of_groups(report, _settings(config), config.num_images)
    for name, table in tables_of_groups(report):
        write_frame(config.output / name, table)
    with folder_written_whole(config.output / PRISM_FOLDER) as folder:
        for name, table in prism_tables(study):
            write_frame(folder / f"{name}.csv", table)
    with folder_written_whole(config.output / FIGURES_FOLDER) as folder:
        for name, content in page.figures.items():
            (folder / name).write_bytes(content)
    write_text(config.output / PAGE_NAME, page.html)
    return ReportResult(config.output / PAGE_NAME, study, rectified)


def _require_fitting(config: ReportConfig) -> None:
    """Refuse options that do not go together."""
    for option, is_given, reason in (
        ("--threshold", config.threshold is not None, "annotations have no scores"),
        ("--rectify", config.rectify, "annotations are what detections are corrected by"),
    ):
        if is_given and config.predictions is None:
            raise ConfigError(
                option,
                expected=f"--predictions with it, as {reason}",
                found="no predictions",
                fix="leave it out, or name the predictions",
            )
    for option, asked in (("--rectify", config.rectify), ("--covariate", config.covariate)):
        if asked and config.block is not None:
            raise ConfigError(
                option,
                expected="groups compared as wholes",
                found=f"--block {config.block}",
                fix="leave one of the two out",
            )


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
    question = Question(
        config.by, config.primary, config.block, tuple(dict.fromkeys(config.covariate))
    )
    require_answerable(question, assets, config.data)
    if config.animal is None and not names_animals(config.block):
        units = sections_of_one_animal(assets)
        if units:
            logger.warning("%s", units)
    study = study_groups(assets, question, config.num_permutations, config.seed)
    return replace(study, units=(units,) if units else ())


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


def _rectify(
    config: ReportConfig, measured: MeasuredImages, study: GroupStudy
) -> RectifiedStudy | None:
    if measured.predictions is None:
        return None
    seen = [AssetName(*names) for names in read_manifest(measured.predictions).seen_assets]
    return rectify_groups(measured.images, study, seen, config.animal, config.seed)


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
        covariates=config.covariate,
        measured=None if config.measured is None else str(config.measured),
    )
