"""The part of a report that compares groups as if they were alike in age, sex or the like."""

from collections.abc import Sequence

import pandas as pd

from gapjunction.benchmark.adjusted_groups import AdjustedComparison, AdjustedStudy, WhyNot
from gapjunction.metrics.adjusted_ratio import AdjustedRatio
from gapjunction.report.group_sentences import interval_in_words, p_text, with_interval
from gapjunction.report.group_tables import MEASURE_TITLES, factor_name, factor_title
from gapjunction.report.html_page import Paragraph, Points, Section, Table
from gapjunction.report.tables import NO_VALUE

WHY_NOT: dict[WhyNot, str] = {
    "few": "there are too few assets for as many covariates",
    "redundant": "a covariate is the same in all assets of each dataset, or goes with another one",
    "inseparable": "the groups differ in a covariate in every asset, so that nothing tells which "
    "of the two makes a difference",
    "no spread": "assets do not vary",
    "zero": "an asset has none, and zero has no logarithm",
}
RATIO_COLUMNS = (
    *("ratio", "ratio_low", "ratio_high", "degrees_of_freedom"),
    *("p_value", "p_holm"),
)


def adjusted_section(study: AdjustedStudy) -> Section:
    """Return the adjusted ratios as a table, and what they rest upon; nothing without any."""
    title = "Adjusted for covariates"
    if not study.comparisons:
        return Section(title, [])
    rows = [
        [
            f"{each.second} / {each.first}",
            MEASURE_TITLES[each.measure],
            _listed(each.covariates),
            f"{each.num_second} / {each.num_first}",
            *_cells(each),
        ]
        for each in study.comparisons
    ]
    ratio = "adjusted ratio (95 % interval)"
    header = ["groups", "measure", "adjusted for", "assets", ratio, "p", "p, Holm"]
    return Section(
        title,
        [
            Paragraph(
                "How many times the value of the other group an asset of the same "
                f"{_listed(study.covariates)} has: least squares on the logarithm of each asset's "
                "value."
            ),
            Table("Ratios of geometric means", header, rows, first_number=3),
            Points(adjusted_cautions(study)),
        ],
    )


def adjusted_sentences(study: AdjustedStudy) -> list[str]:
    """Return what every adjusted comparison says."""
    return [_sentence(each) for each in study.comparisons]


def adjusted_cautions(study: AdjustedStudy) -> list[str]:
    """Return what adjusted ratios rest upon."""
    cautions = [
        "The plain and the adjusted ratio answer one question. Go by the one that you chose before "
        "looking: whoever looks at both and takes the smaller p is wrong more often than p says.",
        "Each covariate takes from what few assets can tell. Adjusting is for what was measured "
        "before any effect, as age is: what the disease itself changes, it would take away.",
    ]
    categories = [name for name in study.covariates if name not in study.numbers]
    cautions += [
        f"Taken as {kind}: {_listed(names)}."
        for kind, names in (("numbers", study.numbers), ("categories", categories))
        if names
    ]
    apart = dict.fromkeys(name for each in study.comparisons for name in each.apart)
    cautions += [
        f"Of {factor_name(name)} the groups have no value in common: what they would be at the "
        "same one is an extrapolation, that no interval knows of."
        for name in apart
    ]
    return cautions


def adjusted_table(study: AdjustedStudy) -> pd.DataFrame:
    """Return one row for each adjusted comparison; ratio and p are empty where there is none."""
    rows = [_row(each) for each in study.comparisons]
    return pd.DataFrame(rows, columns=None if rows else list(RATIO_COLUMNS)).convert_dtypes()


def _row(each: AdjustedComparison) -> dict[str, object]:
    row: dict[str, object] = {
        "factor": each.factor,
        "measure": each.measure,
        "first": each.first,
        "second": each.second,
        "covariates": "; ".join(each.covariates),
        "num_first": each.num_first,
        "num_second": each.num_second,
    }
    if not isinstance(each.adjusted, AdjustedRatio):
        return row | dict.fromkeys(RATIO_COLUMNS) | {"why_not": WHY_NOT[each.adjusted]}
    found = each.adjusted
    numbers = (found.ratio, found.interval.low, found.interval.high, found.freedom)
    told = (*numbers, found.p_value, each.p_holm)
    return row | dict(zip(RATIO_COLUMNS, told, strict=True)) | {"why_not": None}


def _cells(each: AdjustedComparison) -> list[str]:
    if not isinstance(each.adjusted, AdjustedRatio):
        return [f"none: {WHY_NOT[each.adjusted]}", NO_VALUE, NO_VALUE]
    corrected = "exploratory" if each.p_holm is None else f"{each.p_holm:.4f}"
    return [with_interval(each.adjusted.estimate), f"{each.adjusted.p_value:.4f}", corrected]


def _sentence(each: AdjustedComparison) -> str:
    title = (
        f"{factor_title(each.factor)}, {MEASURE_TITLES[each.measure]}, adjusted for "
        f"{_listed(each.covariates)}"
    )
    if not isinstance(each.adjusted, AdjustedRatio):
        return f"{title}: no ratio of {each.second} to {each.first}, as {WHY_NOT[each.adjusted]}."
    found = each.adjusted
    corrected = (
        ", exploratory"
        if each.p_holm is None
        else f", after Holm's correction {p_text(each.p_holm).removeprefix('p = ')}"
        if each.p_holm > found.p_value
        else ""
    )
    return (
        f"{title}: {each.second} has {found.ratio:.2f} times the value of {each.first} "
        f"({interval_in_words(found.estimate, '.2f')}; {each.num_second} and {each.num_first} "
        f"assets; {p_text(found.p_value)}{corrected})."
    )


def _listed(names: Sequence[str]) -> str:
    *others, last = map(factor_name, names)
    return f"{', '.join(others)} and {last}" if others else last
