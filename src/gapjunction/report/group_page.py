"""The page and the tables of `gapjunction report`, put together from its sections."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.benchmark.predicted_stacks import PredictedStack
from gapjunction.benchmark.predicted_totals import PredictedTotal
from gapjunction.benchmark.rectified_groups import RectifiedStudy
from gapjunction.report.adjusted_section import adjusted_section, adjusted_table
from gapjunction.report.agreement_section import agreement_section
from gapjunction.report.embedded_pictures import picture_of_errors, picture_of_image
from gapjunction.report.error_overlays import choose_worst_images
from gapjunction.report.group_sections import (
    comparison_section,
    group_section,
    summary_section,
)
from gapjunction.report.group_tables import (
    asset_table,
    comparison_table,
    group_table,
    image_table,
    trend_table,
)
from gapjunction.report.html_page import PagePicture, Section, render_page
from gapjunction.report.measured_sections import (
    distribution_table,
    measure_rows,
    measured_sections,
)
from gapjunction.report.measured_tables import NO_TABLES, MeasuredTables
from gapjunction.report.method_section import Settings, method_section
from gapjunction.report.planning_section import planning_sections
from gapjunction.report.rectified_section import (
    TO_ANNOTATE_NAME,
    rectified_section,
    rectified_table,
    to_annotate_table,
)
from gapjunction.report.stack_section import stack_section
from gapjunction.report.totals_section import totals_section
from gapjunction.terminal import tracked
from gapjunction.text import counted


@dataclass(frozen=True, slots=True, eq=False)
class GroupReport:
    """All that a report tells.

    Attributes:
        rectified: None where it was not asked for.
        stacks: plaques that were predicted; none where annotations are counted.
        totals: of predicted assets; none where annotations are counted.
        detections: None where no image was both annotated and predicted.
        tables: of objects, regions and cells, where the predictions have them.
    """

    measured: MeasuredImages
    study: GroupStudy
    rectified: RectifiedStudy | None
    stacks: Sequence[PredictedStack]
    totals: Sequence[PredictedTotal]
    detections: DetectionStudy | None
    tables: MeasuredTables = NO_TABLES


@dataclass(frozen=True, slots=True)
class GroupPage:
    """The page as HTML, and its figures as files, by name."""

    html: str
    figures: Mapping[str, bytes]


def page_of_groups(report: GroupReport, settings: Settings, num_images: int) -> GroupPage:
    """Return the page, with so many random images, and as many with the most errors.

    Raises:
        ImageError: if an image to show cannot be read.
    """
    sections = list(_sections(report, settings, num_images))
    pictures = [part for each in sections for part in each.parts if isinstance(part, PagePicture)]
    figures = {name: content for each in pictures for name, content in each.files.items()}
    return GroupPage(render_page(*_title(report.measured, settings), sections), figures)


def tables_of_groups(report: GroupReport) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables with the names of their files."""
    yield "images.csv", image_table(report.measured.images)
    yield "assets.csv", asset_table(report.study.assets)
    yield "groups.csv", group_table(report.study)
    yield "comparisons.csv", comparison_table(report.study)
    yield "age_trends.csv", trend_table(report.study)
    if report.tables.distributions:
        yield "plaque_quantiles.csv", distribution_table(report.tables.distributions)
    if report.tables.regions:
        yield "asset_regions.csv", measure_rows(report.tables.regions)
    if report.tables.cells:
        yield "asset_cells.csv", measure_rows(report.tables.cells)
    if report.tables.space:
        yield "asset_space.csv", measure_rows(report.tables.space)
    if report.study.adjusted is not None:
        yield "adjusted.csv", adjusted_table(report.study.adjusted)
    if report.rectified is not None:
        yield "rectified.csv", rectified_table(report.rectified)
        yield TO_ANNOTATE_NAME, to_annotate_table(report.rectified)


def _title(measured: MeasuredImages, settings: Settings) -> tuple[str, str]:
    datasets = ", ".join(sorted({image.dataset for image in measured.images}))
    what = settings.class_name or ", ".join(measured.class_names)
    boxes = f"Annotations of {what}"
    if measured.predictions is not None:
        boxes = f"Detections of {what} by the model {measured.model}"
    left_out = f"; {measured.num_left_out} not counted" if measured.num_left_out else ""
    images = counted(len(measured.images), "image")
    return f"Report on {datasets}", f"{boxes} in {images}{left_out}."


def _sections(report: GroupReport, settings: Settings, num_images: int) -> Iterator[Section]:
    measured, study, detections = report.measured, report.study, report.detections
    yield summary_section(study, is_predicted=measured.predictions is not None)
    if measured.predictions is not None:
        yield stack_section(report.stacks, measured.predictions, num_images)
        yield totals_section(report.totals, measured, study)
    yield group_section(study)
    yield comparison_section(study)
    if study.adjusted is not None:
        yield adjusted_section(study.adjusted)
    yield from measured_sections(study, report.tables)
    if report.rectified is not None:
        yield rectified_section(report.rectified)
    yield from planning_sections(study)
    if detections is not None:
        yield agreement_section(detections)
        worst = choose_worst_images(detections, num_images)
        pictures = [
            picture_of_errors(detections, image)
            for image in tracked(worst, "Drawing the worst images", len(worst))
        ]
        yield Section("Images with the most errors", pictures)
    yield Section("Random images", _random_pictures(measured, num_images, settings.seed))
    yield method_section(measured, settings)


def _random_pictures(measured: MeasuredImages, most: int, seed: int) -> list[PagePicture]:
    rng = np.random.default_rng([seed, len(measured.images)])
    number = min(most, len(measured.images))
    chosen = sorted(rng.choice(len(measured.images), number, replace=False).tolist())
    return [
        picture_of_image(measured.images[image])
        for image in tracked(chosen, "Drawing random images", number)
    ]
