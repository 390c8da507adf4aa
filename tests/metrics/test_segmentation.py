"""Tests for `gapjunction.metrics.segmentation`, against scikit-learn and numbers by hand."""

import numpy as np
import pytest
from sklearn.metrics import (  # type: ignore[import-untyped]
    accuracy_score,
    confusion_matrix,
    f1_score,
    jaccard_score,
)

from gapjunction.dataset.masks import ClassMap
from gapjunction.metrics import segmentation
from gapjunction.metrics.segmentation import (
    PixelCounts,
    class_metrics,
    dice,
    iou,
    mean_of_defined,
    pixel_accuracy,
    segmentation_metrics,
    stacked,
    worst_images,
)

NUMBERS = [0, 1, 2, 3]


def random_maps(seed: int, num_images: int = 5) -> tuple[list[ClassMap], list[ClassMap]]:
    """Return true and predicted maps of several sizes; all hold all four numbers."""
    rng = np.random.default_rng(seed)
    truth, predicted = [], []
    for _ in range(num_images):
        true = rng.choice(4, size=rng.integers(12, 30, 2), p=[0.6, 0.2, 0.15, 0.05])
        found = np.where(rng.random(true.shape) < 0.7, true, rng.integers(0, 4, true.shape))
        truth.append(true.astype(np.uint16))
        predicted.append(found.astype(np.uint16))
    return truth, predicted


def counted(truth: list[ClassMap], predicted: list[ClassMap], num_classes: int = 3) -> PixelCounts:
    matrices = [
        segmentation.confusion_matrix(true, found, num_classes)
        for true, found in zip(truth, predicted, strict=True)
    ]
    stems = tuple(f"image{number}" for number in range(len(truth)))
    names = ("a", "b", "c")[:num_classes]
    return PixelCounts(stems, names, stacked(matrices, num_classes))


def as_map(*values: int) -> ClassMap:
    return np.array([values], np.uint16)


def flat(maps: list[ClassMap]) -> ClassMap:
    return np.concatenate([each.ravel() for each in maps])


@pytest.mark.parametrize("seed", range(3))
def test_confusion_matrix__random_maps__equals_scikit_learn(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segmentation, "PIXELS_PER_CHUNK", 100)
    truth, predicted = random_maps(seed)
    expected = [
        confusion_matrix(true.ravel(), found.ravel(), labels=NUMBERS)
        for true, found in zip(truth, predicted, strict=True)
    ]
    assert np.array_equal(counted(truth, predicted).matrices, expected)


@pytest.mark.parametrize("seed", range(3))
def test_segmentation_metrics__pooled__equals_scikit_learn(seed: int) -> None:
    truth, predicted = random_maps(seed)
    true, found = flat(truth), flat(predicted)
    metrics = segmentation_metrics(counted(truth, predicted))
    assert metrics.mean_iou == pytest.approx(
        jaccard_score(true, found, labels=[1, 2, 3], average="macro")
    )
    assert metrics.mean_iou_with_background == pytest.approx(
        jaccard_score(true, found, average="macro")
    )
    assert metrics.mean_dice == pytest.approx(
        f1_score(true, found, labels=[1, 2, 3], average="macro")
    )
    assert metrics.background_iou == pytest.approx(jaccard_score(true == 0, found == 0))
    assert metrics.pixel_accuracy == pytest.approx(accuracy_score(true, found))


@pytest.mark.parametrize("seed", range(3))
def test_segmentation_metrics__per_image__equals_the_mean_of_scikit_learn(seed: int) -> None:
    truth, predicted = random_maps(seed)
    pairs = [(t.ravel(), p.ravel()) for t, p in zip(truth, predicted, strict=True)]
    metrics = segmentation_metrics(counted(truth, predicted))
    classes = {"labels": [1, 2, 3], "average": "macro"}
    for value, expected in (
        (metrics.mean_iou_per_image, [jaccard_score(t, p, **classes) for t, p in pairs]),
        (
            metrics.mean_iou_with_background_per_image,
            [jaccard_score(t, p, average="macro") for t, p in pairs],
        ),
        (metrics.mean_dice_per_image, [f1_score(t, p, **classes) for t, p in pairs]),
        (metrics.background_iou_per_image, [jaccard_score(t == 0, p == 0) for t, p in pairs]),
        (metrics.pixel_accuracy_per_image, [accuracy_score(t, p) for t, p in pairs]),
    ):
        assert value == pytest.approx(np.mean(expected))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_class_metrics__random_maps__equal_scikit_learn(number: int) -> None:
    truth, predicted = random_maps(seed=7)
    pairs = [
        (t.ravel() == number, p.ravel() == number) for t, p in zip(truth, predicted, strict=True)
    ]
    true, found = flat(truth) == number, flat(predicted) == number
    metrics = class_metrics(counted(truth, predicted), number)
    assert metrics.iou == pytest.approx(jaccard_score(true, found))
    assert metrics.dice == pytest.approx(f1_score(true, found))
    assert metrics.iou_per_image == pytest.approx(np.mean([jaccard_score(*pair) for pair in pairs]))
    assert metrics.dice_per_image == pytest.approx(np.mean([f1_score(*pair) for pair in pairs]))
    assert (metrics.num_truth_px, metrics.num_predicted_px) == (true.sum(), found.sum())


def test_metrics__six_pixels__equal_numbers_by_hand() -> None:
    pixels = counted([as_map(0, 0, 1, 1, 1, 2)], [as_map(0, 1, 1, 1, 2, 2)], num_classes=2)
    assert iou(pixels.matrices).tolist() == [[1 / 2, 2 / 4, 1 / 2]]
    assert dice(pixels.matrices).tolist() == [[2 / 3, 4 / 6, 2 / 3]]
    assert pixel_accuracy(pixels.matrices).tolist() == [4 / 6]


def test_metrics__pooled_and_per_image__differ_as_named() -> None:
    truth = [as_map(1, 1, 1, 1), as_map(1, 0, 0, 0)]
    predicted = [as_map(1, 1, 1, 1), as_map(0, 0, 0, 0)]
    metrics = segmentation_metrics(counted(truth, predicted, num_classes=1))
    assert (metrics.mean_iou, metrics.mean_iou_per_image) == (4 / 5, 1 / 2)


@pytest.mark.parametrize(
    ("truth", "predicted", "expected"),
    [
        pytest.param(as_map(0, 0), as_map(0, 0), None, id="empty, empty"),
        pytest.param(as_map(0, 0), as_map(0, 1), 0.0, id="empty, some"),
        pytest.param(as_map(0, 1), as_map(0, 0), 0.0, id="some, empty"),
        pytest.param(as_map(0, 1), as_map(0, 1), 1.0, id="all right"),
    ],
)
def test_metrics__empty_masks__have_the_stated_values(
    truth: ClassMap, predicted: ClassMap, expected: float | None
) -> None:
    pixels = counted([truth], [predicted], num_classes=1)
    overall, of_class = segmentation_metrics(pixels), class_metrics(pixels, 1)
    assert {overall.mean_iou, overall.mean_iou_per_image, overall.mean_dice} == {expected}
    assert {of_class.iou, of_class.iou_per_image, of_class.dice} == {expected}
    assert of_class.num_images == (expected is not None)
    assert overall.num_images_without_classes == (expected is None)


def test_metrics__image_of_background_only__does_not_change_the_mean_of_images() -> None:
    half, empty = (as_map(1, 1), as_map(1, 0)), (as_map(0, 0), as_map(0, 0))
    pixels = counted([half[0], empty[0]], [half[1], empty[1]], num_classes=1)
    metrics = segmentation_metrics(pixels)
    assert (metrics.mean_iou, metrics.mean_iou_per_image) == (0.5, 0.5)
    assert (metrics.pixel_accuracy, metrics.num_images_without_classes) == (0.75, 1)


def test_metrics__class_in_no_image__is_left_out_of_means() -> None:
    pixels = counted([as_map(0, 1, 1)], [as_map(0, 1, 0)], num_classes=2)
    assert segmentation_metrics(pixels).mean_iou == 0.5
    assert segmentation_metrics(pixels).mean_iou_with_background == 0.5
    assert class_metrics(pixels, 2).iou is None


def test_metrics__no_images__are_none() -> None:
    metrics = segmentation_metrics(counted([], []))
    assert (metrics.num_images, metrics.num_px, metrics.mean_iou) == (0, 0, None)
    assert metrics.pixel_accuracy is None


def test_metrics__swapped_sides__keep_iou_and_dice() -> None:
    truth, predicted = random_maps(seed=3)
    there, back = counted(truth, predicted).matrices, counted(predicted, truth).matrices
    assert np.array_equal(iou(there), iou(back))
    assert np.array_equal(dice(there), dice(back))


def test_confusion_matrix__what_cannot_be__is_our_mistake() -> None:
    with pytest.raises(ValueError, match="of one shape"):
        segmentation.confusion_matrix(as_map(0, 1), as_map(0), 1)
    with pytest.raises(ValueError, match="values up to 1"):
        segmentation.confusion_matrix(as_map(0, 1), as_map(0, 2), 1)


def test_mean_of_defined__nothing_defined__is_nan_without_a_warning() -> None:
    means = mean_of_defined(np.array([[1.0, np.nan, 2.0], [np.nan] * 3]))
    assert means[0] == 1.5
    assert np.isnan(means[1])


def test_worst_images__are_the_lowest_first_without_perfect_and_empty_ones() -> None:
    truth = [as_map(1, 1, 1, 0)] * 4 + [as_map(0, 0)]
    predicted = [as_map(1, 1, 0, 0), as_map(1, 1, 1, 0), as_map(1, 0, 0, 0), as_map(0, 0, 0, 0)]
    pixels = counted(truth, [*predicted, as_map(0, 0)], num_classes=1)
    assert worst_images(pixels, 5) == [3, 2, 0]
    assert worst_images(pixels, 2) == [3, 2]


def test_of_class__other_classes__become_background() -> None:
    matrix = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    pixels = PixelCounts(("image",), ("a", "b"), matrix[np.newaxis])
    only = pixels.of_class(1)
    assert only.class_names == ("b",)
    assert only.matrices.tolist() == [[[1 + 2 + 4 + 5, 3 + 6], [7 + 8, 9]]]
