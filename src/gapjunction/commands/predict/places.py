"""What plaques lie in or on, where that is asked for: regions, cells, a second channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gapjunction.commands.predict.alignment import SecondChannel
from gapjunction.commands.predict.cells import CELL_TABLES, require_known_size, write_cells
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.regions import REGION_TABLES, write_regions
from gapjunction.commands.predict.second_channel import (
    COLOCALIZATION_NAME,
    require_second_channel,
    write_second_channel,
)
from gapjunction.commands.predict.stack_tables import SizeOf
from gapjunction.commands.predict.stacks import FoundStack
from gapjunction.measurement.cell_files import cells_of_images
from gapjunction.measurement.files_of_images import NamedImage
from gapjunction.measurement.region_plan import RegionPlan
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage

PLACE_TABLES = (*REGION_TABLES, *CELL_TABLES, COLOCALIZATION_NAME)


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
    def of(cls, config: PredictConfig, images: Sequence[ListedImage]) -> Self:
        """Return what is asked for, after its files were found and outlines read.

        Raises:
            GapJunctionError: if a file is damaged or fits no image, or if an image lacks the
                second channel, or the size of its pixels where that is needed.
        """
        named = [
            NamedImage(image.output_name, image.origin.path, (image.origin.asset, image.stack))
            for image in images
        ]
        regions = RegionPlan.of(
            config.roi, named, config.exclude_regions, has_tissue_mask=config.tissue_mask
        )
        cells = {} if config.cells is None else cells_of_images(config.cells, named)
        for image in (each for each in images if each.num_pixels):  # others cannot be read
            if image.output_name in cells:
                require_known_size(image, image.um_per_px)
            if config.second_channel is not None:
                require_second_channel(image, config.second_channel)
        second_channel = SecondChannel.of(config.second_channel, config.align)
        return cls(regions, cells, config.border_um, second_channel)

    def write(
        self,
        output: Path,
        done: Sequence[ImageWithFiles],
        stacks: Sequence[FoundStack],
        rule: CountingRule,
        um_of: SizeOf,
    ) -> tuple[str, ...]:
        """Write the tables; return a line on each, none where nothing is asked for.

        Raises:
            GapJunctionError: if a region or label image does not fit its image.
        """
        lines = (
            write_regions(output, done, stacks, rule, self.regions, um_of),
            write_cells(output, done, rule, self.cells, um_of, self.border_um),
            write_second_channel(output, done, rule, self.regions, self.second_channel, um_of),
        )
        return tuple(line for line in lines if line)
