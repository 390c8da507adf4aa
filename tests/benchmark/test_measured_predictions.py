"""Tests for `gapjunction.benchmark.measured_predictions`."""

from pathlib import Path

import pytest

from builders import box_record, build_dataset, edit_json, write_json_file
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_predictions import measure_predictions, pair_with_truth
from gapjunction.errors import BenchmarkError, DetectionsFileError
from group_cases import write_predictions


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return build_dataset(tmp_path / "data" / "rats", num_assets=2, images_per_asset=1)


@pytest.fixture
def predictions(root: Path, tmp_path: Path) -> Path:
    return write_predictions(root, tmp_path / "predictions")


def first_file(predictions: Path) -> Path:
    return sorted((predictions / "detections").iterdir())[0]


def test_measure_predictions__all_above_the_threshold__counts_all(
    root: Path, predictions: Path
) -> None:
    measured = measure_predictions(root, predictions, None)
    assert [len(image.counted) for image in measured.images] == [3, 3]
    assert (measured.threshold, measured.model, measured.num_left_out) == (0.5, "v1", 0)


def test_measure_predictions__own_threshold__counts_from_it_on(
    root: Path, predictions: Path
) -> None:
    measured = measure_predictions(root, predictions, 0.95)
    assert [len(image.counted) for image in measured.images] == [0, 0]
    assert [len(image.found) for image in measured.images if image.found is not None] == [3, 3]


def test_measure_predictions__some_images__leaves_out_the_others(
    root: Path, predictions: Path
) -> None:
    first_file(predictions).unlink()
    measured = measure_predictions(root, predictions, None)
    assert [image.asset for image in measured.images] == ["asset_1"]
    assert measured.num_left_out == 1


def test_measure_predictions__stem_in_two_datasets__counts_csv_decides(
    root: Path, predictions: Path
) -> None:
    """Predicted alone, images of rats are called by their stems, which mice have too."""
    mice = build_dataset(root.parent / "mice", num_assets=2, images_per_asset=1)
    for path in sorted(mice.glob("Assets/*/*/*mice*")):
        path.unlink()
    for path in sorted(root.glob("Assets/*/Raw/*")):
        (mice / path.relative_to(root)).write_bytes(path.read_bytes())
    measured = measure_predictions(root.parent, predictions, None)
    assert [image.dataset for image in measured.images] == ["rats", "rats"]
    (predictions / "counts.csv").unlink()
    with pytest.raises(BenchmarkError, match="2 such images"):
        measure_predictions(root.parent, predictions, None)


def test_measure_predictions__image_of_no_dataset__is_an_error(
    root: Path, predictions: Path
) -> None:
    write_json_file(predictions / "detections" / "other_bbox.json", {"other": []})
    with pytest.raises(BenchmarkError, match="0 such images; give the dataset"):
        measure_predictions(root, predictions, None)


def test_measure_predictions__another_asset_in_counts_csv__is_an_error(
    root: Path, predictions: Path
) -> None:
    table = predictions / "counts.csv"
    table.write_text(table.read_text().replace("rats,asset_0", "rats,asset_7"))
    with pytest.raises(BenchmarkError, match=r"of the asset rats/asset_7, as counts\.csv says"):
        measure_predictions(root, predictions, None)


def test_measure_predictions__two_files_of_an_image__is_an_error(
    root: Path, predictions: Path
) -> None:
    file = first_file(predictions)
    (predictions / "detections" / f"rats__asset_0__{file.name}").write_bytes(file.read_bytes())
    with pytest.raises(BenchmarkError, match="one file for each image"):
        measure_predictions(root, predictions, None)


def test_measure_predictions__negative_width__is_an_error(root: Path, predictions: Path) -> None:
    stem = first_file(predictions).name.removesuffix("_bbox.json")
    box = box_record((1, 1, -4, 4), "gap_junction", f"{stem}.png", 64, 80)
    edit_json(first_file(predictions), **{stem: [box]})
    with pytest.raises(DetectionsFileError, match="box 0: expected a width"):
        measure_predictions(root, predictions, None)


def test_measure_predictions__counts_csv_of_another_program__tells_nothing(
    root: Path, predictions: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (predictions / "counts.csv").write_text("name;number\n")
    assert len(measure_predictions(root, predictions, None).images) == 2
    assert "found name;number" in caplog.text


def test_pair_with_truth__annotated_and_predicted__are_paired(
    root: Path, predictions: Path
) -> None:
    next(root.glob("Assets/asset_0/Detection/*")).unlink()
    paired = pair_with_truth(measure_predictions(root, predictions, None))
    assert paired is not None
    assert paired.assets == (AssetName("rats", "asset_1"),)
    assert paired.truth[0].boxes.tolist() == paired.found[0].boxes.tolist()
    assert paired.um_per_px == pytest.approx(0.103)


def test_pair_with_truth__nothing_annotated__is_none(root: Path, predictions: Path) -> None:
    for path in sorted(root.glob("Assets/*/Detection/*")):
        path.unlink()
    assert pair_with_truth(measure_predictions(root, predictions, None)) is None
