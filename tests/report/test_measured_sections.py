"""Tests for `gapjunction.report.measured_sections`."""

import numpy as np
import pytest

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.plaque_distributions import SHARES, Distribution
from gapjunction.benchmark.predicted_tables import TableMeasure
from gapjunction.report.html_page import PagePicture, Table
from gapjunction.report.measured_sections import (
    distribution_table,
    measure_rows,
    measured_sections,
)
from gapjunction.report.measured_tables import MeasuredTables
from group_cases import study, two_groups

pytestmark = pytest.mark.usefixtures("figures_of_one_pixel")

STUDY = study(two_groups([1, 4], [3]), "diagnosis")
NAMES = [AssetName(each.dataset, each.asset) for each in STUDY.assets]
AREA = Distribution(
    "area, px",
    "area",
    {name: np.full(len(SHARES), float(n)) for n, name in enumerate(NAMES, 1)},
    dict.fromkeys(NAMES, 9),
)
CORTEX = TableMeasure(
    "per mm2", "cortex", {NAMES[0]: 1200.0, NAMES[1]: 1400.0}, dict.fromkeys(NAMES, ())
)


def test_measured_sections__no_tables__are_none() -> None:
    assert list(measured_sections(STUDY, MeasuredTables())) == []


def test_measured_sections__tables__have_means_of_groups_and_a_figure() -> None:
    tables = MeasuredTables([AREA], [CORTEX], [CORTEX], [CORTEX])
    sections = list(measured_sections(STUDY, tables))
    titles = [each.title for each in sections]
    assert titles == ["Sizes and intensities", "Regions", "Coupling of cells", "Space"]
    for section in sections:
        assert any(isinstance(part, PagePicture) for part in section.parts)
    sizes, regions, *_ = (next(p for p in each.parts if isinstance(p, Table)) for each in sections)
    assert sizes.rows == [["healthy", "rats", "2", "1.5 (0.707)"], ["epilepsy", "rats", "1", "3"]]
    assert regions.rows[0] == ["healthy", "rats", "2", "1,300 (141)"]
    assert regions.rows[1][3] == "-"


def test_distribution_table__quantile_below_the_resolution__is_empty() -> None:
    values = np.full(len(SHARES), 2.0)
    values[0] = -np.inf
    spots = Distribution("area, px", "area", {NAMES[0]: values}, {NAMES[0]: 9})
    table = distribution_table([spots])
    assert len(table) == len(SHARES)
    assert table["quantile"].isna().tolist() == [True] + [False] * (len(SHARES) - 1)
    assert set(table["unit"]) == {"px"}


def test_measure_rows__measure__has_a_row_an_asset() -> None:
    assert measure_rows([CORTEX])["value"].tolist() == [1200, 1400]
