"""Read a prediction of datasets: what is counted in each image, and the truth where it is known."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from gapjunction.benchmark.asset_groups import AssetName, assets_of_predictions
from gapjunction.benchmark.box_files import read_boxes_of_image
from gapjunction.benchmark.measured_images import (
    MeasuredImages,
    label_of,
    measured_image,
)
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.benchmark.pairing import (
    find_files,
    listed,
)
from gapjunction.benchmark.threshold import threshold_to_use
from gapjunction.dataset.named_images import NamedImage, read_named_images
from gapjunction.errors import BenchmarkError
from gapjunction.prediction_folder import detections_folder_of, read_manifest
from gapjunction.text import normalized


def measure_predictions(
    root: Path, predictions_dir: Path, threshold: float | None, class_name: str | None = None
) -> MeasuredImages:
    """Read the predicted images of datasets; the threshold is by default the manifest's.

    Raises:
        DatasetError: if a dataset has errors.
        DetectionsFileError: if a prediction cannot be read.
        BenchmarkError: if a prediction is of no image of the datasets, or of several.
    """
    classes, images = read_named_images(root)
    class_names, colors = tuple(classes), tuple(classes.values())
    label = label_of(class_name, class_names, root)
    manifest = read_manifest(predictions_dir)
    lowest = threshold_to_use(manifest, threshold, predictions_dir)
    file_of = paired_files(images, root, predictions_dir)
    measured = []
    for each in images:
        if each.name in file_of:
            found = read_boxes_of_image(file_of[each.name]).as_detections(class_names)
            counted = found if lowest is None else found.scored_at_least(lowest)
            measured.append(measured_image(each, counted, found, label))
    return MeasuredImages(
        tuple(measured),
        class_names,
        colors,
        len(images) - len(measured),
        predictions_dir,
        lowest,
        manifest.model_version,
    )


def pair_with_truth(measured: MeasuredImages) -> PairedDetections | None:
    """Return the predicted images that people annotated too; None where there are none."""
    both = sorted(
        (each for each in measured.images if each.found is not None and each.truth is not None),
        key=lambda each: each.name,
    )
    if not both:
        return None
    scales = {each.um_per_px for each in both}
    return PairedDetections(
        tuple(each.name for each in both),
        measured.class_names,
        tuple(each.truth for each in both if each.truth is not None),
        tuple(each.found for each in both if each.found is not None),
        tuple(AssetName(each.dataset, each.asset) for each in both),
        {each.name: each.path for each in both},
        scales.pop() if len(scales) == 1 else None,
    )


def paired_files(
    images: Sequence[NamedImage], root: Path, predictions_dir: Path
) -> dict[str, Path]:
    """Return the file of each image that was predicted, by the image's name here.

    A file is called after the image's stem, or dataset__asset__stem; counts.csv decides between
    images of one stem.

    Raises:
        BenchmarkError: if a file is of no image, or of several.
    """
    asset_of = assets_of_predictions(predictions_dir)
    candidates: dict[str, list[NamedImage]] = defaultdict(list)
    for each in images:
        stem = each.image.stem
        full = f"{each.dataset.name}__{each.asset.name}__{stem}"
        for name in {normalized(stem), normalized(full)}:
            candidates[name].append(each)
    file_of: dict[str, Path] = {}
    for name, path in find_files(detections_folder_of(predictions_dir)).items():
        image = _only_one(name, candidates.get(name, []), asset_of, root, path)
        if image.name in file_of:
            raise BenchmarkError(
                path,
                expected="one file for each image",
                found=f"{file_of[image.name].name} as well",
                fix="keep one of them",
            )
        file_of[image.name] = path
    return file_of


def _only_one(
    name: str,
    candidates: Sequence[NamedImage],
    asset_of: Mapping[str, AssetName],
    root: Path,
    path: Path,
) -> NamedImage:
    known = asset_of.get(name, AssetName("", ""))
    fitting = [
        each
        for each in candidates
        if not known.asset or known == AssetName(each.dataset.name, each.asset.name)
    ]
    if len(fitting) == 1:
        return fitting[0]
    images = [
        f"{each.dataset.name}/{each.asset.name}/{each.image.path.name}" for each in candidates
    ]
    of_asset = f" of the asset {known}, as counts.csv says" if known.asset else ""
    raise BenchmarkError(
        path,
        expected=f"boxes of one image of {root}{of_asset}",
        found=f"{len(fitting)} such images" + (f" among {listed(images)}" if images else ""),
        fix="give the dataset that was predicted",
    )
