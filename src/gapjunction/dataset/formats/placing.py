"""Put a dataset's images where another tool looks for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from gapjunction.dataset.formats.image_files import IMAGES, UNANNOTATED
from gapjunction.dataset.records import AnnotatedImage, Dataset
from gapjunction.detections import Detections
from gapjunction.images.pictures import copy_picture, read_picture, write_png
from gapjunction.images.sized_tiff import write_sized_tiff

PictureForm = Literal["same", "png", "sized"]


@dataclass(frozen=True, slots=True)
class Placed:
    """An image, and its file relative to the folder that is written."""

    image: AnnotatedImage
    path: PurePosixPath

    @property
    def is_annotated(self) -> bool:
        """Whether a person looked at the image."""
        return self.image.is_annotated

    @property
    def found(self) -> Detections:
        """The annotations, with scores of 1, or the predictions."""
        found = self.image.predictions
        return self.image.as_detections() if found is None else found

    @property
    def boxes_xyxy(self) -> list[list[float]]:
        """The boxes as rows of x0, y0, x1, y1, rounded to 0.001 px."""
        return [[round(value, 3) for value in row] for row in self.found.boxes.tolist()]

    @property
    def scores(self) -> list[float | None]:
        """The score of each prediction, None for each annotation."""
        if self.image.predictions is None:
            return [None] * len(self.image.boxes)
        return [round(score, 6) for score in self.found.scores.tolist()]

    @property
    def labels(self) -> list[int]:
        """The label of each box."""
        return [int(label) for label in self.found.labels]


def place_images(
    dataset: Dataset,
    folder: Path,
    *,
    images: str = IMAGES,
    keeps_unseen: bool = False,
    keeps_predicted: bool = False,
    form: PictureForm = "same",
) -> Iterator[Placed]:
    """Copy the images to <images>/<asset>/ in `folder` and yield each with its place.

    Unless they are kept there, images nobody looked at, or with predictions only, go to
    unannotated/<asset>/, where a tool that takes images without annotations for empty ones does
    not look. In the form "png", WEBP becomes PNG without loss, for tools that do not read it; in
    the form "sized", images become TIFF with the side of a pixel, where the dataset knows it.

    Raises:
        ImageError: if an image cannot be read to its end.
    """
    for asset in dataset.assets:
        for image in asset.images:
            is_kept = keeps_unseen if image.predictions is None else keeps_predicted
            top = images if image.is_annotated or is_kept else UNANNOTATED
            suffix = _suffix(image.path, dataset, form)
            place = PurePosixPath(top, asset.name, f"{image.stem}{suffix}")
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            _write(image.path, folder / place, dataset.um_per_px if form == "sized" else None)
            yield Placed(image, place)


def _suffix(path: Path, dataset: Dataset, form: PictureForm) -> str:
    if form == "sized" and dataset.um_per_px is not None:
        return ".tif"
    is_turned = form != "same" and path.suffix.lower() == ".webp"
    return ".png" if is_turned else path.suffix


def _write(source: Path, target: Path, um_per_px: float | None) -> None:
    if um_per_px is not None:
        write_sized_tiff(target, read_picture(source), um_per_px)
    elif target.suffix == source.suffix:
        copy_picture(source, target)
    else:
        write_png(target, read_picture(source))
