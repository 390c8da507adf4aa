"""The images a prediction is asked for, from a dataset, a folder or a single file."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gapjunction.commands.asked_planes import tell_of_single_slices
from gapjunction.commands.predict.image_selection import (
    ImageSelection,
    no_image,
    require_no_dataset,
)
from gapjunction.commands.validate_files import image_files
from gapjunction.dataset.assets import RAW_FOLDER
from gapjunction.dataset.folders import entries, is_broken_link
from gapjunction.dataset.names import ImageOrigin, as_file_name, unique_names
from gapjunction.dataset.reader import find_datasets, inspect_dataset
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.dataset.rules import NAME
from gapjunction.dataset.splits import read_assignment
from gapjunction.errors import DatasetError, ImageError
from gapjunction.git_lfs import require_pulled
from gapjunction.images.chosen_images import chosen_images
from gapjunction.images.locations import is_zarr
from gapjunction.images.microscope_files import (
    ChosenFacts,
    chosen_facts,
)
from gapjunction.images.microscope_scene import listed_names
from gapjunction.images.pictures import IMAGE_SUFFIXES
from gapjunction.images.slide import LEAST_PX, require_region
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.runs.folder import SPLITS_NAME
from gapjunction.temporary_copies import with_originals
from gapjunction.text import normalized

logger = logging.getLogger(__name__)

MOST_NAMED = 3  # sub-folders


def list_images(source: Path, wanted: ImageSelection, run_folder: Path) -> list[ListedImage]:
    """Return the wanted images that `source` means, in order.

    In a folder without datasets these are the image files directly in it. A file that cannot be
    opened is listed: reading it will say why.

    Raises:
        ImageError: if there is no image, or none can be opened.
        DatasetError: if images of a dataset are gone, or two would have one name.
        ConfigError: if a split is asked for and the images belong to no dataset.
    """
    is_one_image = is_zarr(source)
    if not is_one_image:
        require_pulled(source)
    roots = [] if is_one_image else _dataset_roots(source)
    if roots:
        found = _images_of_datasets(roots, wanted, run_folder)
    else:
        require_no_dataset(source, wanted)
        found = _plain_files(image_files(source))
        if not is_one_image:
            _tell_of_subfolders(source)
    if not found:
        raise no_image(source, wanted)
    return with_planes(found, wanted)


def _tell_of_subfolders(source: Path) -> None:
    inside = entries(source) if source.is_dir() else []
    folders = [path.name for path in inside if path.is_dir() and not is_zarr(path)]
    if folders:
        logger.info(
            "images in sub-folders (%s) are left out: --recursive takes them, too, or make a "
            "dataset with 'gapjunction create'",
            ", ".join(folders[:MOST_NAMED]) + (", ..." if len(folders) > MOST_NAMED else ""),
        )


def _dataset_roots(source: Path) -> list[Path]:
    try:
        return find_datasets(source)
    except DatasetError:
        return []


def _images_of_datasets(
    roots: Sequence[Path], wanted: ImageSelection, run_folder: Path
) -> list[ListedImage]:
    """Return the wanted images of the datasets; whether annotations are right plays no part.

    Names are given among all images, so that an image has one name in whatever selection. Those
    that cannot be opened are wanted whether somebody annotated them or not.
    """
    assignment = None if wanted.split is None else read_assignment(run_folder / SPLITS_NAME)
    rows = [
        (dataset, asset, path, annotated)
        for root in roots
        if (dataset := _read(root)) is not None
        for asset in dataset.assets
        for path, annotated in _files_of(asset)
    ]
    origins = [ImageOrigin(dataset.name, asset.name, path) for dataset, asset, path, _ in rows]
    found = []
    for name, origin, (dataset, asset, _, annotated) in zip(
        unique_names(origins), origins, rows, strict=True
    ):
        key = dataset.name, asset.name
        split = None if assignment is None else assignment.splits.get(key)
        is_wanted = annotated is None or annotated.is_annotated or not wanted.annotated_only
        if split == wanted.split and is_wanted:
            listed = as_listed(origin, name, dataset.um_per_px)
            boxes = annotated.boxes if annotated and annotated.is_annotated else None
            found.append(replace(listed, z_step_um=asset.metadata.z_step_um, annotations=boxes))
    return found


def _files_of(asset: Asset) -> list[tuple[Path, AnnotatedImage | None]]:
    """Return the image files of an asset, and what people marked in those that can be read."""
    readable: list[tuple[Path, AnnotatedImage | None]] = [
        (each.path, each) for each in asset.images
    ]
    return readable + [(path, None) for path in asset.unreadable]


def _read(root: Path) -> Dataset | None:
    """Return a dataset, None if it has no asset; no image is left out silently."""
    dataset, problems = inspect_dataset(root)
    assets = () if dataset is None else dataset.assets
    unreadable = {with_originals(str(path)) for asset in assets for path in asset.unreadable}
    for problem in problems:
        if str(problem.file) in unreadable:  # said when it is predicted
            continue
        is_in_raw = problem.file.parent.name == RAW_FOLDER
        is_image = is_in_raw and problem.file.suffix.lower() in IMAGE_SUFFIXES
        is_folder_of_images = is_broken_link(problem.file) or problem.file.name == RAW_FOLDER
        is_named_wrongly = problem.item == NAME
        if problem.severity == "error" and (is_image or is_folder_of_images or is_named_wrongly):
            raise DatasetError(
                problem.file,
                item=problem.item,
                expected=problem.expected,
                found=problem.found,
                fix=f"{problem.fix}; run 'gapjunction validate {root}' to see all problems",
            )
    return dataset


def _plain_files(paths: Sequence[Path]) -> list[ListedImage]:
    """Return image files that are in no dataset, with a name for each."""
    origins = [ImageOrigin("", "", path) for path in paths]
    return [as_listed(*row, None) for row in zip(origins, unique_names(origins), strict=True)]


def as_listed(origin: ImageOrigin, name: str, um_per_px: float | None) -> ListedImage:
    """Return an image of which the side of a pixel is known, if at all, from its dataset."""
    return ListedImage(origin, name, um_per_px, "file" if um_per_px is None else "dataset")


def with_planes(listed: Sequence[ListedImage], wanted: ImageSelection) -> list[ListedImage]:
    """Return the images that the chosen planes of the listed files make, with their pixel sizes.

    Each of several scenes is called after its file and scene.

    Raises:
        ImageError: if all files fail, as when an option is missing.
    """
    found: list[ListedImage] = []
    assumed: list[str] = []
    failures: list[ImageError] = []
    for image in listed:
        for own, facts in _images_of(image, wanted):
            found.append(_with_stated_size(own, wanted.um_per_px))
            if isinstance(facts, ImageError):
                failures.append(facts)
            elif facts.is_assumed_color:
                names = ", ".join(listed_names(facts.channel_names))
                assumed.append(f"{image.origin.path.name}: {names}")
    if len(failures) == len(found):
        raise failures[0]
    single = [image.origin.path for image in found if image.choice.z is None]
    tell_of_single_slices(wanted.choice, single)
    if assumed:
        logger.info(
            "%d images of one plane in three channels are shown as red, green and blue, in this "
            "order; --channel chooses (%s)",
            len(assumed),
            assumed[0],
        )
    _require_unique(found)
    return found


def _with_stated_size(image: ListedImage, um_per_px: float | None) -> ListedImage:
    """Return an image with the pixel size that the user states for all, if there is one."""
    if um_per_px is None:
        return image
    return replace(image, um_per_px=um_per_px, size_source="user")


def _images_of(
    image: ListedImage, wanted: ImageSelection
) -> Iterator[tuple[ListedImage, ChosenFacts | ImageError]]:
    """Yield the images that a listed file makes, each with what is known of it or what is wrong."""
    path, choice = image.origin.path, wanted.choice
    try:
        chosen = chosen_images(path, choice)
    except ImageError as error:
        yield replace(image, choice=choice), error
        return
    for each in chosen:
        named = replace(
            image,
            output_name=_joined(image.output_name, each.name),
            choice=each.choice,
            stack=_joined(image.output_name, each.scene),
            slice_number=each.slice_number,
        )
        try:
            facts = chosen_facts(path, each.choice, may_find_channel=wanted.may_find_channel)
            if wanted.region is not None:
                require_region(path, each.choice, wanted.region)
        except ImageError as error:
            yield named, error
        else:
            known = replace(
                named,
                um_per_px=image.um_per_px or facts.um_per_px,
                open_channels=facts.open_channels,
                is_color=facts.is_color,
                is_file=facts.is_picture,
                num_pixels=facts.height * facts.width,
                is_8_bit=facts.is_8_bit,
                is_wide=facts.is_wide,
                is_slide=_is_slide(facts) or wanted.region is not None,
                region=wanted.region,
                z_step_um=image.z_step_um or facts.z_step_um,
            )
            yield known, facts


def _is_slide(facts: ChosenFacts) -> bool:
    """Tell whether an image is read region by region: it is large, and that can be."""
    return facts.has_regions and facts.height * facts.width > LEAST_PX


def _joined(name: str, addition: str) -> str:
    return f"{name}_{as_file_name(addition)}" if addition else name


def _require_unique(listed: Sequence[ListedImage]) -> None:
    paths: dict[str, Path] = {}
    for image in listed:
        name = normalized(image.output_name).casefold()
        if name in paths:
            raise DatasetError(
                image.origin.path,
                expected="a name of its own for each image",
                found=f"{image.output_name}, as in {paths[name]}",
                fix="rename one of the files, folders or scenes",
            )
        paths[name] = image.origin.path
