"""Corrected boxes of a layer, back into the detection files of the dataset that they are of."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from gapjunction.dataset.corrections import Correction, correction, write_correction
from gapjunction.dataset.named_images import NamedImage, read_named_images
from gapjunction.detections import Detections
from gapjunction.errors import ConfigError
from gapjunction.napari_plugin.hidden_boxes import BoxSet
from gapjunction.napari_plugin.layer_data import LayerOrigin
from gapjunction.napari_plugin.writer import detections_of


def changed_places(
    before: Sequence[Detections], now: BoxSet, origin: LayerOrigin
) -> dict[int, Correction]:
    """Return the images, by place, of which a box was changed, drawn or deleted, and which.

    `before` and `now` are all boxes, those that do not count among them.

    Raises:
        ConfigError: as `detections_of` does.
    """
    after = detections_of(now.corners, now.features, origin)
    changes = {
        place: correction(*pair) for place, pair in enumerate(zip(before, after, strict=True))
    }
    return {place: change for place, change in changes.items() if change.is_change}


def save_corrections(
    boxes: BoxSet, origin: LayerOrigin, places: Collection[int]
) -> Mapping[Path, Correction]:
    """Write the boxes of some images as annotations; return what became of those in their files.

    Metadata, masks and all other images stay as they are.

    Raises:
        ConfigError: if the images are in no dataset, or a box has no place or class in it.
        DatasetError: if the dataset has errors.
    """
    if origin.root is None:
        raise ConfigError(
            origin.paths[0] if origin.paths else "layer",
            expected="an image of a dataset, opened as a folder",
            found="one of no dataset",
            fix="make a dataset with 'gapjunction create', and open that",
        )
    _, named = read_named_images(origin.root)
    target_of = {each.image.path.resolve(): each for each in named}
    after = detections_of(boxes.corners, boxes.features, origin)
    changes: dict[Path, tuple[NamedImage, Correction]] = {}
    for place in sorted(places):
        path = origin.paths[place]
        target = target_of.get(path.resolve())
        if target is None:
            raise ConfigError(
                path,
                expected=f"an image of {origin.root}",
                found="none there",
                fix="open the dataset again",
            )
        changes[path] = target, _change(target, after[place], origin)
    for target, change in changes.values():
        write_correction(target, change)
    return {path: change for path, (_, change) in changes.items()}


def _change(target: NamedImage, after: Detections, origin: LayerOrigin) -> Correction:
    image = target.image
    before = image.as_detections() if image.predictions is None else image.predictions
    return correction(before, _relabeled(after, origin, target))


def _relabeled(boxes: Detections, origin: LayerOrigin, target: NamedImage) -> Detections:
    """Return boxes with labels as the dataset counts them: a model may know other classes.

    Raises:
        ConfigError: if the dataset does not have one of the classes.
    """
    names = target.dataset.class_names
    for label in set(boxes.labels.tolist()):
        if not target.dataset.classes.get(origin.class_names[label]):
            raise ConfigError(
                target.dataset.root,
                expected=f"boxes of its classes ({', '.join(names)})",
                found=f"one of class {origin.class_names[label]!r}",
                fix="change the class, or add it to label_properties.json",
            )
    new_label = [names.index(name) if name in names else -1 for name in origin.class_names]
    return Detections(boxes.boxes, boxes.scores, np.array(new_label, np.int64)[boxes.labels])
