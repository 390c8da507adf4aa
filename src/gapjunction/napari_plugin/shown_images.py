"""The images of a dataset, or of a folder of predictions, with the boxes that are in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.benchmark.measured_predictions import paired_files
from gapjunction.commands.predict.image_selection import ImageSelection
from gapjunction.commands.predict.images import list_images
from gapjunction.dataset.named_images import NamedImage, read_named_images
from gapjunction.dataset.reader import find_datasets
from gapjunction.dataset.rules import CLASS_COLOR
from gapjunction.dataset.true_plaques import TABLE as TRUE_PLAQUES
from gapjunction.detections import Detections
from gapjunction.detections_json import read_detection_file
from gapjunction.errors import BenchmarkError, DatasetError
from gapjunction.images.pictures import ImageArray, has_16_bits, read_picture
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.images.slice_names import are_slices, slice_number
from gapjunction.plaque_table import TabledPlaque
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction_folder import (
    DETECTIONS,
    PREDICTED_PLAQUES,
    Manifest,
    file_of,
    plaque_boxes_beside,
    read_manifest,
)

USUAL_CLASS = "gap_junction"
Stack = tuple[
    str, str
]  # dataset and asset; without a dataset "", and what the images have in common


@dataclass(frozen=True, slots=True, eq=False)
class ShownImage:
    """An image and what is marked in it.

    Attributes:
        read: gives all channels (C, H, W).
        found: boxes with scores, 1 for those that a person drew.
        stack: what it is shown together with.
        slice_number: in its stack, where the images of this are slices.
        is_color: three channels are the colors of one picture.
        kind: what images have to have in common to lie behind each other, such as their size.
    """

    path: Path
    read: Callable[[], ImageArray]
    found: Detections
    stack: Stack
    slice_number: int | None
    um_per_px: float | None
    z_step_um: float | None
    is_color: bool
    kind: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is shown of a folder.

    Attributes:
        root: the datasets, None where images are in none.
        classes: name -> "#RRGGBB".
        threshold: boxes count from this score on.
        plaques: of each stack, where they are known.
    """

    root: Path | None
    classes: Mapping[str, str]
    images: Sequence[ShownImage]
    plaques: Mapping[Stack, Sequence[TabledPlaque]]
    threshold: float = 0.0


def shown_dataset(root: Path) -> Shown:
    """Return a dataset, or a folder of datasets, with annotations or predictions in it.

    Raises:
        DatasetError: if a dataset has errors.
    """
    classes, named = read_named_images(root)
    plaques = {
        (each.dataset.name, each.asset.name): TRUE_PLAQUES.read(each.asset.true_plaques_path)
        for each in {id(each.asset): each for each in named}.values()
        if each.asset.true_plaques_path is not None
    }
    images = [_of_dataset(each, _marked(each)) for each in named]
    return Shown(root, classes, images, plaques)


def shown_predictions(folder: Path) -> Shown:
    """Return what `gapjunction predict` wrote into a folder, with the images that it looked at.

    Raises:
        BenchmarkError: if nothing says which images these were, or a file is of none of them.
        DatasetError: if the dataset that was predicted has errors.
        ImageError: if no image can be opened.
    """
    manifest = read_manifest(folder)
    source = None if manifest.input is None else Path(manifest.input)
    if source is None or not source.exists():
        raise BenchmarkError(
            folder,
            expected="predictions of images that are there",
            found="no word of them" if source is None else f"those of {source}",
            fix="bring them back, or predict again",
        )
    table = plaque_boxes_beside(folder)
    plaques: dict[Stack, list[TabledPlaque]] = {}
    for each in [] if table is None else PREDICTED_PLAQUES.read(table):
        plaques.setdefault((each.stack[0], each.stack[1]), []).append(each)
    threshold = manifest.threshold or 0.0
    if is_dataset(source):
        classes, named = read_named_images(source)
        files = paired_files(named, source, folder)
        images = [
            _of_dataset(each, _read(files[each.name], tuple(classes)))
            for each in named
            if each.name in files
        ]
        return Shown(source, classes, images, plaques, threshold)
    names = manifest.class_names or (USUAL_CLASS,)
    images = [_of_files(each, folder, names) for each in _predicted_files(source, manifest, folder)]
    return Shown(None, dict.fromkeys(names, CLASS_COLOR), images, plaques, threshold)


def _of_dataset(named: NamedImage, found: Detections) -> ShownImage:
    image, asset = named.image, named.asset
    is_slice = are_slices([each.stem for each in asset.images])
    return ShownImage(
        image.path,
        lambda: read_picture(image.path),
        found,
        (named.dataset.name, asset.name),
        slice_number(image.stem) if is_slice else None,
        named.dataset.um_per_px,
        asset.metadata.z_step_um,
        is_color=True,
        kind=(image.height, image.width, has_16_bits(image.path)),
    )


def _of_files(listed: ListedImage, folder: Path, names: Sequence[str]) -> ShownImage:
    stack = listed.stack if listed.slice_number is not None else listed.origin.path.parent.name
    return ShownImage(
        listed.origin.path,
        listed.read_channels if listed.open_channels else listed.picture.read_whole,
        _read(file_of(folder, DETECTIONS, listed.output_name), tuple(names)),
        ("", stack),
        listed.slice_number or slice_number(listed.output_name),
        listed.um_per_px,
        listed.z_step_um,
        is_color=listed.is_color or not listed.open_channels,
        kind=(listed.num_pixels, listed.is_8_bit),
    )


def _predicted_files(source: Path, manifest: Manifest, folder: Path) -> list[ListedImage]:
    """Return the images of files in no dataset, as they were chosen, that have a file."""
    asked = manifest.settings or {}
    choice = PlaneChoice(
        tuple(asked.get("channel") or ()),
        asked.get("z"),
        asked.get("time"),
        asked.get("scene"),
        asked.get("z_axis") or "z",
    )
    listed = list_images(source, ImageSelection(choice=choice, may_find_channel=True), folder)
    return [each for each in listed if file_of(folder, DETECTIONS, each.output_name).is_file()]


def _marked(named: NamedImage) -> Detections:
    found = named.image.predictions
    return named.image.as_detections() if found is None else found


def _read(path: Path, class_names: tuple[str, ...]) -> Detections:
    return read_detection_file(path).as_detections(class_names)


def is_dataset(source: Path) -> bool:
    """Tell whether a folder is a dataset, or holds datasets."""
    try:
        find_datasets(source)
    except DatasetError:
        return False
    return True
