"""Read datasets in the platform's format, in all the variants of docs/dataset-format.md."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray, clip_boxes
from gapjunction.dataset.archives import is_archive, unpacked
from gapjunction.dataset.assets import (
    RAW_FOLDER,
    inspect_asset,
    is_asset_folder,
)
from gapjunction.dataset.folders import entries, is_broken_link
from gapjunction.dataset.metadata import (
    LABEL_FOLDER,
    STATIC_FILE,
    inspect_classes,
    inspect_static_metadata,
    label_file,
)
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.dataset.rules import Problem, check_class_use, check_name
from gapjunction.errors import DatasetError
from gapjunction.git_lfs import require_pulled
from gapjunction.images.microscope_files import READABLE_SUFFIXES
from gapjunction.prediction_folder import holds_predictions
from gapjunction.text import is_utf8

ASSETS_FOLDER = "Assets"
DATASET_PARTS = (LABEL_FOLDER, STATIC_FILE.parent.name, ASSETS_FOLDER)
MIN_SIDE = 0.5  # px; what is left of a clipped box below this marks nothing one can see


def find_datasets(root: Path) -> list[Path]:
    """Return the dataset folders that `root` means: itself, or the datasets in it.

    A zip file means what is in it, and is unpacked for as long as the program runs.

    Raises:
        DatasetError: if there is none, or Git LFS has not brought its files.
        ArchiveError: if a zip file is damaged or hostile.
    """
    if is_archive(root):
        root = unpacked(root)
        inside = entries(root)
        if len(inside) == 1 and inside[0].is_dir() and not _is_dataset(inside[0]):
            root = inside[0]  # a folder of datasets that was packed as a whole
    require_pulled(root)
    if not root.is_dir():
        expected = "a dataset (a folder or a zip file)"
        found_instead, fix = _found_instead(root)
        raise DatasetError(root, expected=expected, found=found_instead, fix=fix)
    if _is_dataset(root):
        return [root]
    inside = entries(root)
    found = {path.resolve(): path for path in reversed(inside) if _is_dataset(path)}
    for path in inside if found else []:
        if is_broken_link(path):
            raise DatasetError(
                path,
                expected="a dataset",
                found="a link to nothing",
                fix="restore the folder, or remove the link",
            )
    if not found:
        parts = ", ".join(f"{name}/" for name in DATASET_PARTS)
        expected = f"a dataset (a folder with {parts}) or a folder of datasets"
        found_instead, fix = _found_instead(root)
        raise DatasetError(root, expected=expected, found=found_instead, fix=fix)
    return sorted(found.values())


def inspect_dataset(root: Path) -> tuple[Dataset | None, list[Problem]]:
    """Read what can be read of a dataset and collect everything that is wrong, in one pass.

    Only the headers of images are read. Boxes that an error concerns are not in the dataset.
    Without a readable label file there are no classes, and hence no boxes. The dataset is None
    if it has no assets.
    """
    classes, problems = inspect_classes(root)
    static, static_problems = inspect_static_metadata(root)
    problems += static_problems
    problems += check_name(root.resolve())
    folders, folder_problems = _asset_folders(root)
    problems += folder_problems
    assets = []
    for folder in folders:
        asset, asset_problems = inspect_asset(folder, tuple(classes))
        assets.append(asset)
        problems += asset_problems
    if not assets:
        expected, fix = "at least one asset folder", f"put asset folders into {ASSETS_FOLDER}/"
        return None, [*problems, Problem("error", root, "", "none", expected, fix)]
    dataset = Dataset(
        name=root.resolve().name,
        root=root,
        classes=classes,
        assets=tuple(assets),
        device_type=static.device_type,
        scaling_value=static.scaling_value,
        um_per_px=static.um_per_px,
    )
    problems += check_class_use(dataset, label_file(root))
    return dataset, problems


def read_dataset(root: Path) -> Dataset:
    """Read a dataset that has no errors; warnings are left to `gapjunction validate`.

    Raises:
        DatasetError: naming the first error and how many there are.
    """
    dataset, problems = inspect_dataset(root)
    errors = [problem for problem in problems if problem.severity == "error"]
    if dataset is None or errors:
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors, first"
        raise DatasetError(
            root,
            expected="a dataset without errors",
            found=f"{count}: {errors[0]}",
            fix=f"run 'gapjunction validate {root}' to see them all",
        )
    return dataset


def read_datasets(paths: Path | str | Sequence[Path | str]) -> list[Dataset]:
    """Read all datasets that `paths` mean, each once; a path is a dataset or a folder of them.

    Raises:
        DatasetError: if a dataset has errors or two have the same name.
    """
    named = [paths] if isinstance(paths, Path | str) else paths
    roots = {root.resolve(): root for path in named for root in find_datasets(Path(path))}
    datasets: dict[str, Dataset] = {}
    for root in roots.values():
        dataset = read_dataset(root)
        if dataset.name in datasets:
            raise DatasetError(
                root,
                expected="datasets with different names",
                found=f"the name of {datasets[dataset.name].root}",
                fix="rename one of the two folders",
            )
        datasets[dataset.name] = dataset
    return list(datasets.values())


def relabeled(dataset: Dataset, class_names: Sequence[str]) -> Dataset:
    """Return `dataset` with the labels of its boxes counted in `class_names`.

    A class that the dataset does not have gets the color "" in it.

    Raises:
        ValueError: if one of the dataset's classes is not among them.
    """
    missing = [name for name in dataset.class_names if name not in class_names]
    if missing:
        raise ValueError(f"classes {missing} are not in {list(class_names)}")
    new_label = np.array([class_names.index(n) for n in dataset.class_names], dtype=np.int64)
    return replace(
        dataset,
        classes={name: dataset.classes.get(name, "") for name in class_names},
        assets=tuple(_relabeled_asset(asset, new_label) for asset in dataset.assets),
    )


def clipped_annotations(image: AnnotatedImage) -> tuple[BoxArray, NDArray[np.int64], int]:
    """Return boxes (N, 4) cut at the image's border, their labels (N,), and how many changed.

    A box of which less than MIN_SIDE is left in x or y is dropped; that counts as a change.
    """
    clipped = clip_boxes(image.boxes, image.height, image.width)
    visible = np.all(clipped[:, 2:] - clipped[:, :2] >= MIN_SIDE, axis=1)
    changed = np.any(clipped != image.boxes, axis=1) | ~visible
    return clipped[visible], image.labels[visible], int(changed.sum())


def _relabeled_asset(asset: Asset, new_label: NDArray[np.int64]) -> Asset:
    images = tuple(_relabeled_image(image, new_label) for image in asset.images)
    return replace(asset, images=images)


def _relabeled_image(image: AnnotatedImage, new_label: NDArray[np.int64]) -> AnnotatedImage:
    found = image.predictions
    if found is not None:
        found = replace(found, labels=new_label[found.labels])
    return replace(image, labels=new_label[image.labels], predictions=found)


def _is_dataset(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    has_part = any((folder / name).is_dir() for name in DATASET_PARTS)
    return has_part or any((path / RAW_FOLDER).is_dir() for path in entries(folder))


def _found_instead(root: Path) -> tuple[str, str]:
    """Return what a folder or file that is no dataset is, and what to do then."""
    if not root.is_dir():
        if not root.exists() or root.suffix.lower() not in READABLE_SUFFIXES:
            return "another file" if root.exists() else "nothing", "check the path"
        return "an image that is in none", (
            "put it into a folder for its subject in a FOLDER, make a dataset of that with "
            "'gapjunction create OUT --from FOLDER', and name that"
        )
    if is_asset_folder(root):
        return f"an asset (it has {RAW_FOLDER}/)", "name the folder above it"
    named = quote(str(root))
    if holds_predictions(root):
        return "predictions", (
            f"'gapjunction publish {named} DATASET' puts them into the dataset that was predicted; "
            "'gapjunction create' makes a dataset of images, to be predicted as one"
        )
    is_in_asset = is_asset_folder(root.resolve().parent)
    if any(path.suffix.lower() in READABLE_SUFFIXES for path in entries(root)) and not is_in_asset:
        return "images that are in none", (
            "put them into a folder for each subject, make a dataset of these with "
            f"'gapjunction create OUT --from {named}', and name that, for 'gapjunction predict' too"
        )
    return "neither", "check the path"


def _asset_folders(root: Path) -> tuple[list[Path], list[Problem]]:
    """Return the asset folders of a dataset, in `Assets/` or directly in its root."""
    in_assets = entries(root / ASSETS_FOLDER)
    inner = [path for path in in_assets if _is_real_folder(path)]
    in_root = entries(root)
    outer = []
    problems = [_broken_link(path) for path in in_assets or in_root if is_broken_link(path)]
    for path in in_root:
        if path.name in DATASET_PARTS or not _is_real_folder(path):
            continue
        if is_asset_folder(path):
            outer.append(path)
        else:
            fix = "put images into its Raw/, or move it elsewhere: it is ignored"
            problems.append(Problem("warning", path, "", "neither", "an asset's Raw/ in it", fix))
    problems += _check_asset_names(inner, outer)
    problems += [problem for path in inner + outer for problem in check_name(path)]
    return [path for path in inner + outer if is_utf8(path.name)], problems


def _broken_link(path: Path) -> Problem:
    fix = "restore the folder, or remove the link"
    return Problem("error", path, "", "a link to nothing", "the folder of an asset", fix)


def _is_real_folder(path: Path) -> bool:
    """Tell whether `path` is a folder; a link to a folder that contains it is not."""
    return path.is_dir() and path.resolve() not in path.parent.resolve().parents


def _check_asset_names(inner: Sequence[Path], outer: Sequence[Path]) -> Iterator[Problem]:
    names = {path.name for path in inner}
    for path in outer:
        if path.name in names:
            found, fix = f"{ASSETS_FOLDER}/{path.name} as well", "rename one of the two"
            yield Problem("error", path, "", found, "an asset name of its own", fix)
