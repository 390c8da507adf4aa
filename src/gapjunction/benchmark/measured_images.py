"""The images of datasets with what is counted in them: annotations, or detections."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.dataset.named_images import NamedImage, read_named_images
from gapjunction.dataset.records import AssetMetadata
from gapjunction.detections import Detections
from gapjunction.errors import BenchmarkError


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredImage:
    """One image, its subject, and its boxes.

    Attributes:
        name: its own among all images of the datasets.
        um_per_px: the side of a pixel in micrometers, or None where it is not known.
        counted: what the report counts: annotations, or detections from the threshold on.
        found: all detections that were written; None where annotations are counted.
        truth: the annotations; None where nobody looked at the image.
    """

    name: str
    dataset: str
    asset: str
    metadata: AssetMetadata
    path: Path
    height: int
    width: int
    um_per_px: float | None
    counted: Detections
    found: Detections | None
    truth: Detections | None


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredImages:
    """All images that are counted, and what the numbers depend on.

    Attributes:
        class_names, class_colors: labels count in the names.
        num_left_out: images of the datasets without annotations, or that were not predicted.
        predictions: the folder of predictions; None where annotations are counted.
        threshold: the lowest score that counts; None: all boxes count.
        model: the model's version, "unknown" where nothing tells it; "" for annotations.
    """

    images: tuple[MeasuredImage, ...]
    class_names: tuple[str, ...]
    class_colors: tuple[str, ...]
    num_left_out: int
    predictions: Path | None = None
    threshold: float | None = None
    model: str = ""


def measure_annotations(root: Path, class_name: str | None = None) -> MeasuredImages:
    """Read the annotated images of datasets; `root` is one or a folder of them.

    Raises:
        DatasetError: if a dataset has errors.
        BenchmarkError: if nothing is annotated, or there is no such class.
    """
    classes, images = read_named_images(root)
    class_names, colors = tuple(classes), tuple(classes.values())
    label = label_of(class_name, class_names, root)
    annotated = [each for each in images if each.image.is_annotated]
    if not annotated:
        raise BenchmarkError(
            root,
            expected="annotated images",
            found="none",
            fix="annotate some, or give predictions",
            settings=("predictions",),
        )
    measured = tuple(
        measured_image(each, each.image.as_detections(), None, label) for each in annotated
    )
    return MeasuredImages(measured, class_names, colors, len(images) - len(annotated))


def measured_image(
    named: NamedImage, counted: Detections, found: Detections | None, label: int | None
) -> MeasuredImage:
    """Return an image with what is counted in it, of one class where a label is given."""
    dataset, asset, image = named.dataset, named.asset, named.image
    truth = image.as_detections() if image.is_annotated else None
    return MeasuredImage(
        named.name,
        dataset.name,
        asset.name,
        asset.metadata,
        image.path,
        image.height,
        image.width,
        dataset.um_per_px,
        _of_class(counted, label),
        None if found is None else _of_class(found, label),
        None if truth is None else _of_class(truth, label),
    )


def label_of(class_name: str | None, class_names: Sequence[str], root: Path) -> int | None:
    """Return the label of the one class to count, None for all.

    Raises:
        BenchmarkError: if there is no such class.
    """
    if class_name is None:
        return None
    if class_name not in class_names:
        raise BenchmarkError(
            root,
            item="class_name",
            expected=f"one of {', '.join(class_names)}",
            found=repr(class_name),
            fix="correct it",
            settings=("class_name",),
        )
    return class_names.index(class_name)


def _of_class(boxes: Detections, label: int | None) -> Detections:
    return boxes if label is None else boxes[boxes.labels == label]
