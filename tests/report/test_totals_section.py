"""Tests for `gapjunction.report.totals_section`."""

from pathlib import Path

from detection_cases import boxes_with_scores
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImage, MeasuredImages
from gapjunction.benchmark.predicted_totals import PredictedTotal
from gapjunction.dataset.records import AssetMetadata
from gapjunction.report.html_page import Points, Table
from gapjunction.report.totals_section import totals_section
from group_cases import study, two_groups

NOTHING = boxes_with_scores()
STUDY = study(two_groups([1, 2], [3, 4]), "age", "diagnosis")


def image(asset: str, diagnosis: str | None) -> MeasuredImage:
    metadata = AssetMetadata(diagnosis=diagnosis)
    path = Path("1.png")
    return MeasuredImage(asset, "rats", asset, metadata, path, 9, 9, None, NOTHING, NOTHING, None)


def total(asset: str, count: int, low: int, high: int) -> PredictedTotal:
    return PredictedTotal(AssetName("rats", asset), "plaque", "objects", 5, count, low, high)


def test_totals_section__assets_of_groups__have_a_row_each_and_a_line_a_group() -> None:
    images = (image("a", "healthy"), image("b", "epilepsy"), image("c", "epilepsy"))
    measured = MeasuredImages((*images, image("d", None)), ("plaque",), ("#ffffff",), 0)
    totals = [total("a", 9, 7, 12), total("b", 20, 15, 26), total("c", 4, 2, 7)]
    section = totals_section([*totals, total("d", 5, 4, 6)], measured, STUDY)
    _, table, lines = section.parts
    assert isinstance(table, Table)
    assert isinstance(lines, Points)
    assert table.rows[0] == ["rats", "a", "healthy", "plaque", "objects", "5", "9", "7 to 12"]
    assert [row[2] for row in table.rows] == ["healthy", "epilepsy", "epilepsy", "-"]
    assert lines.texts == [
        "Diagnosis healthy: 9 objects (plaque) in 1 asset, 7 to 12 if all assets err in the same "
        "direction.",
        "Diagnosis epilepsy: 24 objects (plaque) in 2 assets, 17 to 33 if all assets err in the "
        "same direction.",
    ]


def test_totals_section__no_totals__is_left_out() -> None:
    assert totals_section([], MeasuredImages((), (), (), 0), STUDY).parts == []
