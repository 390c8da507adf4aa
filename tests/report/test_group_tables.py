"""Tests for `gapjunction.report.group_tables`."""

import io

import pandas as pd
import pytest

from gapjunction.benchmark.asset_measures import Measure
from gapjunction.dataset.records import AssetMetadata
from gapjunction.report.group_tables import (
    asset_table,
    comparison_table,
    group_table,
    prism_tables,
    trend_table,
)
from group_cases import asset, study, two_groups

RATS, MICE = two_groups([1, 2, 3], [3, 4, 8]), two_groups([10, 20], [30, 40], dataset="mice")


def test_asset_table__csv__keeps_whole_numbers_and_gaps() -> None:
    age = AssetMetadata(age_months=3)
    table = asset_table([asset(1, metadata=age), asset(2, size_um=None)])
    back = pd.read_csv(io.StringIO(table.to_csv(index=False)))
    assert back["num_plaques"].tolist() == [1, 2]
    assert back["plaques_per_mm2"].isna().tolist() == [False, True]
    assert table.to_csv(index=False).splitlines()[1].startswith("rats,rats 1,,,,,3,")


def test_asset_table__further_columns__come_last_and_replace_none() -> None:
    further = AssetMetadata(further={"litter": "A", "dataset": "other"})
    table = asset_table([asset(1, metadata=further), asset(2)])
    assert list(table)[-1] == "litter"
    assert table["dataset"].tolist() == ["rats", "rats"]
    assert table["litter"].isna().tolist() == [False, True]


def test_group_table__spread__is_that_of_pandas() -> None:
    """Grouped from the table of assets, as a user of R would."""
    table = group_table(study(RATS + MICE))
    assets = asset_table(RATS + MICE)
    for (dataset, group), members in assets.groupby(["dataset", "diagnosis"]):
        rows = table[(table["dataset"] == dataset) & (table["group"] == group)]
        measure: Measure = "plaques_per_mm2"
        [row] = rows[rows["measure"] == measure].to_dict("records")
        assert row["mean"] == pytest.approx(members[measure].mean())
        assert row["sd"] == pytest.approx(members[measure].std())
        assert row["median"] == pytest.approx(members[measure].median())
        assert row["num_assets"] == len(members)


def test_comparison_table__two_datasets__has_a_row_for_all_and_for_each() -> None:
    table = comparison_table(study(RATS + MICE))
    density = table[table["measure"] == "plaques_per_mm2"]
    assert density["dataset"].tolist() == ["all", "mice", "rats"]
    assert density["ratio"].tolist()[1:] == pytest.approx([35 / 15, 5 / 2])
    assert density["p_value"].isna().tolist() == [False, True, True]
    assert density["num_first"].tolist() == [5, 2, 3]


def test_trend_table__ages__has_a_row_for_each_measure() -> None:
    ages = [AssetMetadata(age_months=n) for n in range(1, 6)]
    table = trend_table(study([asset(n * n, metadata=age) for n, age in enumerate(ages)]))
    [row] = table.to_dict("records")
    assert (row["measure"], row["spearman_rho"], row["num_assets"]) == ("plaques_per_mm2", 1, 5)


def test_prism_tables__groups_of_unequal_size__are_columns() -> None:
    tables = dict(prism_tables(study(two_groups([1, 2, 3], [4, 5]))))
    assert list(tables) == ["diagnosis_plaques_per_mm2", "diagnosis_plaque_size_um"]
    density = tables["diagnosis_plaques_per_mm2"]
    assert list(density) == ["healthy (rats)", "epilepsy (rats)"]
    assert density["epilepsy (rats)"].dropna().tolist() == [400, 500]


def test_tables__nothing_compared__have_a_header() -> None:
    nothing = study([asset(1)])
    for table in (comparison_table(nothing), trend_table(nothing), group_table(nothing)):
        assert len(table) == 0
        assert "measure" in table
