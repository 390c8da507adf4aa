"""Tests for `gapjunction.prediction_folder`."""

from pathlib import Path
from typing import Any

import pytest

from gapjunction.errors import BenchmarkError
from gapjunction.prediction_folder import (
    CountRow,
    ImageRow,
    Manifest,
    StatedSizes,
    TakenChannel,
    counts_beside,
    detections_folder_of,
    file_of,
    holds_predictions,
    read_image_rows,
    read_manifest,
    read_manifest_file,
    read_stack_names,
    write_counts,
    write_manifest,
)


def test_file_of__each_kind__has_its_folder_and_ending() -> None:
    out = Path("out")
    assert file_of(out, "detections", "a.v2") == out / "detections" / "a.v2_bbox.json"
    assert file_of(out, "counts", "a") == out / "counts" / "a_bbox_metrics.json"
    assert file_of(out, "seen", "a") == out / "seen" / "a.npz"


def test_detections_folder_of__folder_of_predictions_or_of_files__is_where_the_files_are(
    tmp_path: Path,
) -> None:
    detections = tmp_path / "detections"
    detections.mkdir()
    assert holds_predictions(tmp_path)
    assert not holds_predictions(detections)
    assert detections_folder_of(tmp_path) == detections_folder_of(detections) == detections


def test_read_manifest__none_there__knows_nothing(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "predictions") == Manifest()


@pytest.mark.parametrize("folder", [".", "detections"])
def test_read_manifest__in_the_folder_or_above__is_read(tmp_path: Path, folder: str) -> None:
    text = '{"model": "m", "model_version": "v3", "threshold": 0.25, "seconds": 3}'
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    manifest = read_manifest(tmp_path / folder)
    assert (manifest.model_version, manifest.threshold) == ("v3", 0.25)


def test_read_manifest__null_values__count_as_unknown(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"dataset": null, "threshold": null}')
    assert read_manifest(tmp_path) == Manifest()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "valid JSON"),
        ("[]", r"manifest\.json"),
        ('{"threshold": 7}', "threshold: expected less than or equal to 1, found 7"),
        ('{"model_version": 3}', "model_version: expected a valid string, found 3"),
    ],
)
def test_read_manifest__damaged__is_one_line_of_error(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BenchmarkError, match=message) as caught:
        read_manifest(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [{"settings": "fast"}, {"input": 3}, {"pixel_sizes": 0.1}, {"found_channels": []}]
)
def test_read_manifest__key_that_means_something_else_elsewhere__tells_nothing(
    content: dict[str, Any],
) -> None:
    assert Manifest.model_validate(content) == Manifest()


def test_write_manifest__written__is_read_as_it_was(tmp_path: Path) -> None:
    manifest = Manifest(
        model_version="v1",
        seen_assets=(("rats", "a"),),
        class_names=("gap_junction",),
        settings={"channel": ["green"], "scale": None},
        threshold=0.5,
        estimated_scale=0.25,
        pixel_sizes=StatedSizes(believed_um=(0.1,), doubted_um={1e-7: "a placeholder"}),
        found_channels={"(1 red)": TakenChannel(channel=1, name="red", stain=(1.0,))},
        shared_spans={"rats/a": 900.0},
    )
    write_manifest(tmp_path, manifest)
    assert read_manifest_file(tmp_path / "manifest.json") == manifest


def test_write_counts__rows__are_a_table_whose_images_can_be_read(tmp_path: Path) -> None:
    rows = [CountRow("rats", "a1", "01", "gap_junction", 3, 2, 5, 0.71, "yes")]
    write_counts(tmp_path, rows)
    assert (tmp_path / "counts.csv").read_text().splitlines() == [
        "dataset,asset,image,class,count,low,high,unlikeness,calibrated",
        "rats,a1,01,gap_junction,3,2,5,0.71,yes",
    ]
    assert read_image_rows(tmp_path / "counts.csv") == [ImageRow("rats", "a1", "01")]


def test_write_counts__names_that_begin_formulas__are_text_and_read_back(tmp_path: Path) -> None:
    write_counts(tmp_path, [CountRow("=1+1", "@a", "+01\r", "-b", 3, 2, 5, None)])
    table = tmp_path / "counts.csv"
    assert table.read_bytes().splitlines()[1] == b"'=1+1,'@a,\"'+01"
    assert read_image_rows(table) == [ImageRow("=1+1", "@a", "+01\r")]
    assert read_stack_names(table) == {("=1+1", "@a")}


def test_counts_beside__in_the_folder_above__is_found(tmp_path: Path) -> None:
    assert counts_beside(tmp_path / "detections") is None
    write_counts(tmp_path, [])
    assert counts_beside(tmp_path / "detections") == tmp_path.absolute() / "counts.csv"


def test_read_image_rows__other_columns_and_forms__are_image_and_asset(tmp_path: Path) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("age,image,asset\n3,Zu\u0308rich,a1\n4,b,\n", encoding="utf-8")
    assert read_image_rows(table) == [ImageRow("", "a1", "Z\u00fcrich"), ImageRow("", "", "b")]


def test_read_image_rows__no_such_column__names_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "groups.csv").write_text("image,subject\n")
    with pytest.raises(BenchmarkError, match="columns image and asset, found image, subject"):
        read_image_rows(tmp_path / "groups.csv")


def test_read_stack_names__rows_of_two_classes__are_one_stack(tmp_path: Path) -> None:
    path = tmp_path / "stacks.csv"
    path.write_text("dataset,asset,class\nrats,first,a\nrats,first,b\n,second,a\n")
    assert read_stack_names(path) == {("rats", "first"), ("", "second")}


def test_read_stack_names__another_table__names_the_columns_there_are(tmp_path: Path) -> None:
    path = tmp_path / "stacks.csv"
    path.write_text("asset,image\nfirst,a\n")
    with pytest.raises(BenchmarkError, match="columns dataset and asset, found asset, image"):
        read_stack_names(path)
