"""Tests for `gapjunction.report.adjusted_section`."""

from dataclasses import replace

from gapjunction.benchmark.adjusted_groups import AdjustedComparison, AdjustedStudy
from gapjunction.metrics.adjusted_ratio import AdjustedRatio
from gapjunction.metrics.interval import Interval
from gapjunction.report.adjusted_section import (
    adjusted_cautions,
    adjusted_section,
    adjusted_sentences,
    adjusted_table,
)
from gapjunction.report.html_page import Table

RATIO = AdjustedRatio(1.5, Interval(1.1, 2.05), p_value=0.02, freedom=3.4)
COMPARISON = AdjustedComparison(
    "diagnosis",
    "plaques_per_image",
    "healthy",
    "epilepsy",
    ("age", "litter"),
    num_first=4,
    num_second=5,
    adjusted=RATIO,
    p_holm=0.04,
)
REFUSED = replace(COMPARISON, adjusted="few", p_holm=None)


def study(*comparisons: AdjustedComparison) -> AdjustedStudy:
    return AdjustedStudy(("age", "litter"), ("age",), comparisons)


def test_adjusted_section__comparisons__show_ratio_and_why_there_is_none() -> None:
    table = adjusted_section(study(COMPARISON, REFUSED)).parts[1]
    assert isinstance(table, Table)
    start = ["epilepsy / healthy", "plaques per image", "age and litter", "5 / 4"]
    assert table.rows == [
        [*start, "1.50 (1.10 to 2.05)", "0.0200", "0.0400"],
        [*start, "none: there are too few assets for as many covariates", "-", "-"],
    ]


def test_adjusted_sentences__comparisons__say_ratio_or_why_there_is_none() -> None:
    exploratory = replace(COMPARISON, p_holm=None)
    title = "Diagnosis, plaques per image, adjusted for age and litter: "
    start = (
        f"{title}epilepsy has 1.50 times the value of healthy (95 % interval 1.10 to 2.05; "
        "5 and 4 assets; p = 0.020"
    )
    assert adjusted_sentences(study(COMPARISON, exploratory, REFUSED)) == [
        f"{start}, after Holm's correction 0.040).",
        f"{start}, exploratory).",
        f"{title}no ratio of epilepsy to healthy, as there are too few assets for as many "
        "covariates.",
    ]


def test_adjusted_cautions__kinds_and_extrapolation__are_told() -> None:
    cautions = adjusted_cautions(study(replace(COMPARISON, apart=("age",))))
    assert "Taken as numbers: age." in cautions
    assert "Taken as categories: litter." in cautions
    assert any("Of age the groups have no value in common" in each for each in cautions)


def test_adjusted_table__comparisons__are_rows() -> None:
    table = adjusted_table(study(COMPARISON, REFUSED))
    assert table["covariates"].tolist() == ["age; litter"] * 2
    assert table["ratio"][0] == 1.5
    assert table["ratio"].isna().tolist() == [False, True]
    assert table["ratio_low"][0] == 1.1
    assert table["degrees_of_freedom"][0] == 3.4
    assert table["why_not"][1] == "there are too few assets for as many covariates"


def test_adjusted_section__nothing_compared__is_left_out_and_its_table_has_no_row() -> None:
    assert adjusted_section(study()).parts == []
    assert adjusted_table(study()).empty
    assert "ratio" in adjusted_table(study()).columns
