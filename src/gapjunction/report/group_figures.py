"""Figures of groups: every asset is a point, in grey and to colour-blind readers too."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, NullFormatter

from gapjunction.benchmark.asset_measures import Measure
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.groups import Comparison, Effect, groups_of
from gapjunction.report.detection_tables import CERTAIN_P
from gapjunction.report.group_tables import (
    MEASURE_TITLES,
    factor_title,
    known_values,
    members_of_groups,
)

MARKERS = ("o", "s", "^", "D", "v", "P")
SHADES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")  # Okabe & Ito
PANEL_INCHES, HEIGHT_INCHES = 3.6, 3.6
GROUP_WIDTH = 0.7  # of the room between two groups
INCHES_PER_EFFECT = 0.3
DOTS_PER_INCH = 130
ROOM_ABOVE = 1.08
MAX_REACH = 5.0  # how many times more than the ratios the ends of intervals may be
WIDE = 6.0
FINE_TICKS = (0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4, 1.6, 2, 2.5, 3, 4, 5)
COARSE_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def group_figure(study: GroupStudy, factor: str) -> Figure:
    """Draw the assets of each group in each measure; a line is the mean of a dataset's assets."""
    figure, panels = _panels(study.measures)
    datasets = _datasets(study)
    groups = groups_of(study.assets, factor)
    for measure, axes in zip(study.measures, panels, strict=True):
        for own_factor, group, dataset, members in members_of_groups(study):
            if own_factor == factor:
                place = datasets.index(dataset)
                shift = (place + 0.5) / len(datasets) - 0.5
                middle = groups.index(group) + GROUP_WIDTH * shift
                _draw_assets(axes, middle, known_values(members, measure), place, len(datasets))
        axes.set_xticks(range(len(groups)), groups, parse_math=False)
        axes.set_xlim(-0.5, len(groups) - 0.5)
        _limit_values(axes)
    figure.suptitle(f"{factor_title(factor)}: every point is an asset")
    _name_datasets(figure, datasets)
    return figure


def age_figure(study: GroupStudy) -> Figure:
    """Draw each measure against the age of the assets, which datasets may spread very wide."""
    figure, panels = _panels(study.measures)
    datasets = _datasets(study)
    for measure, axes in zip(study.measures, panels, strict=True):
        for place, dataset in enumerate(datasets):
            points = [
                (each.metadata.age_months, each.value(measure))
                for each in study.assets
                if each.dataset == dataset
            ]
            known = np.array([p for p in points if None not in p], np.float64).reshape(-1, 2)
            _draw_points(axes, known[:, 0], known[:, 1], place)
        ages = [each.metadata.age_months for each in study.assets if each.metadata.age_months]
        if ages and max(ages) > 10 * min(ages):
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes.set_xlabel("Age, months")
        _limit_values(axes)
    figure.suptitle("Age: every point is an asset")
    _name_datasets(figure, datasets)
    return figure


def effect_figure(study: GroupStudy) -> Figure:
    """Draw the ratio of every comparison with its interval; small points are single datasets.

    Filled points are differences shown after Holm's correction.
    """
    rows = [
        (each, effect)
        for each in study.comparisons
        for effect in (each.effect, *each.by_dataset)
        if effect.ratio is not None
    ]
    height = 1.2 + INCHES_PER_EFFECT * len(rows)
    figure = Figure(figsize=(8.0, height), dpi=DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xscale("log")
    axes.axvline(1, color="0.5", linewidth=1, zorder=0)
    for place, (comparison, effect) in enumerate(rows):
        _draw_effect(axes, place, comparison, effect)
    _limit_ratios(axes, [effect for _, effect in rows])
    axes.set_yticks(range(len(rows)), [_effect_title(*row) for row in rows], parse_math=False)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("Ratio of means, 95 % interval (1: no difference)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _panels(measures: Sequence[Measure]) -> tuple[Figure, list[Axes]]:
    figure = Figure(
        figsize=(max(PANEL_INCHES * len(measures), 5.0), HEIGHT_INCHES),
        dpi=DOTS_PER_INCH,
        layout="constrained",
    )
    panels = list(figure.subplots(1, len(measures), squeeze=False)[0])
    for measure, axes in zip(measures, panels, strict=True):
        axes.set_ylabel(MEASURE_TITLES[measure].capitalize())
        axes.spines[["top", "right"]].set_visible(False)
    return figure, panels


def _datasets(study: GroupStudy) -> list[str]:
    return sorted({each.dataset for each in study.assets})


def _draw_assets(
    axes: Axes, middle: float, values: np.ndarray, place: int, num_datasets: int
) -> None:
    """Draw values beside each other in their order, so that none hides another."""
    reach = GROUP_WIDTH / num_datasets / 2.5
    x = middle + np.linspace(-reach, reach, len(values)) if len(values) > 1 else np.array([middle])
    _draw_points(axes, x[: len(values)], np.sort(values), place)
    if len(values):
        mean = float(values.mean())
        axes.plot([middle - reach, middle + reach], [mean, mean], color="black", linewidth=1.5)


def _draw_points(axes: Axes, x: np.ndarray, y: np.ndarray, place: int) -> None:
    axes.scatter(
        x,
        y,
        s=36,
        marker=MARKERS[place % len(MARKERS)],
        color=SHADES[place % len(SHADES)],
        edgecolors="black",
        linewidths=0.8,
        alpha=0.8,
        zorder=2,
    )


def _name_datasets(figure: Figure, datasets: Sequence[str]) -> None:
    if len(datasets) == 1:
        return
    handles = [
        figure.axes[0].scatter(
            [],
            [],
            marker=MARKERS[place % len(MARKERS)],
            color=SHADES[place % len(SHADES)],
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


def _draw_effect(axes: Axes, place: int, comparison: Comparison, effect: Effect) -> None:
    if effect.ratio is None:
        return
    is_whole = effect.dataset == ""
    p_value = comparison.p_holm
    is_shown = is_whole and p_value is not None and p_value <= CERTAIN_P
    if effect.ratio.interval is not None:
        ends = [effect.ratio.interval.low, effect.ratio.interval.high]
        axes.plot(ends, [place, place], color="black" if is_whole else "0.45", linewidth=1.2)
    axes.plot(
        effect.ratio.value,
        place,
        marker="o",
        markersize=7 if is_whole else 4,
        color="black" if is_whole else "0.45",
        markerfacecolor="black" if is_shown else "white",
    )


def _effect_title(comparison: Comparison, effect: Effect) -> str:
    if effect.dataset:
        return f"in {effect.dataset}"
    measure = MEASURE_TITLES[comparison.measure]
    return f"{comparison.second} / {comparison.first}: {measure}"


def _limit_ratios(axes: Axes, effects: Sequence[Effect]) -> None:
    """Show all ratios, and their intervals as far as they do not make the others illegible."""
    ratios = [effect.ratio for effect in effects if effect.ratio is not None]
    ends = [each.interval for each in ratios if each.interval is not None]
    low, high = (extreme([each.value for each in ratios] + [1.0]) for extreme in (min, max))
    lowest = max(min([each.low for each in ends] + [low]), low / MAX_REACH) / 1.15
    highest = min(max([each.high for each in ends] + [high]), high * MAX_REACH) * 1.15
    axes.set_xlim(lowest, highest)
    ticks = COARSE_TICKS if highest > WIDE * lowest else FINE_TICKS
    axes.set_xticks([each for each in ticks if lowest <= each <= highest])


def _limit_values(axes: Axes) -> None:
    """Show values from zero on, with room above the highest."""
    axes.set_ylim(0, (axes.dataLim.y1 * ROOM_ABOVE) if axes.dataLim.y1 > 0 else 1)
