"""What a training would use: what is done, but for the animals that are kept for testing."""

from dataclasses import dataclass
from pathlib import Path

from gapjunction.dataset.reader import read_datasets
from gapjunction.dataset.splits import (
    AssetKey,
    Assignment,
    read_assignment,
    split_assets,
    write_assignment,
)
from gapjunction.review.journal import REVIEW_FOLDER

SPLITS_NAME = "splits.json"


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What a training would use.

    Attributes:
        num_images, num_animals: to train and validate on.
        kept: dataset and asset of what neither is done on.
        assignment: the split of all assets with an image that is done.
    """

    num_images: int
    num_animals: int
    kept: tuple[AssetKey, ...]
    assignment: Assignment


def plan_training(root: Path) -> TrainingPlan:
    """Return what a training would use now; an asset that was kept for testing stays so.

    Raises:
        DatasetError: if a dataset has errors, or an earlier split cannot be read.
    """
    datasets = read_datasets([root])
    path = splits_path(root)
    previous = read_assignment(path) if path.exists() else None
    assignment = split_assets(datasets, seed=0, previous=previous)
    kept = tuple(assignment.assets_in("test"))
    used = [
        (dataset.name, asset)
        for dataset in datasets
        for asset in dataset.assets
        if (dataset.name, asset.name) in assignment.splits
        and (dataset.name, asset.name) not in kept
    ]
    return TrainingPlan(
        num_images=sum(image.is_annotated for _, asset in used for image in asset.images),
        num_animals=len({(name, asset.animal) for name, asset in used}),
        kept=kept,
        assignment=assignment,
    )


def keep_split(root: Path, plan: TrainingPlan) -> Path:
    """Write down the split, so that no later training sees what is kept for testing."""
    path = splits_path(root)
    write_assignment(path, plan.assignment)
    return path


def splits_path(root: Path) -> Path:
    """Return where the split of a reviewed dataset is kept."""
    return root / REVIEW_FOLDER / SPLITS_NAME
