"""What plaques lie in or on, where that is asked for: regions, cells, a second channel."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from gapjunction.commands.predict.alignment import SecondChannel
from gapjunction.commands.predict.cells import (
    CELL_TABLES,
    COUPLING,
    require_known_size,
    write_cells,
)
from gapjunction.commands.predict.objects import ImageObjects
from gapjunction.commands.predict.regions import REGION_OVERLAYS, REGION_TABLES
from gapjunction.commands.predict.second_channel import (
    COLOCALIZATION_NAME,
    require_second_channel,
    write_second_channel,
)
from gapjunction.measurement.cell_files import cells_of_images
from gapjunction.measurement.files_of_images import NamedImage
from gapjunction.measurement.object_places import ObjectPlace, object_places
from gapjunction.measurement.region_counts import plaque_centers
from gapjunction.measurement.region_files import read_labels_of
from gapjunction.measurement.region_plan import RegionPlan
from gapjunction.measurement.space import DENSITY, RIPLEY_NAME, SPACE_NAME
from gapjunction.prediction.listed_image import ListedImage

PLACE_TABLES = (*REGION_TABLES, *CELL_TABLES, COLOCALIZATION_NAME)


class PlaceOptions(Protocol):
    """The settings of a command that ask for places."""

    @property
    def roi(self) -> Path | None: ...  # noqa: D102
    @property
    def exclude_regions(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def tissue_mask(self) -> bool: ...  # noqa: D102
    @property
    def cells(self) -> Path | None: ...  # noqa: D102
    @property
    def border_um(self) -> float: ...  # noqa: D102
    @property
    def second_channel(self) -> str | None: ...  # noqa: D102
    @property
    def align(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What plaques lie in.

    Attributes:
        regions: that are asked for.
        cells: label images by the names of images; none where none are given.
        border_um: how far a plaque on a border may be from either cell.
        second_channel: how it is called and aligned, if one is named.
    """

    regions: RegionPlan
    cells: Mapping[str, Path]
    border_um: float
    second_channel: SecondChannel

    @classmethod
    def of(cls, options: PlaceOptions, images: Sequence[ListedImage]) -> Self:
        """Return what is asked for, after its files were found and outlines read.

        Raises:
            GapJunctionError: if a file is damaged or fits no image, or if an image lacks the
                second channel, or the size of its pixels where that is needed.
        """
        named = [_named(image) for image in images]
        regions = RegionPlan.of(
            options.roi, named, options.exclude_regions, has_tissue_mask=options.tissue_mask
        )
        cells = {} if options.cells is None else cells_of_images(options.cells, named)
        for image in (each for each in images if each.num_pixels):  # others cannot be read
            if image.output_name in cells:
                require_known_size(image, image.um_per_px)
            if options.second_channel is not None:
                require_second_channel(image, options.second_channel)
        second_channel = SecondChannel.of(options.second_channel, options.align)
        return cls(regions, cells, options.border_um, second_channel)

    @property
    def tell_of_objects(self) -> bool:
        """Whether there is a table for `write` to write."""
        return bool(self.cells) or self.second_channel.name is not None

    def of_objects(self, each: ImageObjects) -> tuple[ObjectPlace, ...]:
        """Return the region and the cell that each object of an image lies in.

        None where neither regions nor cells are asked for.

        Raises:
            GapJunctionError: if a region or label image does not fit its image.
        """
        if self.regions.is_empty and not self.cells:
            return ()
        image, size_px = each.image, each.size_px
        regions = self.regions.regions_of(image.output_name, size_px, image.picture.read)
        labels = None
        if image.output_name in self.cells:
            labels = read_labels_of(self.cells[image.output_name], *size_px)
        points = plaque_centers(each.detections, size_px)
        return object_places(points, size_px, regions, labels)

    def write(
        self,
        output: Path,
        images: Sequence[ImageObjects],
        class_names: tuple[str, ...],
        pictured: Collection[str] = (),
    ) -> tuple[str, ...]:
        """Write the tables of cells and of the second channel, if asked for; return a line on each.

        Images whose names are `pictured` get a picture of their cells, too.

        Raises:
            GapJunctionError: if a region, label image or channel does not fit its image.
        """
        lines = []
        if self.cells:
            own = self.cells, self.border_um
            lines.append(write_cells(output, images, class_names, *own, pictured))
        if self.second_channel.name is not None:
            second = self.regions, self.second_channel
            lines.append(write_second_channel(output, images, class_names, *second))
        return tuple(lines)


def _named(image: ListedImage) -> NamedImage:
    """Return what files may be called that belong to an image, or to all of its asset or stack."""
    origin = image.origin
    folder = "" if origin.dataset else origin.path.parent.absolute().name
    return NamedImage(image.output_name, origin.path, (origin.asset, image.stack, folder))


def remove_places(output: Path) -> None:
    """Delete all tables and pictures of places, which are of earlier boxes or settings."""
    for name in PLACE_TABLES:
        (output / name).unlink(missing_ok=True)
    for folder in (REGION_OVERLAYS, COUPLING):
        shutil.rmtree(output / folder, ignore_errors=True)
    remove_space(output)


def remove_space(output: Path) -> None:
    """Delete what was told of how objects lie to each other, which is of earlier ones."""
    for name in (SPACE_NAME, RIPLEY_NAME):
        (output / name).unlink(missing_ok=True)
    shutil.rmtree(output / DENSITY, ignore_errors=True)
