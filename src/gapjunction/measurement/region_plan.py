"""Which regions are asked for: drawn ones, tissue, or what of the drawn ones is tissue."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gapjunction.images.pictures import ImageArray
from gapjunction.measurement.files_of_images import NamedImage, files_of_images
from gapjunction.measurement.region_files import (
    REGION_FILES,
    DrawnRegions,
    read_drawn,
    regions_in,
)
from gapjunction.measurement.regions import Region
from gapjunction.measurement.tissue_mask import find_tissue


@dataclass(frozen=True, slots=True, eq=False)
class RegionPlan:
    """What regions there are to be.

    Attributes:
        drawn: what files say, by image; None where no files are given.
        excluded: names and classes of regions that are taken out.
        has_tissue_mask: whether what is off the section is taken out.
    """

    drawn: Mapping[str, DrawnRegions] | None
    excluded: tuple[str, ...]
    has_tissue_mask: bool

    @classmethod
    def of(
        cls,
        roi: Path | None,
        images: Sequence[NamedImage],
        excluded: tuple[str, ...],
        *,
        has_tissue_mask: bool,
    ) -> Self:
        """Return the plan for these images, their files read but for label images.

        Raises:
            GapJunctionError: if a file is damaged, outlines nothing, or fits no image.
        """
        if roi is None:
            return cls(None, excluded, has_tissue_mask)
        files = files_of_images(roi, images, REGION_FILES)
        drawn = {name: read_drawn(paths) for name, paths in files.items()}
        return cls(drawn, excluded, has_tissue_mask)

    @property
    def is_empty(self) -> bool:
        """Whether no regions are asked for."""
        return self.drawn is None and not self.has_tissue_mask

    def regions_of(
        self, name: str, size_px: tuple[int, int], read: Callable[[], ImageArray]
    ) -> list[Region]:
        """Return the regions of an image; none where files are given, but none for this image.

        `read` returns its pixels (C, H, W), which only a tissue mask needs.

        Raises:
            DatasetError: if a region does not fit the image.
            ImageError: if a label image or the image cannot be read.
        """
        found: list[Region] | None = None
        if self.drawn is not None:
            if name not in self.drawn:
                return []
            found = regions_in(self.drawn[name], *size_px, self.excluded)
        if not self.has_tissue_mask:
            return found or []
        tissue = find_tissue(read())
        return [tissue] if found is None else [region.within(tissue) for region in found]
