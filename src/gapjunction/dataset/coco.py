"""Write datasets as COCO detection files in the folders that DINO expects ("dino format").

Category ids start at 1, here and nowhere else; inside the program labels start at 0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray, area, to_xywh
from gapjunction.choices import Split
from gapjunction.dataset.coco_layouts import LAYOUTS, CocoLayout
from gapjunction.dataset.named_images import NamedImage, merged_classes, named_images
from gapjunction.dataset.reader import clipped_annotations, relabeled
from gapjunction.dataset.records import AnnotatedImage, Dataset
from gapjunction.dataset.split_stacks import PlacedImage
from gapjunction.dataset.splits import SPLITS, Assignment
from gapjunction.detections import Detections
from gapjunction.files import write_json, write_text
from gapjunction.images.pictures import (
    TIFF_SUFFIXES,
    ImageArray,
    copy_picture,
    has_16_bits,
    read_picture,
    write_png,
)
from gapjunction.images.pixel_depth import WHITE_PERCENTILE

DINO_LAYOUT = LAYOUTS["coco"]


@dataclass(frozen=True, slots=True, eq=False)
class CocoImage:
    """One image of a COCO dataset.

    Attributes:
        source: the image in the platform dataset `dataset`, asset `asset`.
        file_name: its name in the folder of its split.
        boxes: annotations (N, 4), xyxy pixels, cut at the image's border.
        labels: index (N,) of each box's class among all datasets' classes.
        num_clipped: how many boxes were cut, or dropped because too little was left of them.
        is_rescaled: True if the image has 16 bits and is written with 8.
    """

    dataset: str
    asset: str
    source: AnnotatedImage
    split: Split
    file_name: str
    boxes: BoxArray
    labels: NDArray[np.int64]
    num_clipped: int
    is_rescaled: bool

    @property
    def placed(self) -> PlacedImage:
        """Where it is in the split."""
        return PlacedImage(self.source.stem, f"{self.dataset}/{self.asset}", self.split)

    def as_detections(self) -> Detections:
        """Return the annotations as detections of score 1."""
        return Detections(self.boxes, np.ones(len(self.boxes), np.float32), self.labels)


def plan_images(datasets: Sequence[Dataset], assignment: Assignment) -> list[CocoImage]:
    """Return the images to write, with unique file names.

    Images nobody looked at are left out, and so are assets that `assignment` does not know.

    Raises:
        DatasetError: if two images would have the same name even with dataset and asset in it.
    """
    class_names = tuple(merged_classes(datasets))
    planned = []
    for each in named_images([relabeled(dataset, class_names) for dataset in datasets]):
        split = assignment.splits.get((each.dataset.name, each.asset.name))
        if each.image.is_annotated and split is not None:
            planned.append(_planned(each, split))
    return planned


def write_coco(
    images: Iterable[CocoImage],
    class_names: Sequence[str],
    folder: Path,
    layout: CocoLayout = DINO_LAYOUT,
) -> None:
    """Write image files and one COCO file for each split into the existing `folder`.

    WEBP, PNG and JPEG files of 8 bits are copied, unless the layout asks for PNG; these, and TIFF
    of 8 bits, become PNG without loss. An
    image of 16 bits becomes PNG of 8, as the official DINO and other readers of COCO files turn
    16 bits into plain white: `scaled_to_8_bits` says how. The annotations are the same.

    Raises:
        ImageError: if an image that is not merely copied cannot be read.
    """
    for split in SPLITS:
        (folder / layout.annotation_file(split)).parent.mkdir(exist_ok=True)
        (folder / layout.image_folder.format(split)).mkdir(exist_ok=True)
    written: dict[Split, list[CocoImage]] = {split: [] for split in SPLITS}
    for image in images:
        _write_image(image, folder / layout.image_path(image.split, image.file_name))
        written[image.split].append(image)
    for split in SPLITS:
        content = coco_instances(written[split], class_names, layout)
        write_json(folder / layout.annotation_file(split), content)
    if layout.labels is not None:
        write_text(folder / layout.labels, "".join(f"{name}\n" for name in class_names))


def scaled_to_8_bits(image: ImageArray) -> NDArray[np.uint8]:
    """Map an image (C, H, W) linearly from [min, 99.99th percentile] to [0, 255], rounded.

    It is one mapping for the whole image, all channels included. What lies above becomes 255.
    The maximum takes the percentile's place where that equals the minimum, and an image of one
    value becomes 0.
    """
    low, high = int(image.min()), int(np.percentile(image, WHITE_PERCENTILE, method="higher"))
    if high == low:
        high = max(int(image.max()), low + 1)
    share = (np.arange(np.iinfo(np.uint16).max + 1) - low) / (high - low)
    grey_of_value = np.round(share.clip(0, 1) * 255).astype(np.uint8)
    return grey_of_value[image]


def coco_instances(
    images: Sequence[CocoImage], class_names: Sequence[str], layout: CocoLayout = DINO_LAYOUT
) -> dict[str, Any]:
    """Return the content of a COCO detection file; all ids start at 1."""
    annotations: list[dict[str, Any]] = []
    for image_id, image in enumerate(images, start=1):
        boxes_xywh = np.round(to_xywh(image.boxes).astype(np.float64), 3).tolist()
        rows = zip(boxes_xywh, area(image.boxes).tolist(), image.labels.tolist(), strict=True)
        for box_xywh, box_area, label in rows:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": label + 1,
                    "bbox": box_xywh,
                    "area": round(box_area, 3),
                    "iscrowd": 0,
                }
            )
    return {
        "images": [
            {
                "id": image_id,
                "file_name": layout.name_in_coco(image.split, image.file_name),
                "width": image.source.width,
                "height": image.source.height,
            }
            for image_id, image in enumerate(images, start=1)
        ],
        "annotations": annotations,
        "categories": [
            {"id": label + 1, "name": name, "supercategory": ""}
            for label, name in enumerate(class_names)
        ],
    }


def _planned(named: NamedImage, split: Split) -> CocoImage:
    image = named.image
    boxes, labels, num_clipped = clipped_annotations(image)
    suffix = ".png" if image.path.suffix.lower() in TIFF_SUFFIXES else image.path.suffix
    return CocoImage(
        dataset=named.dataset.name,
        asset=named.asset.name,
        source=image,
        split=split,
        file_name=named.name + suffix,
        boxes=boxes,
        labels=labels,
        num_clipped=num_clipped,
        is_rescaled=has_16_bits(image.path),
    )


def _write_image(image: CocoImage, target: Path) -> None:
    source = image.source.path
    if image.is_rescaled:
        write_png(target, scaled_to_8_bits(read_picture(source)))
    elif source.suffix.lower() != target.suffix.lower():
        write_png(target, read_picture(source))
    else:
        copy_picture(source, target)
