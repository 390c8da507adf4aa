"""The parts of a report that tell of groups: summary, tables, figures, limits."""

from collections.abc import Sequence

import numpy as np

from gapjunction.benchmark.asset_measures import Measure
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.groups import AGE, AgeTrend, Comparison
from gapjunction.benchmark.rectified_groups import found_where_annotated
from gapjunction.metrics.group_effects import Estimate
from gapjunction.report.embedded_pictures import picture_of_figure
from gapjunction.report.group_figures import age_figure, effect_figure, group_figure
from gapjunction.report.group_sentences import (
    comparison_sentences,
    limits_of_study,
    with_interval,
)
from gapjunction.report.group_tables import (
    MEASURE_TITLES,
    factor_name,
    factor_title,
    known_values,
    members_of_groups,
)
from gapjunction.report.html_page import PagePicture, Paragraph, Part, Points, Section, Table
from gapjunction.report.tables import NO_VALUE

FORMS: dict[Measure, str] = {
    "plaques_per_image": ".1f",
    "plaques_per_slice": ".2f",
    "plaques_per_mm2": ",.0f",
    "plaques_per_mm3": ".3g",
    "plaque_size_um": ".3f",
    "plaque_size_px": ".2f",
}


def dataset_table(study: GroupStudy) -> Table:
    """Return assets, images, objects and mean measures of each dataset."""
    measures = _shown_measures(study)
    rows = []
    for dataset in sorted({each.dataset for each in study.assets}):
        members = [each for each in study.assets if each.dataset == dataset]
        rows.append(
            [
                dataset,
                str(len(members)),
                str(sum(each.num_images for each in members)),
                str(sum(each.num_plaques for each in members)),
                *(_spread(known_values(members, measure), measure) for measure in measures),
            ]
        )
    header = ["dataset", "assets", "images", "plaques", *(MEASURE_TITLES[m] for m in measures)]
    return Table("Mean over the assets (standard deviation)", header, rows)


def summary_section(study: GroupStudy, *, is_predicted: bool) -> Section:
    """Return what was counted, what the comparisons say and what they cannot say."""
    parts: list[Part] = [*map(Paragraph, study.units), dataset_table(study)]
    parts += [picture_of_groups(study, each) for each in study.factors[:1] if each != AGE]
    sentences = comparison_sentences(study)
    if sentences:
        parts.append(Points(sentences))
    else:
        parts.append(Paragraph("No groups are compared: no two groups of two assets are known."))
    parts += [
        Paragraph("What these numbers cannot say:"),
        Points(limits_of_study(study, is_predicted=is_predicted)),
    ]
    return Section("Summary", parts)


def group_section(study: GroupStudy) -> Section:
    """Return the measures of every group, its figure, and all comparisons."""
    parts: list[Part] = []
    if any(each != AGE for each in study.factors):
        parts.append(_group_table(study))
    for factor in study.factors:  # the first is in the summary
        if factor == AGE:
            parts.append(
                picture_of_figure(age_figure(study), "Measures of each asset by age", "ages")
            )
        elif factor != study.factors[0]:
            parts.append(picture_of_groups(study, factor))
    return Section("Groups", parts)


def picture_of_groups(study: GroupStudy, factor: str) -> PagePicture:
    """Return the SuperPlot of a factor."""
    caption = (
        f"Measures of each asset by {factor_name(factor)}. Bars: mean of the assets with its "
        "95 % interval"
    )
    return picture_of_figure(group_figure(study, factor), caption, f"groups_by_{factor}")


def comparison_section(study: GroupStudy) -> Section:
    """Return all comparisons and trends as tables, and the ratios as a figure."""
    parts: list[Part] = []
    if study.comparisons:
        parts.append(_comparison_table(study.comparisons))
    if any(each.effect.ratio for each in study.comparisons):
        caption = (
            "Ratios of means with 95 % intervals. Filled: shown after Holm's correction; "
            "small and grey: one dataset."
        )
        parts.append(picture_of_figure(effect_figure(study), caption, "ratios"))
    if study.trends:
        parts.append(_trend_table(study.trends))
    return Section("Comparisons", parts)


def _shown_measures(study: GroupStudy) -> list[Measure]:
    """Return the measures to show in tables: per image or slice, and what is compared."""
    known = [
        each
        for each in ("plaques_per_image", "plaques_per_slice")
        if any(asset.value(each) is not None for asset in study.assets)
    ]
    return [each for each in MEASURE_TITLES if each in (*known, *study.measures)]


def _group_table(study: GroupStudy) -> Table:
    measures = _shown_measures(study)
    has_truth = any(each.num_truth is not None for each in study.assets)
    rows = []
    for factor, group, dataset, members in members_of_groups(study):
        share = found_where_annotated(members).share
        rows.append(
            [
                factor_title(factor),
                group,
                dataset,
                str(len(members)),
                *(_spread(known_values(members, measure), measure) for measure in measures),
                *([with_interval(share)] if has_truth else []),
            ]
        )
    header = ["factor", "group", "dataset", "assets", *(MEASURE_TITLES[m] for m in measures)]
    if has_truth:
        header.append("found / annotated (95 % interval)")
    return Table("Mean over the assets (standard deviation)", header, rows, first_number=3)


def _comparison_table(comparisons: Sequence[Comparison]) -> Table:
    rows = []
    for each in comparisons:
        for effect in (each.effect, *each.by_dataset):
            is_whole = effect.dataset == ""
            rows.append(
                [
                    f"{each.second} / {each.first}" if is_whole else f"in {effect.dataset}",
                    MEASURE_TITLES[each.measure],
                    f"{effect.num_second} / {effect.num_first}",
                    NO_VALUE if effect.ratio is None else f"{effect.ratio.value:.3f}",
                    _interval(effect.ratio, ".3f"),
                    NO_VALUE if effect.hedges_g is None else f"{effect.hedges_g.value:+.2f}",
                    _interval(effect.hedges_g, "+.2f"),
                    f"{each.test.p_value:.4f}" if is_whole else "",
                    _corrected(each) if is_whole else "",
                ]
            )
    ends = "95 % interval"
    header = ["groups", "measure", "assets", "ratio", ends, "Hedges' g", ends, "p", "p, Holm"]
    return Table("Ratios of the groups' means", header, rows, first_number=2)


def _trend_table(trends: Sequence[AgeTrend]) -> Table:
    rows = [
        [
            MEASURE_TITLES[each.measure],
            str(each.num_assets),
            f"{each.correlation.value:+.3f}",
            _interval(each.correlation, "+.3f"),
            f"{each.test.p_value:.4f}",
            _corrected(each),
        ]
        for each in trends
    ]
    header = ["measure", "assets", "Spearman's rho", "95 % interval", "p", "p, Holm"]
    return Table("Correlation with age", header, rows)


def _corrected(each: Comparison | AgeTrend) -> str:
    return "exploratory" if each.p_holm is None else f"{each.p_holm:.4f}"


def _spread(values: np.ndarray, measure: Measure) -> str:
    """Return mean and standard deviation as text, such as "12.5 (3.1)"."""
    if not len(values):
        return NO_VALUE
    mean = f"{values.mean():{FORMS[measure]}}"
    return mean if len(values) == 1 else f"{mean} ({values.std(ddof=1):{FORMS[measure]}})"


def _interval(estimate: Estimate | None, form: str) -> str:
    if estimate is None or estimate.interval is None:
        return NO_VALUE
    return f"{estimate.interval.low:{form}} to {estimate.interval.high:{form}}"
