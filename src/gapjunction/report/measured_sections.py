"""The parts of a report on sizes and intensities, regions and cells, from tables of predictions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.plaque_distributions import SHARES, Distribution
from gapjunction.benchmark.predicted_tables import TableMeasure
from gapjunction.report.embedded_pictures import picture_of_figure
from gapjunction.report.group_panels import members, shown_factor
from gapjunction.report.html_page import Paragraph, Section, Table
from gapjunction.report.measured_figures import measures_figure, quantile_figure
from gapjunction.report.measured_tables import MeasuredTables
from gapjunction.report.tables import NO_VALUE


@dataclass(frozen=True, slots=True)
class _ToldMeasures:
    """What the page says of the measures of one table.

    Attributes:
        figure: the name of its file.
    """

    measures_of: Callable[[MeasuredTables], Sequence[TableMeasure]]
    title: str
    text: str
    caption: str
    figure: str


_TOLD = (
    _ToldMeasures(
        lambda tables: tables.regions,
        "Regions",
        "Plaques by the area of the region in all images of an asset; of stacks, boxes of all "
        "slices by the area in all slices. Nothing is tested here.",
        "Density in each region",
        "regions",
    ),
    _ToldMeasures(
        lambda tables: tables.cells,
        "Coupling of cells",
        "Of cells that lie in the image as a whole: plaques, those on borders with others "
        "included, and the neighbors that a cell shares plaques with. The unit is the asset. "
        "Nothing is tested here.",
        "Cells",
        "cells",
    ),
    _ToldMeasures(
        lambda tables: tables.space,
        "Space",
        "The mean distance of a plaque to the nearest other one, by that of as many plaques "
        "anywhere in the region: 1 by chance, less in clusters. Mean over the images of an asset. "
        "Nothing is tested here; space.csv has p of each image.",
        "Nearest plaques",
        "space",
    ),
)


def measured_sections(study: GroupStudy, tables: MeasuredTables) -> Iterator[Section]:
    """Yield a section for each table that is there."""
    if tables.distributions:
        yield _distribution_section(study, tables.distributions)
    for told in _TOLD:
        measures = told.measures_of(tables)
        if measures:
            yield Section(
                told.title,
                [
                    Paragraph(told.text),
                    _measure_table(study, measures),
                    picture_of_figure(
                        measures_figure(study, measures),
                        f"{told.caption}: large points are assets, small ones their images",
                        told.figure,
                    ),
                ],
            )


def distribution_table(distributions: Sequence[Distribution]) -> pd.DataFrame:
    """Return one row for each asset, quantity and quantile; below the resolution it is empty."""
    rows = [
        {
            "dataset": asset.dataset,
            "asset": asset.asset,
            "quantity": each.name,
            "unit": each.title.rpartition(", ")[2],
            "num_plaques": each.num_plaques[asset],
            "share": share,
            "quantile": value if np.isfinite(value) else None,
        }
        for each in distributions
        for asset, values in sorted(each.quantiles.items())
        for share, value in zip(SHARES.tolist(), values.tolist(), strict=True)
    ]
    return pd.DataFrame(rows)


def measure_rows(measures: Sequence[TableMeasure]) -> pd.DataFrame:
    """Return one row for each asset and measure."""
    rows = [
        {
            "dataset": asset.dataset,
            "asset": asset.asset,
            "name": each.name or None,
            "measure": each.title,
            "num_images": len(each.by_image[asset]),
            "value": value,
        }
        for each in measures
        for asset, value in sorted(each.values.items())
    ]
    return pd.DataFrame(rows)


def _distribution_section(study: GroupStudy, distributions: Sequence[Distribution]) -> Section:
    caption = (
        "Quantiles of the plaques of each asset (thin), their mean over the assets of a group "
        "(thick; geometric where the axis is logarithmic) and its 95 % interval (band)"
    )
    return Section(
        "Sizes and intensities",
        [
            Paragraph(
                "Each asset counts once, however many plaques it has: pooled plaques would weigh "
                "assets by their number of plaques. Plaques below the resolution, of which no "
                "size is told, count as the smallest, and curves begin above them. Light is that "
                "of the file's grey values, which compare only between images of one staining, "
                "exposure and contrast. Plaques of stacks are in it once for each slice. Nothing "
                "is tested here."
            ),
            _median_table(study, distributions),
            picture_of_figure(quantile_figure(study, distributions), caption, "quantiles"),
        ],
    )


def _median_table(study: GroupStudy, distributions: Sequence[Distribution]) -> Table:
    middle = len(SHARES) // 2
    values = [
        {asset: float(own[middle]) for asset, own in each.quantiles.items()}
        for each in distributions
    ]
    titles = [f"median {each.title}" for each in distributions]
    return _table(study, "Mean over the assets (standard deviation)", titles, values)


def _measure_table(study: GroupStudy, measures: Sequence[TableMeasure]) -> Table:
    titles = [f"{each.name}: {each.title}" if each.name else each.title for each in measures]
    values = [dict(each.values) for each in measures]
    return _table(study, "Mean over the assets (standard deviation)", titles, values)


def _table(
    study: GroupStudy, caption: str, titles: Sequence[str], values: Sequence[dict[AssetName, float]]
) -> Table:
    rows = []
    for group, dataset, own in members(study, shown_factor(study)):
        names = [AssetName(each.dataset, each.asset) for each in own]
        cells = [_spread([each[name] for name in names if name in each]) for each in values]
        rows.append([group, dataset, str(len(own)), *cells])
    return Table(caption, ["group", "dataset", "assets", *titles], rows, first_number=2)


def _spread(values: Sequence[float]) -> str:
    finite = np.array([each for each in values if np.isfinite(each)])
    if not len(finite) or len(finite) < len(values):  # an asset's is below the resolution
        return NO_VALUE
    mean = _shown(float(finite.mean()))
    return mean if len(finite) == 1 else f"{mean} ({_shown(float(finite.std(ddof=1)))})"


def _shown(value: float) -> str:
    """Return three digits that matter, and thousands set apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
