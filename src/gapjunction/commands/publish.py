"""`gapjunction publish`: predictions back to the platform, beside what people annotated."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from gapjunction.benchmark.box_files import read_boxes_of_image
from gapjunction.benchmark.measured_predictions import paired_files
from gapjunction.benchmark.threshold import threshold_to_use
from gapjunction.config import StrictConfig
from gapjunction.dataset.archives import is_archive
from gapjunction.dataset.assets import DETECTION_FOLDER, annotation_folder
from gapjunction.dataset.named_images import NamedImage, images_called, read_named_images
from gapjunction.detections import Detections
from gapjunction.detections_json import (
    DETECTION_SUFFIX,
    read_detection_file,
    write_detection_file,
)
from gapjunction.errors import ConfigError
from gapjunction.prediction_folder import read_manifest
from gapjunction.text import counted

PublishOutcome = Literal["written", "accepted", "annotated", "kept", "predicted", "nothing"]


class PublishConfig(StrictConfig):
    """Settings of `gapjunction publish`."""

    predictions: Path = Field(
        description="Output folder of `gapjunction predict`.",
        json_schema_extra={"positional": True},
    )
    data: Path = Field(
        description="The dataset, or folder of datasets, that was predicted; the files are "
        "written into it.",
        json_schema_extra={"positional": True},
    )
    replace: Literal["none", "predictions", "annotations"] = Field(
        "none",
        description="Write also to images that have a detection file: of predictions only, or "
        "of a person's annotations too, which are then lost.",
    )
    threshold: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None,
        description="Lowest score that is published. Without it, that of manifest.json beside "
        "the predictions is taken, and without that every box.",
    )
    accept_predictions: tuple[str, ...] = Field(
        (),
        description="An image whose predictions a person looked through and found right, by name, "
        "or all: its boxes become annotations, without scores.",
    )


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What became of the images' predictions: how many images had each outcome."""

    data: Path
    num_boxes: int
    outcomes: Mapping[PublishOutcome, int]

    def __str__(self) -> str:
        about: dict[PublishOutcome, str] = {
            "annotated": "left alone: a person annotated them (--replace annotations)",
            "kept": "left alone: a person annotated them, and nothing was found in them",
            "predicted": "left alone: they hold predictions already (--replace predictions)",
            "nothing": "without a file: nothing was found, and an empty file would say that a "
            "person looked",
        }
        written = self.outcomes.get("written", 0)
        lines = [
            f"{counted(self.num_boxes, 'box')} with scores written to {counted(written, 'image')}"
        ]
        lines += [
            f"{counted(self.outcomes[outcome], 'image')} {text}"
            for outcome, text in about.items()
            if outcome in self.outcomes
        ]
        if "accepted" in self.outcomes:
            images = counted(self.outcomes["accepted"], "image")
            lines.append(f"annotations of {images} made of predictions that a person accepted")
        return "\n".join([*lines, f"Published in {self.data}"])


def run(config: PublishConfig) -> PublishResult:
    """Write a detection file with scores for each predicted image that may get one.

    Raises:
        ConfigError: if the data are a zip file.
        DatasetError: if a dataset has errors.
        DetectionsFileError: if a prediction cannot be read.
        BenchmarkError: if there are no predictions, or one is of no image of the datasets.
    """
    if is_archive(config.data):
        expected, fix = "a folder to write into", "unpack it and name the folder"
        raise ConfigError(config.data, expected=expected, found="a zip file", fix=fix)
    _, images = read_named_images(config.data)
    lowest = threshold_to_use(
        read_manifest(config.predictions), config.threshold, config.predictions
    )
    files = paired_files(images, config.data, config.predictions)
    # All are read before the first is written: a broken one leaves the dataset as it was.
    found = [
        (each, _read_found(files[each.name], each).scored_at_least(lowest or 0))
        for each in images
        if each.name in files
    ]
    predicted = [each for each, _ in found]
    called = images_called(config.accept_predictions, predicted, "accept_predictions")
    accepted = {each.name for each in called}
    outcomes: Counter[PublishOutcome] = Counter()
    num_boxes = 0
    for each, boxes in found:
        outcome = _outcome(each, boxes, config.replace, is_accepted=each.name in accepted)
        outcomes[outcome] += 1
        if outcome == "written":
            num_boxes += len(boxes)
            _write(each, boxes)
        elif outcome == "accepted":
            _write(each, boxes, with_scores=False)
        elif outcome == "nothing" and each.image.boxes_path is not None:
            each.image.boxes_path.unlink()
    return PublishResult(config.data, num_boxes, outcomes)


def _read_found(path: Path, each: NamedImage) -> Detections:
    return read_boxes_of_image(path).as_detections(_class_names(each))


def _class_names(each: NamedImage) -> tuple[str, ...]:
    """Return the classes of the image's own dataset; those of others have no color in it."""
    return tuple(name for name, color in each.dataset.classes.items() if color)


def _outcome(
    each: NamedImage, boxes: Detections, replace: str, *, is_accepted: bool
) -> PublishOutcome:
    """Return what is to become of an image; a person's boxes are never replaced by nothing."""
    path = each.image.boxes_path
    if path is not None:
        records = read_detection_file(path).records
        # A person may have added boxes to predictions: one box without a score is a person's.
        is_persons = each.image.is_annotated or any(record.score is None for record in records)
        if is_persons and replace != "annotations":
            return "annotated"
        if is_persons and not len(boxes):
            return "kept"
        if not is_persons and replace == "none" and not is_accepted:
            return "predicted"
    if is_accepted:
        return "accepted"
    return "written" if len(boxes) else "nothing"


def _write(each: NamedImage, boxes: Detections, *, with_scores: bool = True) -> None:
    """Write to the image's detection file, or where the platform would put it."""
    image = each.image
    folder = annotation_folder(image.path.parent.parent, DETECTION_FOLDER)
    write_detection_file(
        image.boxes_path or folder / f"{image.stem}{DETECTION_SUFFIX}.json",
        boxes,
        _class_names(each),
        image_name=image.path.name,
        image_size=(image.height, image.width),
        with_scores=with_scores,
    )
