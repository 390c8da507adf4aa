"""The table of measured objects, and what is to be said of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from gapjunction.choices import TableFormat
from gapjunction.detections import Detections
from gapjunction.errors import ImageError
from gapjunction.measurement.object_columns import ObjectRow, ObjectSource, has_saturated
from gapjunction.measurement.object_places import ObjectPlace
from gapjunction.measurement.object_table import ObjectTable, write_objects
from gapjunction.measurement.objects import MeasuredObject
from gapjunction.measurement.region_counts import CountedImage
from gapjunction.measurement.spooled_rows import spooled_rows
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.measured_image import Measuring, measure_image
from gapjunction.prediction_folder import ImageRow
from gapjunction.terminal import tracked
from gapjunction.text import counted


@dataclass(frozen=True, slots=True, eq=False)
class ImageObjects:
    """The objects of an image that are to be measured.

    Attributes:
        size_px: height and width of the image.
        um_per_px: the side of its pixels, None where it is not known.
    """

    image: ListedImage
    detections: Detections
    size_px: tuple[int, int]
    um_per_px: float | None
    slice_number: int | None = None

    def measured(self, measuring: Measuring) -> "Measured":
        """Return what the objects are like.

        Raises:
            ImageError: if the image cannot be read.
        """
        return measure_image(
            self.image, self.detections, self.um_per_px, measuring, self.slice_number
        )

    def counted(self, class_names: tuple[str, ...]) -> CountedImage:
        """Return the image as tables of regions, cells and channels count it."""
        origin = self.image.origin
        row = ImageRow(origin.dataset, origin.asset, self.image.output_name)
        return CountedImage(row, self.size_px, self.um_per_px, self.detections, class_names)


Measured = tuple[ObjectSource, list[MeasuredObject]]
# Measures the objects of images, in order; yields what is wrong with one that cannot be read.
MeasureAll = Callable[[Sequence[ImageObjects]], Iterator[Measured | ImageError]]
# Tells where the objects of an image lie, in their order; () where neither regions nor cells are.
PlacesOf = Callable[[ImageObjects], tuple[ObjectPlace, ...]]


@dataclass(frozen=True, slots=True)
class MeasuredTable:
    """What was measured.

    Attributes:
        paths: of the tables.
        num_saturated: objects with saturated pixels.
        num_spots: objects that are smaller than the resolution.
        num_unseen: objects that do not stand out of the light around them.
        num_without_scale: images of which the pixel size is not known.
        failures: why images could not be read, by name.
    """

    paths: tuple[Path, ...]
    num_images: int
    num_objects: int
    num_saturated: int
    num_spots: int
    num_unseen: int
    num_without_scale: int
    failures: dict[str, ImageError]

    def __str__(self) -> str:
        where = ", ".join(map(str, self.paths))
        first = f"Measured {counted(self.num_objects, 'object')} of "
        notes = [
            f"{self.num_saturated:,} with saturated pixels, whose intensities are too low",
            f"{self.num_spots:,} smaller than the resolution, of which no size is told",
            f"{self.num_unseen:,} that do not stand out of the light around them",
        ]
        numbers = (self.num_saturated, self.num_spots, self.num_unseen)
        told = [note for note, number in zip(notes, numbers, strict=True) if number]
        if self.num_without_scale:
            images = counted(self.num_without_scale, "image")
            told.append(f"sizes in pixels only in {images} of unknown pixel size")
        ending = f"; {'; '.join(told)}" if told else ""
        return f"{first}{counted(self.num_images, 'image')} in {where}{ending}"


def measure_all(
    measuring: Measuring, images: Sequence[ImageObjects]
) -> Iterator[Measured | ImageError]:
    """Measure the objects of image after image; yield what is wrong with one in its place."""
    for each in images:
        try:
            yield each.measured(measuring)
        except ImageError as error:
            yield error


def write_measured(
    folder: Path,
    images: Sequence[ImageObjects],
    measure: MeasureAll,
    formats: Sequence[TableFormat],
    places_of: PlacesOf = lambda _: (),
) -> MeasuredTable:
    """Measure the objects of images and write their table; an unreadable image is left out.

    Raises:
        ImageError: if no image can be read.
        GapJunctionError: as `places_of` does.
    """
    failures: dict[str, ImageError] = {}
    sources: list[ObjectSource] = []

    def measured() -> Iterator[Measured]:
        outcomes = tracked(measure(images), "Measuring", len(images))
        for each, outcome in zip(images, outcomes, strict=True):
            if isinstance(outcome, ImageError):
                failures[each.image.output_name] = outcome
                continue
            source, objects = outcome
            sources.append(source)
            yield replace(source, places=places_of(each)), objects

    with spooled_rows() as rows:
        table = ObjectTable.of(measured(), rows)
        if failures and not sources:
            raise next(iter(failures.values()))
        paths = tuple(write_objects(folder, table, formats))
        noted = Counter(chain.from_iterable(map(_noted, table.rows)))
    return MeasuredTable(
        paths=paths,
        num_images=len(sources),
        num_objects=table.num_rows,
        num_saturated=noted["saturated"],
        num_spots=noted["spot"],
        num_unseen=noted["unseen"],
        num_without_scale=sum(source.um_per_px is None for source in sources),
        failures=failures,
    )


def _noted(row: ObjectRow) -> Iterator[str]:
    """Yield what there is to say of an object, by its row."""
    if has_saturated(row):
        yield "saturated"
    if row["resolved"] == "none":
        yield "spot"
    if row["outline_area_px2"] is None:
        yield "unseen"
