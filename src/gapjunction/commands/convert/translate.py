"""Read annotations of one tool and write them for another: `gapjunction convert --from --to`."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gapjunction.dataset.archives import is_archive, unpacked
from gapjunction.dataset.formats.by_name import FORMATS, FormatName
from gapjunction.dataset.formats.chosen_planes import with_planes
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.records import AnnotatedImage, Dataset
from gapjunction.dataset.split_stacks import PlacedImage, warn_of_divided_stacks
from gapjunction.errors import ConfigError
from gapjunction.files import folder_written_whole, require_new
from gapjunction.git_lfs import require_pulled
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from gapjunction.text import counted


@dataclass(frozen=True, slots=True)
class Translation:
    """What to read and what to write.

    Attributes:
        accepts_predictions: whether boxes with scores become annotations.
        planes: that the annotations were drawn in, of images with several.
    """

    source: Source
    output: Path
    from_format: FormatName
    to_format: FormatName
    accepts_predictions: bool = False
    planes: PlaneChoice = NOTHING_CHOSEN


@dataclass(frozen=True, slots=True)
class TranslateResult:
    """What was written.

    Attributes:
        num_unseen: images that nobody looked at; predicted ones are not among them.
        notes: what was read otherwise than it stood there.
        losses: by dataset, what the written format does not hold.
    """

    output: Path
    num_images: int
    num_boxes: int
    num_empty: int
    num_unseen: int
    num_predicted: int
    notes: tuple[str, ...]
    losses: Mapping[str, Sequence[str]]

    def __str__(self) -> str:
        parts = {
            "empty": self.num_empty,
            "with predictions": self.num_predicted,
            "that nobody looked at": self.num_unseen,
        }
        among = ", ".join(f"{number:,} {what}" for what, number in parts.items() if number)
        lines = [
            f"{counted(self.num_images, 'image')}, {counted(self.num_boxes, 'annotated box')}"
            + (f" (images: {among})" if among else "")
        ]
        if self.notes:
            lines += ["Read otherwise than written there:", *(f"  {each}" for each in self.notes)]
        for name, lost in self.losses.items():
            if lost:
                lines += [f"Not in the new files of {name}:", *(f"  {each}" for each in lost)]
        return "\n".join([*lines, f"Written to {self.output}"])


def translate(asked: Translation) -> TranslateResult:
    """Write the annotations and images, whole or not at all; several datasets get a folder each.

    Raises:
        ConfigError: if the output is not a new folder, or the input not there.
        DatasetError: if something in the annotations is wrong, or an image is missing.
        ImageError: if an image cannot be read.
    """
    require_new(asked.output, settings=())
    with _source_with_planes(asked) as source:
        return _translate(asked, source)


def read_translated(asked: Translation) -> tuple[list[Dataset], tuple[str, ...]]:
    """Return the datasets that another tool's files make, and what was read otherwise there.

    Raises:
        ConfigError: if the input is not there.
        DatasetError: if something in the annotations is wrong, or an image is missing.
        ImageError: if an image cannot be read.
    """
    with _source_with_planes(asked) as source:
        result = FORMATS[asked.from_format][0](source)
    return list(result.datasets), result.notes


@contextmanager
def _source_with_planes(asked: Translation) -> Iterator[Source]:
    """Give the source, with the chosen planes of its images in a temporary folder."""
    source = _found(asked.source, asked.from_format)
    if asked.planes.is_empty:
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="gapjunction-") as folder:
        yield with_planes(source, asked.planes, Path(folder))


def _translate(asked: Translation, source: Source) -> TranslateResult:
    read, _ = FORMATS[asked.from_format]
    _, write = FORMATS[asked.to_format]
    result = read(source)
    datasets = list(result.datasets)
    if asked.accepts_predictions:
        datasets = [_with_predictions_accepted(dataset) for dataset in datasets]
    warn_of_divided_stacks(_placed_by_asset(datasets))
    losses = {}
    with folder_written_whole(asked.output) as partial:
        for dataset in datasets:
            folder = partial / dataset.name if len(datasets) > 1 else partial
            folder.mkdir(exist_ok=True)
            losses[dataset.name] = write(dataset, folder)
    images = [image for dataset in datasets for image in dataset.images()]
    return TranslateResult(
        output=asked.output,
        num_images=len(images),
        num_boxes=sum(len(image.boxes) for image in images),
        num_empty=sum(image.is_annotated and len(image.boxes) == 0 for image in images),
        num_unseen=sum(not image.is_annotated and image.predictions is None for image in images),
        num_predicted=sum(image.predictions is not None for image in images),
        notes=result.notes,
        losses=losses,
    )


def _placed_by_asset(datasets: Sequence[Dataset]) -> list[PlacedImage]:
    """Return where images are: train/ and val/ of other tools become assets."""
    return [
        PlacedImage(image.stem, asset.name, f"asset {asset.name}")
        for dataset in datasets
        for asset in dataset.assets
        for image in asset.images
    ]


def _found(source: Source, name: FormatName) -> Source:
    """Return the source with the folders of unpacked zip files; a ROI set is read as it is."""
    for path in (source.path, source.images):
        if path is not None and not path.exists():
            raise ConfigError(
                path, expected="a folder or a file", found="nothing there", fix="check the path"
            )
        if path is not None:
            require_pulled(path)
    is_roi_set = name == "imagej" and source.images is not None
    if is_archive(source.path) and not is_roi_set:
        source = replace(source, path=unpacked(source.path))
    if source.images is not None and is_archive(source.images):
        source = replace(source, images=unpacked(source.images))
    return source


def _with_predictions_accepted(dataset: Dataset) -> Dataset:
    assets = (
        replace(asset, images=tuple(_accepted(image) for image in asset.images))
        for asset in dataset.assets
    )
    return replace(dataset, assets=tuple(assets))


def _accepted(image: AnnotatedImage) -> AnnotatedImage:
    """Return an image whose predictions have become annotations, and lost their scores."""
    if image.predictions is None:
        return image
    found = image.predictions
    return replace(
        image, boxes=found.boxes, labels=found.labels, is_annotated=True, predictions=None
    )
