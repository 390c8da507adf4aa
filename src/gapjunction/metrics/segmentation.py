"""How well predicted masks agree with those of a person, pixel by pixel.

All numbers come from confusion matrices: (K, K) pixel counts, rows are the truth, columns the
prediction, index 0 is background, K is the number of classes + 1. One small matrix an image is
all that is kept. docs/metrics.md explains each number. One that cannot be computed is None.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.metric_field import metric

Confusion = NDArray[np.int64]
LabelMap = NDArray[np.uint16]
FloatArray = NDArray[np.float64]

PER_IMAGE = "_per_image"  # ends the names of means over images
PIXELS_PER_CHUNK = 4_000_000  # bounds the memory of `confusion_matrix` to about 100 MB


@dataclass(frozen=True, slots=True, eq=False)
class PixelCounts:
    """The confusion matrices (num_images, K, K) of `stems`, for `class_names` after background."""

    stems: tuple[str, ...]
    class_names: tuple[str, ...]
    matrices: Confusion

    def of_images(self, rows: NDArray[np.int64]) -> "PixelCounts":
        """Return the counts of the images in `rows`, which may name one several times."""
        stems = tuple(self.stems[row] for row in rows.tolist())
        return PixelCounts(stems, self.class_names, self.matrices[rows])

    def of_class(self, index: int) -> "PixelCounts":
        """Return the counts of one class; the others become background."""
        is_it = np.arange(len(self.class_names) + 1) == index + 1
        parts = np.stack([~is_it, is_it]).astype(np.int64)
        matrices = parts @ self.matrices @ parts.T
        return PixelCounts(self.stems, (self.class_names[index],), matrices)


@dataclass(frozen=True, slots=True)
class SegmentationMetrics:
    """The agreement over all classes; means leave out what has no value.

    A plain name is pooled: pixels of all images are added up first. A name with `_per_image` is
    computed in each image, then averaged over the images where it has a value.

    Attributes:
        num_images, num_px: images and pixels compared.
        num_images_without_classes: images that hold background only, in truth and prediction.
        mean_iou: mean IoU of the classes without background; the main metric.
        mean_iou_with_background: the same with background as one more class.
        mean_dice: mean Dice coefficient of the classes without background.
        background_iou: IoU of the background.
        pixel_accuracy: share of pixels with the right class or rightly background.
    """

    num_images: int
    num_px: int
    num_images_without_classes: int
    mean_iou: float | None = metric("mean IoU", ".3f", scale="logit")
    mean_iou_per_image: float | None = metric("mean IoU", ".3f", scale="logit")
    mean_iou_with_background: float | None = metric(
        "mean IoU, with background", ".3f", scale="logit"
    )
    mean_iou_with_background_per_image: float | None = metric(
        "mean IoU, with background", ".3f", scale="logit"
    )
    mean_dice: float | None = metric("mean Dice", ".3f", scale="logit")
    mean_dice_per_image: float | None = metric("mean Dice", ".3f", scale="logit")
    pixel_accuracy: float | None = metric("pixel accuracy", ".3f", scale="logit")
    pixel_accuracy_per_image: float | None = metric("pixel accuracy", ".3f", scale="logit")
    background_iou: float | None = metric("IoU of background", ".3f")
    background_iou_per_image: float | None = metric("IoU of background", ".3f")


@dataclass(frozen=True, slots=True)
class ClassMetrics:
    """The agreement of one class; names as in `SegmentationMetrics`.

    Attributes:
        num_images: images that hold the class, in truth or prediction.
        num_truth_px, num_predicted_px: its pixels in all images.
    """

    num_images: int
    num_truth_px: int
    num_predicted_px: int
    iou: float | None = metric("IoU", ".3f", scale="logit")
    iou_per_image: float | None = metric("IoU", ".3f", scale="logit")
    dice: float | None = metric("Dice", ".3f", scale="logit")
    dice_per_image: float | None = metric("Dice", ".3f", scale="logit")


def confusion_matrix(truth: LabelMap, predicted: LabelMap, num_classes: int) -> Confusion:
    """Count the pixels of two class maps (H, W) by their true and predicted class.

    Raises:
        ValueError: if the shapes differ or a value is above `num_classes`.
    """
    if truth.shape != predicted.shape:
        raise ValueError(f"expected maps of one shape, got {truth.shape} and {predicted.shape}")
    if max(truth.max(initial=0), predicted.max(initial=0)) > num_classes:
        raise ValueError(f"expected values up to {num_classes}")
    size = num_classes + 1
    counts = np.zeros(size * size, np.int64)
    true, found = truth.ravel(), predicted.ravel()
    for start in range(0, len(true), PIXELS_PER_CHUNK):
        chunk = slice(start, start + PIXELS_PER_CHUNK)
        cells = true[chunk].astype(np.int64) * size + found[chunk]
        counts += np.bincount(cells, minlength=size * size)
    return counts.reshape(size, size)


def segmentation_metrics(pixels: PixelCounts) -> SegmentationMetrics:
    """Return the agreement over all classes of all images."""
    each, pooled = pixels.matrices, pixels.matrices.sum(axis=0)
    is_background_only = each[:, 0, 0] == each.sum(axis=(1, 2))
    iou_each, iou_pooled = iou(each), iou(pooled)
    return SegmentationMetrics(
        num_images=len(each),
        num_px=int(pooled.sum()),
        num_images_without_classes=int(is_background_only.sum()),
        mean_iou=_mean(iou_pooled[1:]),
        mean_iou_per_image=_mean(mean_of_defined(iou_each[:, 1:])),
        mean_iou_with_background=_mean(iou_pooled),
        mean_iou_with_background_per_image=_mean(mean_of_defined(iou_each)),
        mean_dice=_mean(dice(pooled)[1:]),
        mean_dice_per_image=_mean(mean_of_defined(dice(each)[:, 1:])),
        background_iou=_mean(iou_pooled[:1]),
        background_iou_per_image=_mean(iou_each[:, 0]),
        pixel_accuracy=_mean(pixel_accuracy(pooled)),
        pixel_accuracy_per_image=_mean(pixel_accuracy(each)),
    )


def class_metrics(pixels: PixelCounts, number: int) -> ClassMetrics:
    """Return the agreement of the class that class maps call `number`, from 1."""
    each, pooled = pixels.matrices, pixels.matrices.sum(axis=0)
    iou_each = iou(each)[:, number]
    return ClassMetrics(
        num_images=int((~np.isnan(iou_each)).sum()),
        num_truth_px=int(pooled[number].sum()),
        num_predicted_px=int(pooled[:, number].sum()),
        iou=_mean(iou(pooled)[number]),
        iou_per_image=_mean(iou_each),
        dice=_mean(dice(pooled)[number]),
        dice_per_image=_mean(dice(each)[:, number]),
    )


def iou(matrices: Confusion) -> FloatArray:
    """Return intersection over union (..., K) of matrices (..., K, K); NaN without any pixel."""
    both, true, found = _overlaps(matrices)
    return _ratio(both, true + found - both)


def dice(matrices: Confusion) -> FloatArray:
    """Return 2 |A and B| / (|A| + |B|) (..., K) of matrices (..., K, K); NaN without any pixel."""
    both, true, found = _overlaps(matrices)
    return _ratio(2 * both, true + found)


def pixel_accuracy(matrices: Confusion) -> FloatArray:
    """Return the share of pixels (...) on the diagonals of matrices (..., K, K)."""
    return _ratio(np.trace(matrices, axis1=-2, axis2=-1), matrices.sum(axis=(-2, -1)))


def mean_of_defined(values: FloatArray) -> FloatArray:
    """Return the mean over the last axis of what is not NaN; NaN where all is."""
    is_defined = ~np.isnan(values)
    return _ratio(np.where(is_defined, values, 0).sum(axis=-1), is_defined.sum(axis=-1))


def worst_images(pixels: PixelCounts, count: int) -> list[int]:
    """Return the rows of the images with the lowest mean IoU, the lowest first, at most `count`.

    Images without a value, or whose masks agree in every pixel, are not among them.
    """
    mean_iou = mean_of_defined(iou(pixels.matrices)[:, 1:])
    order = np.argsort(mean_iou, kind="stable")
    return [int(row) for row in order if mean_iou[row] < 1][:count]


def stacked(matrices: Iterable[Confusion], num_classes: int) -> Confusion:
    """Return the matrices as one array (num_images, K, K), also where there is none."""
    size = num_classes + 1
    return np.array(list(matrices), dtype=np.int64).reshape(-1, size, size)


def _overlaps(
    matrices: Confusion,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the pixels (..., K) of each class that are right, true and predicted."""
    both = np.diagonal(matrices, axis1=-2, axis2=-1)
    return both, matrices.sum(axis=-1), matrices.sum(axis=-2)


def _ratio(numerator: NDArray[np.generic], denominator: NDArray[np.generic]) -> FloatArray:
    above, below = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    ratio: FloatArray = np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)
    return ratio


def _mean(values: FloatArray) -> float | None:
    mean = float(mean_of_defined(np.atleast_1d(values)))
    return None if np.isnan(mean) else mean
