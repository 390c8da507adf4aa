"""Tests for `gapjunction.dataset.fingerprint`."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import build_dataset
from gapjunction.dataset.fingerprint import fingerprint
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import AnnotatedImage, Dataset


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return read_dataset(build_dataset(tmp_path / "rat", class_names=("first", "second")))


def with_first_image(dataset: Dataset, image: AnnotatedImage) -> Dataset:
    first, *others = dataset.assets
    changed = replace(first, images=(image, *first.images[1:]))
    return replace(dataset, assets=(changed, *others))


def test_fingerprint__same_data_elsewhere__is_equal(dataset: Dataset, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "rat"
    shutil.copytree(dataset.root, copy)
    assert fingerprint([read_dataset(copy)]) == fingerprint([dataset])


def test_fingerprint__datasets_in_another_order__is_equal(dataset: Dataset, tmp_path: Path) -> None:
    other = read_dataset(build_dataset(tmp_path / "human", seed=1))
    assert fingerprint([dataset, other]) == fingerprint([other, dataset])


def test_fingerprint__text__is_64_hexadecimal_digits(dataset: Dataset) -> None:
    assert len(fingerprint([dataset])) == 64
    assert int(fingerprint([dataset]), 16) >= 0


@pytest.mark.parametrize(
    "change",
    [
        lambda image: replace(image, boxes=image.boxes + np.float32(0.01)),
        lambda image: replace(image, boxes=image.boxes[1:], labels=image.labels[1:]),
        lambda image: replace(image, labels=1 - image.labels),
        lambda image: replace(image, is_annotated=False),
    ],
    ids=["box moved", "box removed", "classes swapped", "nobody looked"],
)
def test_fingerprint__annotations_changed__differs(
    dataset: Dataset, change: Callable[[AnnotatedImage], AnnotatedImage]
) -> None:
    changed = with_first_image(dataset, change(next(dataset.images())))
    assert fingerprint([changed]) != fingerprint([dataset])


def test_fingerprint__pixels_changed__differs(dataset: Dataset) -> None:
    before = fingerprint([dataset])
    first, second, *_ = dataset.images()
    shutil.copy(second.path, first.path)
    assert fingerprint([dataset]) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda dataset: replace(dataset, name="other"),
        lambda dataset: replace(dataset, classes={"first": "#4EF8FF", "third": "#FF00AA"}),
        lambda dataset: replace(dataset, assets=dataset.assets[1:]),
        lambda dataset: replace(
            dataset, assets=(replace(dataset.assets[0], name="x"), *dataset.assets[1:])
        ),
    ],
    ids=["name", "class", "asset removed", "asset renamed"],
)
def test_fingerprint__dataset_changed__differs(
    dataset: Dataset, change: Callable[[Dataset], Dataset]
) -> None:
    assert fingerprint([change(dataset)]) != fingerprint([dataset])
