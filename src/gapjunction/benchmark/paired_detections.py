"""Read annotated and predicted boxes of the same images, paired by the image's stem.

Ground truth is a folder of detection files, or a dataset; docs/metrics.md says more.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.box_files import read_boxes_of_image
from gapjunction.benchmark.dataset_truth import (
    GroundTruth,
    NamedBoxes,
    is_dataset,
    read_dataset_truth,
)
from gapjunction.benchmark.pairing import (
    detections_folder_of,
    find_files,
    listed,
    require_same_stems,
)
from gapjunction.detections import Detections

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class PairedDetections:
    """What people marked and what was found in the same images.

    Attributes:
        stems: the name of each image, in alphabetical order.
        class_names: all classes that either side names, sorted; labels count in them.
        truth, found: annotations and detections of each image.
        assets: the asset of each image, where the ground truth is a dataset; else empty.
        image_paths: the image files that are known, by stem.
        um_per_px: the side of a pixel in micrometres, where the dataset tells one.
    """

    stems: tuple[str, ...]
    class_names: tuple[str, ...]
    truth: tuple[Detections, ...]
    found: tuple[Detections, ...]
    assets: tuple[AssetName, ...] = ()
    image_paths: Mapping[str, Path] = field(default_factory=dict)
    um_per_px: float | None = None

    def of_class(self, label: int) -> "PairedDetections":
        """Return the boxes of one class, which keeps its label."""
        return PairedDetections(
            self.stems,
            self.class_names,
            tuple(each[each.labels == label] for each in self.truth),
            tuple(each[each.labels == label] for each in self.found),
            self.assets,
            self.image_paths,
            self.um_per_px,
        )


def read_paired_detections(ground_truth_dir: Path, predictions_dir: Path) -> PairedDetections:
    """Read the boxes of both sides.

    Of a dataset, the annotated images that were predicted are taken: a prediction of one split
    can be compared with the whole. Folders of files must hold the same images.

    Raises:
        BenchmarkError: if a folder is missing or empty, or the images do not fit together.
        DatasetError: if the ground truth is a dataset with errors.
        DetectionsFileError: if a file cannot be read.
    """
    files = find_files(detections_folder_of(predictions_dir))
    if is_dataset(ground_truth_dir):
        truth = read_dataset_truth(ground_truth_dir, predictions_dir, files)
    else:
        truth_files = find_files(ground_truth_dir)
        require_same_stems(truth_files, files, ground_truth_dir, predictions_dir)
        truth = GroundTruth({s: _read(path) for s, path in truth_files.items()}, {}, {}, None)
    stems = tuple(sorted(truth.boxes))
    found = {stem: _read(files[stem]) for stem in stems}
    class_names = _class_names(truth.boxes, found, predictions_dir)
    label_of = {name: label for label, name in enumerate(class_names)}
    return PairedDetections(
        stems,
        class_names,
        tuple(truth.boxes[stem].as_detections(label_of) for stem in stems),
        tuple(found[stem].as_detections(label_of) for stem in stems),
        tuple(truth.assets[stem] for stem in stems) if truth.assets else (),
        truth.image_paths,
        truth.um_per_px,
    )


def _read(path: Path) -> NamedBoxes:
    """Read a detection file; memory for its records is given back at once."""
    content = read_boxes_of_image(path)
    return NamedBoxes(content.boxes, content.scores, content.label_names)


def _class_names(
    truth: Mapping[str, NamedBoxes], found: Mapping[str, NamedBoxes], predictions_dir: Path
) -> tuple[str, ...]:
    named = {name for boxes in truth.values() for name in boxes.names}
    also_found = {name for boxes in found.values() for name in boxes.names}
    if new := sorted(also_found - named):
        logger.warning(
            "%s: ground truth never names the class %s; all its detections are false",
            predictions_dir,
            listed(new),
        )
    return tuple(sorted(named | also_found))
