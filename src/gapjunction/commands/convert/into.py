"""Merge boxes that were corrected in another program: `gapjunction convert --from --into`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gapjunction.commands.convert.translate import Translation, read_translated
from gapjunction.dataset.archives import is_archive
from gapjunction.dataset.corrections import Correction, correction, write_correction
from gapjunction.dataset.named_images import NamedImage, images_called, read_named_images
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.detections import Detections
from gapjunction.errors import ConfigError, DatasetError
from gapjunction.text import counted, normalized


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What went into the dataset.

    Attributes:
        changes: what was done to the boxes of each image that was written, by its name.
        num_alike: images of the other program that hold what the dataset holds.
        strangers: names of images of the other program that the dataset does not have.
        notes: what was read otherwise than it stood there.
    """

    data: Path
    changes: Mapping[str, Correction]
    num_alike: int
    strangers: tuple[str, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{name}: {change}" for name, change in self.changes.items()]
        if self.num_alike:
            lines.append(
                f"{counted(self.num_alike, 'image')} left alone: no box changed (--opened NAME "
                "takes what a person looked through and found right)"
            )
        if self.strangers:
            number = counted(len(self.strangers), "image")
            lines.append(f"{number} not in the dataset, left out: {self.strangers[0]}")
        if self.notes:
            lines += ["Read otherwise than written there:", *(f"  {each}" for each in self.notes)]
        return "\n".join([*lines, f"{counted(len(self.changes), 'image')} merged into {self.data}"])


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """An image of the dataset, and the same image as the other program has it."""

    target: NamedImage
    source: AnnotatedImage
    boxes: Detections


def merge(asked: Translation, opened: Sequence[str]) -> MergeResult:
    """Write the corrected boxes of each image that a person went through; nothing else changes.

    These are images of which a box was changed, that were annotated for the first time, or that
    `opened` names. All are compared before the first is written.

    Raises:
        ConfigError: if the dataset is a zip file, or `opened` names no image of both.
        DatasetError: if one of the two has errors, or they do not fit together.
    """
    if is_archive(asked.output):
        expected, fix = "a folder to write into", "unpack it and name the folder"
        raise ConfigError(asked.output, expected=expected, found="a zip file", fix=fix)
    _, targets = read_named_images(asked.output)
    datasets, notes = read_translated(asked)
    pairs, strangers = _paired(targets, datasets, asked.source.path)
    named = {each.name for each in images_called(opened, [p.target for p in pairs], "opened")}
    changes = {pair.target.name: _change(pair) for pair in pairs}
    gone_through = [
        pair
        for pair in pairs
        if pair.target.name in named
        or changes[pair.target.name].is_change
        or _is_first_look(pair.target.image, pair.source)
    ]
    for pair in gone_through:
        write_correction(pair.target, changes[pair.target.name])
    return MergeResult(
        data=asked.output,
        changes={pair.target.name: changes[pair.target.name] for pair in gone_through},
        num_alike=len(pairs) - len(gone_through),
        strangers=tuple(strangers),
        notes=notes,
    )


def _paired(
    targets: Sequence[NamedImage], datasets: Sequence[Dataset], source: Path
) -> tuple[list[_Pair], list[str]]:
    """Return images of both sides, and the names of those that only the other program has."""
    by_name: dict[str, list[NamedImage]] = defaultdict(list)
    for target in targets:
        for name in {target.name, target.image.stem}:
            by_name[normalized(name)].append(target)
    pairs, strangers = [], []
    for dataset in datasets:
        for asset in dataset.assets:
            for image in asset.images:
                found = _same_place(by_name[normalized(image.stem)], dataset, asset)
                if found:
                    target = _only_one(found, image, source)
                    pairs.append(_Pair(target, image, _boxes(image, dataset, target)))
                else:
                    strangers.append(image.path.name)
    if not pairs:
        raise DatasetError(
            source,
            expected="images of the dataset that is merged into",
            found=f"{counted(len(strangers), 'image')}, none with a name of its images",
            fix="merge into the dataset that the boxes came from",
        )
    return pairs, strangers


def _same_place(found: Sequence[NamedImage], dataset: Dataset, asset: Asset) -> list[NamedImage]:
    """Return those of `found`, images of one name, that lie where the other program's does.

    Other programs keep the asset, as a folder, or nothing of where an image lay.
    """
    in_asset = [each for each in found if normalized(each.asset.name) == normalized(asset.name)]
    near = in_asset or list(found)
    in_dataset = [
        each for each in near if normalized(each.dataset.name) == normalized(dataset.name)
    ]
    return in_dataset or near


def _only_one(found: Sequence[NamedImage], image: AnnotatedImage, source: Path) -> NamedImage:
    if len(found) > 1:
        raise DatasetError(
            source,
            item=image.path.name,
            expected="a name that one image of the dataset has",
            found=f"{len(found)} ({found[0].image.path}, {found[1].image.path})",
            fix="keep the folders that `gapjunction convert` wrote",
        )
    target = found[0].image
    if (image.height, image.width) != (target.height, target.width):
        raise DatasetError(
            source,
            item=image.path.name,
            expected=f"{target.width} x {target.height} px, as {target.path} has",
            found=f"{image.width} x {image.height} px",
            fix="correct the boxes on the image that the dataset holds",
        )
    return found[0]


def _boxes(image: AnnotatedImage, dataset: Dataset, target: NamedImage) -> Detections:
    """Return the other program's boxes with labels as the dataset's images have them."""
    boxes = _all_boxes(image)
    own = {
        name: label for label, (name, color) in enumerate(target.dataset.classes.items()) if color
    }
    used = [dataset.class_names[label] for label in np.unique(boxes.labels)]
    for name in used:
        if name not in own:
            raise DatasetError(
                image.path,
                expected=f"classes of {target.dataset.root} ({', '.join(own)})",
                found=f"boxes of class {name!r}",
                fix="rename the class there, or add it to label_properties.json",
            )
    new_label = np.array([own.get(name, -1) for name in dataset.class_names], np.int64)
    return Detections(boxes.boxes, boxes.scores, new_label[boxes.labels])


def _change(pair: _Pair) -> Correction:
    before = _all_boxes(pair.target.image)
    # What nobody looked at there is as it was, though formats without scores lose predictions.
    after = pair.boxes if _is_known(pair.source) else before
    return correction(before, after, (pair.target.image.height, pair.target.image.width))


def _all_boxes(image: AnnotatedImage) -> Detections:
    return image.as_detections() if image.predictions is None else image.predictions


def _is_known(image: AnnotatedImage) -> bool:
    """Tell whether somebody, or a detector, said what is in an image."""
    return image.is_annotated or image.predictions is not None


def _is_first_look(target: AnnotatedImage, source: AnnotatedImage) -> bool:
    """Tell whether a person annotated an image of which the dataset knew nothing."""
    return not _is_known(target) and source.is_annotated
