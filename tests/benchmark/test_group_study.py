"""Tests for `gapjunction.benchmark.group_study`."""

from pathlib import Path

import pytest

from gapjunction.benchmark.asset_measures import measure_assets
from gapjunction.benchmark.measured_images import measure_annotations
from gapjunction.commands.simulate import SimulateConfig, run
from gapjunction.dataset.records import AssetMetadata
from gapjunction.simulation.imaging_model import DENSITY_BY_DIAGNOSIS, Kind
from group_cases import asset, study, two_groups

DATA = Path(__file__).parents[2] / "data"


def test_study_groups__shipped_data__hold_the_effect_that_was_put_in() -> None:
    """Six stacks a dataset, which differ more than the groups do, do not show it."""
    assets = measure_assets(measure_annotations(DATA).images)
    [density, _] = study(assets, "diagnosis").comparisons
    truth = DENSITY_BY_DIAGNOSIS["epilepsy"] / DENSITY_BY_DIAGNOSIS["healthy"]
    for effect in (density.effect, *density.by_dataset):
        assert effect.ratio is not None
        assert effect.ratio.interval is not None
        assert effect.ratio.interval.low <= truth <= effect.ratio.interval.high
    assert [len(density.by_dataset), density.test.num_arrangements] == [2, 400]
    assert density.test.p_value > 0.05


@pytest.mark.long
def test_study_groups__simulated_single_images__find_the_effect_that_was_put_in(
    tmp_path: Path,
) -> None:
    kinds: tuple[Kind, ...] = ("human", "rat")
    for kind in kinds:
        run(SimulateConfig(out=tmp_path / kind, kind=kind, images=12, assets=6, size=256))
    assets = measure_assets(measure_annotations(tmp_path).images)
    [density, *_] = study(assets, "diagnosis").comparisons
    assert density.effect.ratio is not None
    assert density.effect.ratio.interval is not None
    truth = DENSITY_BY_DIAGNOSIS["epilepsy"] / DENSITY_BY_DIAGNOSIS["healthy"]
    assert 1 < density.effect.ratio.interval.low <= truth <= density.effect.ratio.interval.high
    assert density.test.p_value <= 0.05


def test_study_groups__three_groups__compares_all_pairs() -> None:
    assets = two_groups([1, 2], [3, 4]) + [asset(n, diagnosis="tumor") for n in (5, 6)]
    pairs = {(each.first, each.second) for each in study(assets).comparisons}
    assert pairs == {("healthy", "epilepsy"), ("healthy", "tumor"), ("epilepsy", "tumor")}


def test_study_groups__several_tests__are_corrected_together() -> None:
    ages = [AssetMetadata(diagnosis="healthy", age_months=n) for n in range(1, 5)]
    ages += [AssetMetadata(diagnosis="epilepsy", age_months=n) for n in range(1, 5)]
    found = study([asset(n**2, metadata=age) for n, age in enumerate(ages)])
    p_values = [each.test.p_value for each in (*found.comparisons,)]
    assert (len(found.comparisons), len(found.trends)) == (2, 1)
    assert found.comparisons[0].p_holm == pytest.approx(3 * min(p_values))


def test_study_groups__planned_factor__comes_first_and_is_corrected_alone() -> None:
    kinds = [AssetMetadata(diagnosis=d, sex=s) for d in ("ill", "well") for s in ("Male", "Female")]
    assets = [asset(n + 1, size_um=None, metadata=kinds[n % 4]) for n in range(12)]
    found = study(assets, primary="sex")
    assert [each.factor for each in found.comparisons] == ["sex", "sex", "diagnosis", "diagnosis"]
    assert [each.p_holm is None for each in found.comparisons] == [False, False, True, True]


def test_study_groups__further_column__is_offered_and_compared_by() -> None:
    kinds = [
        AssetMetadata(further={"genotype": g, "animal": g, "id": str(n)})
        for n, g in enumerate("aabb")
    ]
    assets = [asset(n + 1, metadata=kind) for n, kind in enumerate(kinds)]
    assert study(assets).not_compared == (
        "Further columns to compare by: genotype (--primary genotype).",
    )
    [density, _] = study(assets, "genotype").comparisons
    assert (density.factor, density.first, density.second) == ("genotype", "a", "b")


def test_study_groups__lonely_or_only_group__is_said() -> None:
    assets = [
        asset(n, metadata=AssetMetadata(species="rat", diagnosis=diagnosis))
        for n, diagnosis in enumerate(["healthy", "healthy", "healthy", "epilepsy"])
    ]
    found = study(assets)
    assert found.factors == ("species", "diagnosis")
    assert found.comparisons == ()
    assert [each.split(":")[0] for each in found.not_compared] == ["Species", "Diagnosis"]


def test_study_groups__no_metadata__compares_nothing() -> None:
    found = study([asset(1), asset(2)])
    assert (found.factors, found.comparisons, found.not_compared) == ((), (), ())
