"""Tests for `gapjunction.report.measured_tables`, with what `gapjunction measure` writes."""

from dataclasses import replace
from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImages, measure_annotations
from gapjunction.commands import measure
from gapjunction.commands.measure import MeasureConfig
from gapjunction.errors import BenchmarkError
from gapjunction.report.measured_tables import NO_TABLES, read_measured_tables

NUM_ASSETS = 2


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return build_dataset(tmp_path / "rats", num_assets=NUM_ASSETS)


@pytest.fixture
def annotated(data: Path) -> MeasuredImages:
    return measure_annotations(data)


@pytest.fixture
def tables(data: Path, tmp_path: Path) -> Path:
    measure.run(MeasureConfig(input=data, output=tmp_path / "tables", pixel_size_um=0.1))
    return tmp_path / "tables"


def test_read_measured_tables__annotations_without_any__tell_nothing(
    annotated: MeasuredImages,
) -> None:
    assert read_measured_tables(annotated, None, None, None) == NO_TABLES


def test_read_measured_tables__measured_annotations__are_told_by_asset(
    annotated: MeasuredImages, tables: Path
) -> None:
    told = read_measured_tables(annotated, tables, None, None)
    counted = {
        AssetName(each.dataset, each.asset): sum(
            len(other.counted) for other in annotated.images if other.asset == each.asset
        )
        for each in annotated.images
    }
    assert len(counted) == NUM_ASSETS
    assert told.distributions
    assert all(each.num_plaques == counted for each in told.distributions if each.name == "area")


def test_read_measured_tables__other_objects_by_now__are_refused(
    annotated: MeasuredImages, tables: Path
) -> None:
    first = annotated.images[0]
    changed = replace(
        annotated, images=(replace(first, counted=first.counted[:0]), *annotated.images[1:])
    )
    with pytest.raises(BenchmarkError, match=r"objects\.csv: rats/asset_0: .*measure` again"):
        read_measured_tables(changed, tables, None, None)


def test_read_measured_tables__folder_without_tables__is_refused(
    annotated: MeasuredImages, tmp_path: Path
) -> None:
    with pytest.raises(BenchmarkError, match=r"gapjunction measure` wrote .* found none"):
        read_measured_tables(annotated, tmp_path / "nothing", None, None)


def test_read_measured_tables__predictions_for_annotations__are_refused(
    annotated: MeasuredImages, tables: Path
) -> None:
    (tables / "detections").mkdir()
    with pytest.raises(BenchmarkError, match="found predictions, while annotations"):
        read_measured_tables(annotated, tables, None, None)


def test_read_measured_tables__predictions__may_be_measured_elsewhere(
    annotated: MeasuredImages, tables: Path, tmp_path: Path
) -> None:
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "manifest.json").write_text('{"threshold": 0.5}')
    predicted = replace(annotated, predictions=tmp_path / "found", threshold=0.5)
    assert read_measured_tables(predicted, None, None, None) == NO_TABLES
    assert read_measured_tables(predicted, tables, None, None).distributions
