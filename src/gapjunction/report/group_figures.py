"""Figures of groups: SuperPlots, measures by age, and ratios with their intervals."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, NullFormatter, StrMethodFormatter

from gapjunction.benchmark.asset_measures import AssetMeasures, Measure
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.groups import Comparison, Effect, groups_of
from gapjunction.report.detection_tables import CERTAIN_P
from gapjunction.report.group_panels import (
    DOTS_PER_INCH,
    datasets_of,
    draw_groups,
    name_datasets,
    panels_for,
)
from gapjunction.report.group_tables import MEASURE_TITLES, factor_title
from gapjunction.report.super_plot import SHADES, AnimalValue, marker_of

INCHES_PER_EFFECT = 0.3
ROOM_ABOVE = 1.08
ROOM_OF_BRACKET = 0.09  # of the height of a panel
MOST_BRACKETS = 3  # of a panel; the table has all comparisons
MAX_REACH = 5.0  # how many times more than the ratios the ends of intervals may be
WIDE = 6.0
SMALLEST_P = 0.001
SIZES: tuple[Measure, ...] = ("plaque_size_um", "plaque_size_px")
FINE_TICKS = (0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4, 1.6, 2, 2.5, 3, 4, 5)
COARSE_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def group_figure(study: GroupStudy, factor: str) -> Figure:
    """Draw each measure as a SuperPlot: fields, assets, and the mean of each dataset's assets.

    Bars are the 95 % t interval of the mean; brackets tell p of the comparisons, up to three.
    """
    figure, panels = _panels(study.measures)
    groups = groups_of(study.assets, factor)
    for measure, axes in zip(study.measures, panels, strict=True):
        draw_groups(axes, study, factor, partial(animal_value, measure=measure))
        _limit_values(axes, measure)
        _draw_brackets(axes, study.comparisons, factor, measure, groups)
    has_fields = any(len(each) > 1 for asset in study.assets for each in asset.by_image.values())
    fields = ", small ones their images, in the same color" if has_fields else ""
    figure.suptitle(f"{factor_title(factor)}: large points are assets{fields}", fontsize=10)
    name_datasets(figure, datasets_of(study))
    return figure


def age_figure(study: GroupStudy) -> Figure:
    """Draw each measure against the age of the assets, which datasets may spread very wide."""
    figure, panels = _panels(study.measures)
    datasets = datasets_of(study)
    for measure, axes in zip(study.measures, panels, strict=True):
        for place, dataset in enumerate(datasets):
            points = [
                (each.metadata.age_months, each.value(measure))
                for each in study.assets
                if each.dataset == dataset
            ]
            known = np.array([p for p in points if None not in p], np.float64).reshape(-1, 2)
            axes.scatter(
                known[:, 0],
                known[:, 1],
                s=36,
                marker=marker_of(place),
                color=SHADES[place % len(SHADES)],
                edgecolors="black",
                linewidths=0.8,
                alpha=0.8,
                zorder=2,
            )
        ages = [each.metadata.age_months for each in study.assets if each.metadata.age_months]
        if ages and max(ages) > 10 * min(ages):
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes.set_xlabel("Age, months")
        _limit_values(axes, measure)
    figure.suptitle("Age: every point is an asset")
    name_datasets(figure, datasets, SHADES)
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
    _draw_cut_ends(axes, [effect for _, effect in rows])
    axes.set_yticks(range(len(rows)), [_effect_title(*row) for row in rows], parse_math=False)
    axes.set_ylim(len(rows) - 0.3, -0.7)
    axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("Ratio of means, 95 % interval (1: no difference)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _panels(measures: Sequence[Measure]) -> tuple[Figure, list[Axes]]:
    return panels_for([MEASURE_TITLES[measure] for measure in measures])


def animal_value(asset: AssetMeasures, measure: Measure) -> AnimalValue | None:
    """Return the value of an asset, with those of its images; None where it has none."""
    value = asset.value(measure)
    return None if value is None else AnimalValue(value, asset.by_image.get(measure, ()))


def _draw_brackets(
    axes: Axes,
    comparisons: Sequence[Comparison],
    factor: str,
    measure: Measure,
    groups: Sequence[str],
) -> None:
    """Draw a bracket with p over each two groups that are compared."""
    own = [each for each in comparisons if (each.factor, each.measure) == (factor, measure)]
    low, high = axes.get_ylim()
    step = ROOM_OF_BRACKET * (high - low)
    for level, each in enumerate(own[:MOST_BRACKETS]):
        y = high + level * step
        left, right = groups.index(each.first), groups.index(each.second)
        ends = [y - step / 5, y, y, y - step / 5]
        axes.plot([left, left, right, right], ends, color="black", linewidth=0.9)
        axes.text((left + right) / 2, y + step / 10, _p_text(each), ha="center", fontsize=8)
    axes.set_ylim(low, high + step * min(len(own), MOST_BRACKETS))


def _p_text(comparison: Comparison) -> str:
    p_value = comparison.test.p_value if comparison.p_holm is None else comparison.p_holm
    kind = "p (exploratory)" if comparison.p_holm is None else "p"
    return f"{kind} < 0.001" if p_value < SMALLEST_P else f"{kind} = {p_value:.3f}"


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


def _draw_cut_ends(axes: Axes, effects: Sequence[Effect]) -> None:
    """Draw an arrow where an interval goes on beyond the axis."""
    low, high = axes.get_xlim()
    for place, effect in enumerate(effects):
        if effect.ratio is not None and effect.ratio.interval is not None:
            if effect.ratio.interval.low < low:
                axes.plot(low, place, marker="<", color="black", clip_on=False, markersize=6)
            if effect.ratio.interval.high > high:
                axes.plot(high, place, marker=">", color="black", clip_on=False, markersize=6)


def _limit_values(axes: Axes, measure: Measure) -> None:
    """Show numbers from zero on; sizes, which vary little, by their own range."""
    low, high = axes.dataLim.y0, axes.dataLim.y1
    if measure in SIZES and np.isfinite([low, high]).all():
        room = (high - low) * (ROOM_ABOVE - 1) or high / 2
        axes.set_ylim(low - room, high + room)
    else:
        axes.set_ylim(0, high * ROOM_ABOVE if high > 0 else 1)
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
