"""A dataset in memory: datasets hold assets, assets hold images, images hold annotations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray
from gapjunction.detections import Detections

Sex = Literal["Male", "Female", "Undefined"]
ANIMAL = "animal"  # the column of the metadata that says whose section or stack an asset is


@dataclass(frozen=True, slots=True)
class AssetMetadata:
    """What is known of an asset's subject, and of its stack; None where it is not.

    Attributes:
        z_step_um: from one slice to the next, where the images are slices of a stack.
        further: what else is told, by column: treatment, genotype, litter, animal.
    """

    species: str | None = None
    age_months: float | None = None
    weight_kg: float | None = None
    sex: Sex | None = None
    localization: str | None = None
    diagnosis: str | None = None
    z_step_um: float | None = None
    further: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedImage:
    """One image file and what people marked in it.

    Attributes:
        path: the image file.
        height, width: size in pixels.
        boxes: annotations (N, 4), xyxy pixels, as drawn: they may reach beyond the image.
        labels: class index (N,) of each box.
        is_annotated: False where nobody looked at the image; then `boxes` is empty and says
            nothing about the number of objects.
        mask_path: the color mask, if there is one.
        boxes_path: the file with the boxes, if it has one of its own.
        predictions: what a detector found, from a file with scores that no person has taken
            over yet; None where there is no such file. Then `is_annotated` is False.
    """

    path: Path
    height: int
    width: int
    boxes: BoxArray
    labels: NDArray[np.int64]
    is_annotated: bool = True
    mask_path: Path | None = None
    boxes_path: Path | None = None
    predictions: Detections | None = None

    @property
    def stem(self) -> str:
        """The file's name without its last extension: the image's name everywhere."""
        return self.path.stem

    def as_detections(self) -> Detections:
        """Return the annotations as detections of score 1."""
        return Detections(self.boxes, np.ones(len(self.boxes), np.float32), self.labels)


@dataclass(frozen=True, slots=True)
class Asset:
    """One subject, or a slide, section or stack of one.

    Attributes:
        true_plaques_path: the file with the plaques of a simulated stack, if there is one.
        unreadable: image files of which not even the size can be read.
    """

    name: str
    images: tuple[AnnotatedImage, ...]
    metadata: AssetMetadata = field(default_factory=AssetMetadata)
    true_plaques_path: Path | None = None
    unreadable: tuple[Path, ...] = ()

    @property
    def animal(self) -> str:
        """Whose it is, as the metadata say; its own name where they do not."""
        return self.metadata.further.get(ANIMAL) or self.name


@dataclass(frozen=True, slots=True)
class Dataset:
    """A set of assets annotated with one list of classes.

    Attributes:
        classes: class name -> "#RRGGBB"; the order gives each class its label, from 0.
        um_per_px: the side of a pixel in micrometers, or None where it is not known.
    """

    name: str
    root: Path
    classes: dict[str, str]
    assets: tuple[Asset, ...]
    device_type: str | None = None
    scaling_value: str | None = None
    um_per_px: float | None = None

    @property
    def class_names(self) -> tuple[str, ...]:
        """The class names in label order."""
        return tuple(self.classes)

    def images(self) -> Iterator[AnnotatedImage]:
        """Yield the images of all assets in order."""
        for asset in self.assets:
            yield from asset.images
