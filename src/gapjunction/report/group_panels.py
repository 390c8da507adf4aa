"""Panels of a figure with a column for each group, or each dataset of it."""

import math
from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.groups import AGE, groups_of
from gapjunction.report.group_tables import members_of_groups
from gapjunction.report.super_plot import AnimalValue, Column, draw_columns, marker_of

PANEL_INCHES, HEIGHT_INCHES, LEAST_INCHES = 3.6, 3.9, 5.0
DOTS_PER_INCH = 130
MOST_BESIDE = 3
GROUP_WIDTH = 0.8  # of the room between two groups
COLUMN_SHARE = 0.4  # of the room of a column, to each side

ALL = "all assets"  # the one group where assets are not told apart

ValueOf = Callable[[AssetMeasures], AnimalValue | None]


def shown_factor(study: GroupStudy) -> str | None:
    """Return the factor to show further measures by: the first but for age; None without one."""
    return next((each for each in study.factors if each != AGE), None)


def panels_for(titles: Sequence[str]) -> tuple[Figure, list[Axes]]:
    """Return a figure with a panel for each title of a y axis, up to three beside each other."""
    beside = min(len(titles), MOST_BESIDE)
    below = math.ceil(len(titles) / beside)
    figure = Figure(
        figsize=(max(PANEL_INCHES * beside, LEAST_INCHES), HEIGHT_INCHES * below),
        dpi=DOTS_PER_INCH,
        layout="constrained",
    )
    panels = list(figure.subplots(below, beside, squeeze=False).flat)
    for left_over in panels[len(titles) :]:
        left_over.set_axis_off()
    for title, axes in zip(titles, panels, strict=False):
        axes.set_ylabel(title[:1].upper() + title[1:], parse_math=False)
        axes.spines[["top", "right"]].set_visible(False)
    return figure, panels[: len(titles)]


def datasets_of(study: GroupStudy) -> list[str]:
    """Return the datasets of the assets, by name."""
    return sorted({each.dataset for each in study.assets})


def members(study: GroupStudy, factor: str | None) -> list[tuple[str, str, list[AssetMeasures]]]:
    """Return group, dataset and its assets; without a factor all assets are one group."""
    if factor is None:
        return [
            (ALL, dataset, [each for each in study.assets if each.dataset == dataset])
            for dataset in datasets_of(study)
        ]
    return [
        (group, dataset, own)
        for own_factor, group, dataset, own in members_of_groups(study)
        if own_factor == factor
    ]


def draw_groups(axes: Axes, study: GroupStudy, factor: str | None, value_of: ValueOf) -> None:
    """Draw a column for each group and dataset, of the assets that have a value."""
    datasets = datasets_of(study)
    groups = [ALL] if factor is None else groups_of(study.assets, factor)
    columns = [
        Column(
            groups.index(group) + GROUP_WIDTH * _shift(dataset, datasets),
            COLUMN_SHARE * GROUP_WIDTH / len(datasets),
            datasets.index(dataset),
            [value for each in own if (value := value_of(each)) is not None],
        )
        for group, dataset, own in members(study, factor)
    ]
    draw_columns(axes, columns)
    axes.set_xticks(range(len(groups)), groups, parse_math=False)
    axes.set_xlim(-0.5, len(groups) - 0.5)


def name_datasets(
    figure: Figure, datasets: Sequence[str], colors: Sequence[str] = ("white",)
) -> None:
    """Say below a figure which marker is which dataset's, where there are several."""
    if len(datasets) == 1:
        return
    handles = [
        figure.axes[0].scatter(
            [],
            [],
            marker=marker_of(place),
            color=colors[place % len(colors)],
            edgecolors="black",
            linewidths=0.8,
        )
        for place in range(len(datasets))
    ]
    legend = figure.legend(
        handles, datasets, loc="outside lower center", ncols=2, frameon=False, fontsize=9
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _shift(dataset: str, datasets: Sequence[str]) -> float:
    """Return where a dataset's column is in the room of a group, from -0.5 to 0.5."""
    return (datasets.index(dataset) + 0.5) / len(datasets) - 0.5
