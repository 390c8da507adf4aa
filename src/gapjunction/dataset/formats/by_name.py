"""The formats that annotations can come in and go to, by the names that users give them."""

from typing import Literal

from gapjunction.dataset.formats.coco import read_coco, write_coco_dataset
from gapjunction.dataset.formats.cvat import read_cvat, write_cvat
from gapjunction.dataset.formats.imagej import read_imagej, write_imagej
from gapjunction.dataset.formats.label_studio import read_label_studio
from gapjunction.dataset.formats.label_studio_write import write_label_studio
from gapjunction.dataset.formats.labelme import read_labelme, write_labelme
from gapjunction.dataset.formats.makesense import read_makesense, write_makesense
from gapjunction.dataset.formats.platform import read_platform, write_platform
from gapjunction.dataset.formats.points import read_points, write_points
from gapjunction.dataset.formats.qupath import read_qupath, write_qupath
from gapjunction.dataset.formats.source import Reader, Writer
from gapjunction.dataset.formats.voc import read_voc, write_voc
from gapjunction.dataset.formats.yolo import read_yolo, write_yolo

FormatName = Literal[
    "platform",
    "coco",
    "yolo",
    "voc",
    "cvat",
    "label-studio",
    "labelme",
    "makesense",
    "imagej",
    "qupath",
    "points",
]

FORMATS: dict[FormatName, tuple[Reader, Writer]] = {
    "platform": (read_platform, write_platform),
    "coco": (read_coco, write_coco_dataset),
    "yolo": (read_yolo, write_yolo),
    "voc": (read_voc, write_voc),
    "cvat": (read_cvat, write_cvat),
    "label-studio": (read_label_studio, write_label_studio),
    "labelme": (read_labelme, write_labelme),
    "makesense": (read_makesense, write_makesense),
    "imagej": (read_imagej, write_imagej),
    "qupath": (read_qupath, write_qupath),
    "points": (read_points, write_points),
}
