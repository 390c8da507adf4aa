"""Tables of groups for R, Prism and other programs: one fact a row, empty where there is none."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gapjunction.benchmark.asset_measures import AssetMeasures, Measure, area_mm2, side_px
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.groups import AGE, Comparison, Effect, group_of, groups_of
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.dataset.names import as_file_name
from gapjunction.metrics.group_effects import Estimate

MEASURE_TITLES: dict[Measure, str] = {
    "plaques_per_image": "plaques per image",
    "plaques_per_slice": "plaques per slice",
    "plaques_per_mm2": "plaques per mm\N{SUPERSCRIPT TWO}",
    "plaques_per_mm3": "plaques per mm\N{SUPERSCRIPT THREE}",
    "plaque_size_um": "plaque size, \N{MICRO SIGN}m",
    "plaque_size_px": "plaque size, px",
}
FACTOR_TITLES: dict[str, str] = {
    "species": "Species",
    "diagnosis": "Diagnosis",
    "sex": "Sex",
    "localization": "Localization",
    "age": "Age",
}
ALL_DATASETS = "all"
ARRANGEMENTS = {True: "exact permutation", False: "Monte Carlo permutation"}


def factor_title(factor: str) -> str:
    """Return what a factor is called at the head of a line; further columns as they are written."""
    return FACTOR_TITLES.get(factor, factor)


def factor_name(factor: str) -> str:
    """Return what a factor is called in a sentence."""
    return FACTOR_TITLES[factor].lower() if factor in FACTOR_TITLES else factor


def image_table(images: Sequence[MeasuredImage]) -> pd.DataFrame:
    """Return one row an image: its count, density and the mean size of its objects."""
    rows = []
    for image in images:
        sides = side_px(image)
        size_px = float(sides.mean()) if len(sides) else None
        area = area_mm2(image)
        rows.append(
            {
                "dataset": image.dataset,
                "asset": image.asset,
                "image": image.name,
                "num_plaques": len(image.counted),
                "num_annotations": None if image.truth is None else len(image.truth),
                "area_mm2": area,
                "plaques_per_mm2": None if area is None else len(image.counted) / area,
                "plaque_size_px": size_px,
                "plaque_size_um": _product(size_px, image.um_per_px),
            }
        )
    return _as_frame(rows)


def asset_table(assets: Sequence[AssetMeasures]) -> pd.DataFrame:
    """Return one row an asset: what is known of its subject, its measures, and further columns."""
    names = dict.fromkeys(name for each in assets for name in each.metadata.further)
    rows = []
    for each in assets:
        row = _asset_row(each)
        further = {name: each.metadata.further.get(name) for name in names if name not in row}
        rows.append(row | further)
    return _as_frame(rows)


def group_table(study: GroupStudy) -> pd.DataFrame:
    """Return one row for each group, dataset and measure: the spread of its assets.

    The standard deviation (ddof 1) is empty for a single asset.
    """
    rows = []
    for factor, group, dataset, members in members_of_groups(study):
        for measure in MEASURE_TITLES:
            values = known_values(members, measure)
            if len(values):
                rows.append(
                    {
                        "factor": factor,
                        "group": group,
                        "dataset": dataset,
                        "measure": measure,
                        "num_assets": len(values),
                        "mean": values.mean(),
                        "sd": values.std(ddof=1) if len(values) > 1 else None,
                        "median": float(np.median(values)),
                        "lowest": values.min(),
                        "highest": values.max(),
                    }
                )
    return _as_frame(rows, ("factor", "group", "dataset", "measure", "num_assets", "mean"))


def comparison_table(study: GroupStudy) -> pd.DataFrame:
    """Return one row for each comparison, "all", and for its effect in each dataset."""
    rows = []
    for each in study.comparisons:
        rows.append(
            _comparison_row(each, each.effect) | _heterogeneity_columns(each) | _test_columns(each)
        )
        rows += [_comparison_row(each, of_dataset) for of_dataset in each.by_dataset]
    return _as_frame(rows, ("factor", "measure", "first", "second", "dataset", "ratio", "p_holm"))


def trend_table(study: GroupStudy) -> pd.DataFrame:
    """Return one row for each measure's correlation with age."""
    rows = [
        {
            "measure": each.measure,
            "datasets": "; ".join(each.datasets),
            "num_assets": each.num_assets,
            "spearman_rho": each.correlation.value,
            "rho_low": _low(each.correlation),
            "rho_high": _high(each.correlation),
            **_test_columns(each),
        }
        for each in study.trends
    ]
    return _as_frame(rows, ("measure", "num_assets", "spearman_rho", "p_holm"))


def prism_tables(study: GroupStudy) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield a column table for each factor and measure, with its name: a column is a group."""
    for factor in study.factors:
        if factor == AGE:
            continue
        for measure in study.measures:
            columns = {
                f"{group} ({dataset})": pd.Series(known_values(members, measure))
                for own_factor, group, dataset, members in members_of_groups(study)
                if own_factor == factor
            }
            yield as_file_name(f"{factor}_{measure}"), pd.DataFrame(columns)


def members_of_groups(
    study: GroupStudy,
) -> Iterator[tuple[str, str, str, list[AssetMeasures]]]:
    """Yield factor, group, dataset and its assets, for each group that a dataset has."""
    datasets = sorted({each.dataset for each in study.assets})
    for factor in study.factors:
        if factor == AGE:
            continue
        for group in groups_of(study.assets, factor):
            for dataset in datasets:
                members = [
                    each
                    for each in study.assets
                    if each.dataset == dataset and group_of(each, factor) == group
                ]
                if members:
                    yield factor, group, dataset, members


def known_values(assets: Sequence[AssetMeasures], measure: Measure) -> np.ndarray:
    """Return the values (N,) of the assets that have one."""
    values = [each.value(measure) for each in assets]
    return np.array([value for value in values if value is not None], dtype=np.float64)


def _asset_row(asset: AssetMeasures) -> dict[str, Any]:
    known = asset.metadata
    row: dict[str, Any] = {
        "dataset": asset.dataset,
        "asset": asset.asset,
        "species": known.species,
        "diagnosis": known.diagnosis,
        "sex": known.sex,
        "localization": known.localization,
        "age_months": known.age_months,
        "weight_kg": known.weight_kg,
        "num_images": asset.num_images,
        "num_plaques": asset.num_plaques,
        "num_boxes": asset.num_boxes,
    }
    row |= {measure: asset.value(measure) for measure in MEASURE_TITLES}
    return row | {
        "num_annotations": asset.num_truth,
        "num_found_where_annotated": asset.num_found_there,
    }


def _comparison_row(comparison: Comparison, effect: Effect) -> dict[str, Any]:
    return {
        "factor": comparison.factor,
        "measure": comparison.measure,
        "first": comparison.first,
        "second": comparison.second,
        "dataset": effect.dataset or ALL_DATASETS,
        "is_between_datasets": comparison.is_between_datasets,
        "num_first": effect.num_first,
        "num_second": effect.num_second,
        "num_blocks": comparison.num_blocks or None,
        "mean_first": effect.mean_first,
        "mean_second": effect.mean_second,
        "ratio": None if effect.ratio is None else effect.ratio.value,
        "ratio_low": _low(effect.ratio),
        "ratio_high": _high(effect.ratio),
        "hedges_g": None if effect.hedges_g is None else effect.hedges_g.value,
        "hedges_g_low": _low(effect.hedges_g),
        "hedges_g_high": _high(effect.hedges_g),
    }


def _heterogeneity_columns(comparison: Comparison) -> dict[str, Any]:
    found = comparison.heterogeneity
    return {
        "cochran_q": None if found is None else found.q,
        "q_p_value": None if found is None else found.p_value,
        "i_squared": None if found is None else found.i_squared,
    }


def _test_columns(tested: Any) -> dict[str, Any]:
    return {
        "p_value": tested.test.p_value,
        "p_holm": tested.p_holm,
        "smallest_p": tested.test.smallest_p,
        "test": ARRANGEMENTS[tested.test.is_exact],
        "num_arrangements": tested.test.num_arrangements,
    }


def _as_frame(rows: Sequence[dict[str, Any]], columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return the rows; whole numbers stay whole in columns that are empty elsewhere."""
    return pd.DataFrame(rows, columns=None if rows else list(columns)).convert_dtypes()


def _product(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first * second


def _low(estimate: Estimate | None) -> float | None:
    return None if estimate is None or estimate.interval is None else estimate.interval.low


def _high(estimate: Estimate | None) -> float | None:
    return None if estimate is None or estimate.interval is None else estimate.interval.high
