"""Where the files of a conversion to COCO go: as the official DINO expects them, or AutoGluon."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from gapjunction.choices import Split

LayoutName = Literal["coco", "autogluon"]


@dataclass(frozen=True, slots=True)
class CocoLayout:
    """The names of folders and files; `{}` in a name stands for the split.

    Attributes:
        image_folder, annotations: folder of the images and COCO file of a split.
        names_folder: whether COCO files name an image with its folder.
        is_all_png: whether all images become PNG, without loss.
        labels: name of a file with the classes, one a line; None for none.
    """

    image_folder: str
    annotations: str
    names_folder: bool = False
    is_all_png: bool = False
    labels: str | None = None

    def file_name(self, name: str) -> str:
        """Return what the image called `name` is called here."""
        return str(PurePosixPath(name).with_suffix(".png")) if self.is_all_png else name

    def image_path(self, split: Split, name: str) -> str:
        """Return the path of an image within the output."""
        return f"{self.image_folder.format(split)}/{self.file_name(name)}"

    def name_in_coco(self, split: Split, name: str) -> str:
        """Return what the COCO file of a split calls an image."""
        return self.image_path(split, name) if self.names_folder else self.file_name(name)

    def annotation_file(self, split: Split) -> str:
        """Return the path of the COCO file of a split within the output."""
        return self.annotations.format(split)


LAYOUTS: Mapping[LayoutName, CocoLayout] = {
    "coco": CocoLayout("{}2017", "annotations/instances_{}2017.json"),
    # AutoGluon looks for an image from the folder above that of the COCO file.
    "autogluon": CocoLayout(
        "images",
        "Annotations/{}.json",
        names_folder=True,
        is_all_png=True,
        labels="labels.txt",
    ),
}
