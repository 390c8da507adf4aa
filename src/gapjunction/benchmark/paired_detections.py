"""Annotated and predicted boxes of the same images."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.box_files import read_boxes_of_image
from gapjunction.benchmark.chosen_images import ALL_IMAGES, ChosenImages, column_of
from gapjunction.benchmark.dataset_truth import NamedBoxes
from gapjunction.benchmark.paired_sides import Readers, all_class_names, read_paired_sides
from gapjunction.detections import Detections


@dataclass(frozen=True, slots=True, eq=False)
class PairedDetections:
    """What people marked and what was found in the same images.

    Attributes:
        stems: the name of each image, in alphabetical order.
        class_names: all classes that either side names, sorted; labels count in them.
        truth, found: annotations and detections of each image.
        assets: the asset of each image, where the ground truth is a dataset; else empty.
        image_paths: the image files that are known, by stem.
        um_per_px: the side of a pixel in micrometers, where the dataset tells one.
        left_out: the asset of each image that only one side has boxes of, where that is known.
        true_plaques: the file of true plaques of each asset of the ground truth that has one.
    """

    stems: tuple[str, ...]
    class_names: tuple[str, ...]
    truth: tuple[Detections, ...]
    found: tuple[Detections, ...]
    assets: tuple[AssetName, ...] = ()
    image_paths: Mapping[str, Path] = field(default_factory=dict)
    um_per_px: float | None = None
    left_out: Mapping[str, AssetName] = field(default_factory=dict)
    true_plaques: Mapping[AssetName, Path] = field(default_factory=dict)

    def of_class(self, label: int) -> "PairedDetections":
        """Return the boxes of one class, which keeps its label."""
        return replace(
            self,
            truth=tuple(each[each.labels == label] for each in self.truth),
            found=tuple(each[each.labels == label] for each in self.found),
        )


def read_paired_detections(
    ground_truth_dir: Path,
    predictions_dir: Path,
    chosen: ChosenImages = ALL_IMAGES,
    label: str | None = None,
) -> PairedDetections:
    """Read the boxes of both sides, of one class if named; `paired_sides` says of which images.

    Raises:
        BenchmarkError: if a folder is missing or empty, if the images do not fit together, or if
            neither side names the class `label`.
        DatasetError: if a dataset has errors.
        DetectionsFileError: if a file cannot be read.
    """
    sides = read_paired_sides(
        ground_truth_dir, predictions_dir, Readers(_read, _read, lambda boxes: boxes), chosen
    )
    class_names = all_class_names(
        (boxes.names for boxes in sides.truth),
        (boxes.names for boxes in sides.found),
        predictions_dir,
        "all its detections are false",
    )
    label_of = {name: label for label, name in enumerate(class_names)}
    paired = PairedDetections(
        sides.stems,
        class_names,
        tuple(boxes.as_detections(label_of) for boxes in sides.truth),
        tuple(boxes.as_detections(label_of) for boxes in sides.found),
        sides.assets,
        sides.image_paths,
        sides.um_per_px,
        sides.left_out,
        sides.true_plaques,
    )
    return paired if label is None else _only(paired, label, ground_truth_dir)


def _only(paired: PairedDetections, label: str, ground_truth_dir: Path) -> PairedDetections:
    """Return the boxes of one class as if there were no other."""
    of_class = paired.of_class(column_of(label, paired.class_names, ground_truth_dir))
    truth, found = (
        tuple(replace(each, labels=np.zeros_like(each.labels)) for each in side)
        for side in (of_class.truth, of_class.found)
    )
    return replace(of_class, class_names=(label,), truth=truth, found=found)


def _read(path: Path) -> NamedBoxes:
    """Read a detection file; memory for its records is given back at once."""
    content = read_boxes_of_image(path)
    return NamedBoxes(content.boxes, content.scores, content.label_names)
