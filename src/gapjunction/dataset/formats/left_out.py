"""What a format cannot hold of a dataset, line by line."""

from collections.abc import Set
from typing import Literal

from gapjunction.dataset.records import AssetMetadata, Dataset
from gapjunction.text import counted

Kept = Literal["colors", "unused classes", "predictions"]


def losses(dataset: Dataset, keeps: Set[Kept]) -> list[str]:
    """Return a line on each thing in `dataset` that a format does not hold, if it is there.

    No format but the platform's holds metadata, masks and true plaques.
    """
    lines = []
    num_known = sum(asset.metadata != AssetMetadata() for asset in dataset.assets)
    if num_known:
        lines.append(f"metadata of {counted(num_known, 'asset')} (species, age, sex, ...)")
    if dataset.device_type or dataset.scaling_value or dataset.um_per_px:
        lines.append("microscope and pixel size")
    num_masks = sum(image.mask_path is not None for image in dataset.images())
    if num_masks:
        lines.append(counted(num_masks, "color mask"))
    num_true = sum(asset.true_plaques_path is not None for asset in dataset.assets)
    if num_true:
        lines.append(f"true plaques of {counted(num_true, 'stack')} (true_plaques.csv)")
    if "colors" not in keeps:
        lines.append("colors of the classes")
    unused = sorted(set(range(len(dataset.classes))) - _used_labels(dataset, keeps))
    if unused and "unused classes" not in keeps:
        names = ", ".join(dataset.class_names[label] for label in unused)
        lines.append(f"classes without objects ({names})")
    num_predicted = sum(image.predictions is not None for image in dataset.images())
    if num_predicted and "predictions" not in keeps:
        lines.append(f"predictions of {counted(num_predicted, 'image')}")
    return lines


def _used_labels(dataset: Dataset, keeps: Set[Kept]) -> set[int]:
    used: set[int] = set()
    for image in dataset.images():
        used.update(image.labels.tolist())
        if image.predictions is not None and "predictions" in keeps:
            used.update(image.predictions.labels.tolist())
    return used
