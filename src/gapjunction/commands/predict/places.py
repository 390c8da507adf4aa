"""What plaques lie in, where that is asked for: regions, and cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gapjunction.commands.predict.cells import require_known_size, write_cells
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.regions import write_regions
from gapjunction.commands.predict.stack_tables import SizeOf
from gapjunction.measurement.cell_files import cells_of_images
from gapjunction.measurement.files_of_images import NamedImage
from gapjunction.measurement.region_plan import RegionPlan
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What plaques lie in.

    Attributes:
        regions: that are asked for.
        cells: label images by the names of images; none where none are given.
        border_um: how far a plaque on a border may be from either cell.
    """

    regions: RegionPlan
    cells: Mapping[str, Path]
    border_um: float

    @classmethod
    def of(cls, config: PredictConfig, images: Sequence[ListedImage]) -> Self:
        """Return what is asked for, after its files were found and outlines read.

        Raises:
            GapJunctionError: if a file is damaged or fits no image, or if the size of pixels is
                not known where it is needed.
        """
        named = [
            NamedImage(image.output_name, image.origin.path, (image.origin.asset, image.stack))
            for image in images
        ]
        regions = RegionPlan.of(
            config.roi, named, config.exclude_regions, has_tissue_mask=config.tissue_mask
        )
        cells = {} if config.cells is None else cells_of_images(config.cells, named)
        for image in images:
            if image.output_name in cells:
                require_known_size(image, image.um_per_px)
        return cls(regions, cells, config.border_um)

    def write(
        self, output: Path, done: Sequence[ImageWithFiles], rule: CountingRule, um_of: SizeOf
    ) -> tuple[str, ...]:
        """Write the tables of regions and cells; return a line on each, none where none is.

        Raises:
            GapJunctionError: if a region or label image does not fit its image.
        """
        lines = (
            write_regions(output, done, rule, self.regions, um_of),
            write_cells(output, done, rule, self.cells, um_of, self.border_um),
        )
        return tuple(line for line in lines if line)
