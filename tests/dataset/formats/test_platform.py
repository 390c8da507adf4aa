"""Tests for `gapjunction.dataset.formats.platform`."""

from pathlib import Path

from builders import build_dataset, write_json_file
from foreign_files import refusal
from gapjunction.dataset.formats.platform import read_platform, write_platform
from gapjunction.dataset.formats.source import Source


def test_read_platform__folder_of_datasets__reads_all(tmp_path: Path) -> None:
    for name in ("first", "second"):
        build_dataset(tmp_path / name, num_assets=1)
    result = read_platform(Source(tmp_path))
    assert [dataset.name for dataset in result.datasets] == ["first", "second"]
    assert result.notes == ()


def test_read_platform__images_elsewhere__are_refused(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1)
    source = Source(root, images=tmp_path)
    assert "images: expected a format" in refusal(read_platform, source)


def test_read_platform__files_that_are_not_read__are_noted(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1)
    asset = root / "Assets" / "asset_0"
    write_json_file(asset / "Arbitrary_Metadata" / "stain.json", {})
    write_json_file(asset / "Detection" / "0_0_set_bbox_metrics.json", {"gap_junction": 3})
    assert read_platform(Source(root)).notes == (
        "2 files of set, not read: stain.json, 0_0_set_bbox_metrics.json",
    )


def test_read_platform__table_that_create_kept__is_read_and_not_noted(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1)
    table = root / "Assets" / "asset_0" / "Arbitrary_Metadata" / "table.json"
    write_json_file(table, {"rows": [{"treatment": "drug"}]})
    result = read_platform(Source(root))
    assert result.notes == ()
    assert result.datasets[0].assets[0].metadata.further == {"treatment": "drug"}


def test_write_platform__loses_nothing(tmp_path: Path) -> None:
    [dataset] = read_platform(Source(build_dataset(tmp_path / "set"))).datasets
    assert write_platform(dataset, tmp_path / "out") == []
    [copy] = read_platform(Source(tmp_path / "out")).datasets
    assert (copy.classes, copy.um_per_px) == (dataset.classes, dataset.um_per_px)
    for ours, theirs in zip(dataset.assets, copy.assets, strict=True):
        assert (theirs.name, theirs.metadata) == (ours.name, ours.metadata)
