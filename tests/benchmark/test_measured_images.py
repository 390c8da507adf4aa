"""Tests for `gapjunction.benchmark.measured_images`."""

from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.benchmark.measured_images import measure_annotations
from gapjunction.errors import BenchmarkError, DatasetError


def test_measure_annotations__dataset__counts_what_people_marked(tmp_path: Path) -> None:
    measured = measure_annotations(build_dataset(tmp_path / "rats", boxes_per_image=5))
    assert [len(image.counted) for image in measured.images] == [5] * 6
    assert {image.asset for image in measured.images} == {"asset_0", "asset_1", "asset_2"}
    assert measured.images[0].um_per_px == pytest.approx(0.103)
    assert measured.images[0].found is None


def test_measure_annotations__image_nobody_looked_at__is_left_out(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rats", num_assets=1, images_per_asset=2)
    next(root.glob("Assets/*/Detection/*")).unlink()
    measured = measure_annotations(root)
    assert (len(measured.images), measured.num_left_out) == (1, 1)


def test_measure_annotations__one_class__counts_only_it(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rats", num_assets=1, class_names=("puncta", "plaque"))
    images = measure_annotations(root, "plaque").images
    assert [len(image.counted) for image in images] == [1, 1]
    assert images[0].truth is not None
    assert len(images[0].truth) == 1


def test_measure_annotations__unknown_class__names_the_known(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rats", num_assets=1)
    with pytest.raises(BenchmarkError, match="one of gap_junction, found 'nuclei'"):
        measure_annotations(root, "nuclei")


def test_measure_annotations__nothing_annotated__is_an_error(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rats", num_assets=1, images_per_asset=1)
    next(root.glob("Assets/*/Detection/*")).unlink()
    with pytest.raises(BenchmarkError, match="give predictions"):
        measure_annotations(root)


def test_measure_annotations__no_dataset__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected a dataset"):
        measure_annotations(tmp_path)
