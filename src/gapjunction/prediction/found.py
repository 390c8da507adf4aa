"""What a model found in one image: boxes, counts with their intervals, a table, a picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gapjunction.choices import EXCLUDED
from gapjunction.config import require_within
from gapjunction.detections import Detections
from gapjunction.errors import ConfigError
from gapjunction.images.pictures import ImageArray
from gapjunction.images.plane_choice import index_of_channel
from gapjunction.measurement.channel_shift import ChannelShift
from gapjunction.measurement.colocalization_table import (
    COLOCALIZATION_COLUMNS,
    colocalization_rows,
    require_other_plane,
)
from gapjunction.measurement.coupling import CELL_COLUMNS, PAIR_COLUMNS, Coupling
from gapjunction.measurement.given_places import Given, given_cells, given_regions
from gapjunction.measurement.object_columns import ObjectSource
from gapjunction.measurement.object_places import ObjectPlace, object_places
from gapjunction.measurement.object_table import ObjectTable
from gapjunction.measurement.objects import RESOLUTION_UM, measured_objects
from gapjunction.measurement.region_counts import (
    REGION_COLUMNS,
    CountedImage,
    Row,
    plaque_centers,
)
from gapjunction.measurement.region_files import ALL
from gapjunction.measurement.regions import whole_image
from gapjunction.prediction.counted_regions import counted_regions
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.measured_image import light_of, unique_channels
from gapjunction.prediction_folder import ImageRow

if TYPE_CHECKING:  # a table or a picture is made by those who have the package
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Found:
    """What was found in an image.

    Attributes:
        image: what the detector looked at, (C, H, W).
        seen: all that it sees, with probabilities for scores, counted or not.
        rule: from which probability on objects are counted.
        um_per_px: the side of a pixel, where it is known.
        scale: the factor that the image was shown with.
        num_spots: spots that stand out from their ground, whether objects or not.
        whole: all channels of the image (C, H, W), where the detector looked at one of several.
        channels: names of all channels, where they have some.
        name: of the image.
    """

    image: ImageArray
    seen: Detections
    rule: CountingRule
    um_per_px: float | None
    scale: float
    num_spots: int = 0
    whole: ImageArray | None = None
    channels: tuple[str, ...] = ()
    name: str = ""

    @property
    def class_names(self) -> tuple[str, ...]:
        """Of the objects, in the order of their labels."""
        return self.rule.config.class_names

    @property
    def detections(self) -> Detections:
        """The counted objects, most probable first."""
        return self.rule.counted(self.seen)

    @property
    def counts(self) -> dict[str, int]:
        """Objects of each class."""
        numbers = self.detections.count_by_label(len(self.class_names)).tolist()
        return dict(zip(self.class_names, numbers, strict=True))

    @property
    def intervals(self) -> dict[str, tuple[int, int]]:
        """For each class the interval that holds the true count in 95 % of images."""
        return self.rule.intervals(self.seen, self.num_spots)

    @property
    def unlikeness(self) -> float | None:
        """How unlike the calibration images it is: above 1 is rare; None where nothing tells."""
        return self.rule.unlikeness(self.seen, self.num_spots)

    def __repr__(self) -> str:
        return f"Found({self})"

    def __str__(self) -> str:
        return ", ".join(
            f"{count:,} {name} ({low:,} to {high:,})"
            for (name, count), (low, high) in zip(
                self.counts.items(), self.intervals.values(), strict=True
            )
        )

    def to_pandas(
        self,
        *,
        resolution_um: float = RESOLUTION_UM,
        regions: Given | None = None,
        cells: Given | None = None,
    ) -> "pd.DataFrame":
        """Return a row for each counted object, measured: the columns of `objects.csv`.

        They are described in docs/measurement.md.

        Args:
            resolution_um: the distance that the microscope resolves, whose blur is taken off sizes.
            regions: a file of regions (ImageJ, QuPath, mask) or a label image (H, W): which one
                each object lies in.
            cells: a label image of cells, as a file or (H, W), in the same way.

        Raises:
            GapJunctionError: if regions or cells cannot be read, or do not fit the image.
        """
        objects = measured_objects(
            self._every_channel,
            self.detections,
            self.um_per_px,
            outlined=light_of(self.image),
            resolution_um=resolution_um,
        )
        source = ObjectSource(
            *("", "", self.name, None),
            self.class_names,
            self._channel_names,
            self.um_per_px,
            places=self._places(regions, cells),
        )
        return ObjectTable.of([(source, objects)]).to_pandas()

    def count_regions(
        self, regions: Given, *, exclude: tuple[str, ...] = EXCLUDED
    ) -> "pd.DataFrame":
        """Return counts, intervals and densities by region: the columns of `regions.csv`.

        They are described in docs/regions.md. `regions` are as for `to_pandas`; those called one
        of the names `exclude` are taken out of all others.

        Raises:
            GapJunctionError: if they cannot be read, or do not fit the image.
        """
        found = given_regions(regions, self._size_px, exclude)
        rows = counted_regions(self._counted, self.seen, self.num_spots, self.rule, found)
        return _table(REGION_COLUMNS, rows)

    def count_cells(
        self, cells: Given, *, border_um: float = 0.5
    ) -> tuple["pd.DataFrame", "pd.DataFrame"]:
        """Return plaques by cell, and by pair of neighbors.

        The columns are those of `cells.csv` and `cell_pairs.csv`, described in docs/regions.md.

        Args:
            cells: a label image, as a file or (H, W).
            border_um: a plaque is on the border of two cells if its center is at most so far from
                both.

        Raises:
            GapJunctionError: if it cannot be read, does not fit the image, or the size of the
                image's pixels is not known.
        """
        require_within("border_um", border_um, 0.0, np.finfo(np.float64).max)
        labels = given_cells(cells, self._size_px)
        if self.um_per_px is None:
            raise ConfigError(
                "um_per_px",
                expected="a known pixel size, as borders of cells are told in micrometers",
                found="none",
                fix="state it where the objects are found",
            )
        own = Coupling.of(self._counted, labels, self.um_per_px, border_um)
        return _table(CELL_COLUMNS, own.cell_rows()), _table(PAIR_COLUMNS, own.pair_rows())

    def compare_channel(
        self,
        channel: str | int,
        *,
        regions: Given | None = None,
        exclude: tuple[str, ...] = EXCLUDED,
        shift_px: tuple[float, float] = (0.0, 0.0),
    ) -> "pd.DataFrame":
        """Return how objects go together with another channel: columns of `colocalization.csv`.

        They are described in docs/second-channel.md. The image has to be read, or given, with all
        its channels.

        Args:
            channel: its name, or number from 1.
            regions: as for `count_regions`, a row each; without them, the whole image has a row.
            exclude: as for `count_regions`.
            shift_px: what lies at (a, b) in the channel of the objects lies at (a + x, b + y) in
                the other.

        Raises:
            GapJunctionError: if there is no such channel, it is the one that objects are found
                in, or regions do not fit the image.
        """
        name = str(channel)
        place = index_of_channel(name, self._channel_names, Path(self.name))
        first, second = self.image.max(axis=0), self._every_channel[place]
        require_other_plane(first, second, self.name, name)
        found = [whole_image(ALL, *self._size_px)]
        if regions is not None:
            found = given_regions(regions, self._size_px, exclude)
        aligned = ChannelShift(*shift_px).undone(second) if any(shift_px) else second
        rows = colocalization_rows(self._counted, found, first, aligned, name)
        return _table(COLOCALIZATION_COLUMNS, rows)

    def plot(self, axes: "Axes | None" = None) -> "Axes":
        """Draw what an overlay of `gapjunction predict` shows into `axes`, or into new ones.

        The brightened image, boxes in the colors of their scores (of their classes, where there are
        several) with a key to them, the scale bar, and the count with its interval as a title.
        Returns the axes.
        """
        # Imported here, as they bring matplotlib, which takes half a second.
        from gapjunction.overlays.counted_image import Counted, ShownImage  # noqa: PLC0415
        from gapjunction.prediction.found_plot import draw_found  # noqa: PLC0415

        shown = ShownImage(self.image, self.um_per_px)
        counted = Counted(self.detections, self.class_names, self.rule.threshold)
        return draw_found(shown, counted, str(self), axes)

    @property
    def _every_channel(self) -> ImageArray:
        return self.image if self.whole is None else self.whole

    @property
    def _channel_names(self) -> tuple[str, ...]:
        return unique_channels(self.channels or ("",) * len(self._every_channel))

    @property
    def _size_px(self) -> tuple[int, int]:
        _, height, width = self.image.shape
        return height, width

    @property
    def _counted(self) -> CountedImage:
        row = ImageRow("", "", self.name)
        return CountedImage(row, self._size_px, self.um_per_px, self.detections, self.class_names)

    def _places(self, regions: Given | None, cells: Given | None) -> tuple[ObjectPlace, ...]:
        if regions is None and cells is None:
            return ()
        drawn = [] if regions is None else given_regions(regions, self._size_px)
        labels = None if cells is None else given_cells(cells, self._size_px)
        points = plaque_centers(self.detections, self._size_px)
        return object_places(points, self._size_px, drawn, labels)


def _table(columns: tuple[str, ...], rows: Iterable[Row]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - takes half a second

    return pd.DataFrame(list(rows), columns=list(columns))
