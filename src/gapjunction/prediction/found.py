"""What a model found in one image: boxes, counts with their intervals, a table, a picture."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gapjunction.detections import Detections
from gapjunction.images.pictures import ImageArray
from gapjunction.measurement.object_columns import ObjectSource
from gapjunction.measurement.object_table import ObjectTable
from gapjunction.measurement.objects import RESOLUTION_UM, measured_objects
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.measured_image import light_of, unique_channels

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

    def to_pandas(self, *, resolution_um: float = RESOLUTION_UM) -> "pd.DataFrame":
        """Return a row for each counted object, measured: the columns of `objects.csv`.

        They are described in docs/measurement.md. `resolution_um` is the distance that the
        microscope resolves, whose blur is taken off sizes.
        """
        objects = measured_objects(
            self.image if self.whole is None else self.whole,
            self.detections,
            self.um_per_px,
            outlined=light_of(self.image),
            resolution_um=resolution_um,
        )
        num_channels = len(self.image if self.whole is None else self.whole)
        source = ObjectSource(
            *("", "", self.name, None),
            self.class_names,
            unique_channels(self.channels or ("",) * num_channels),
            self.um_per_px,
        )
        return ObjectTable.of([(source, objects)]).to_pandas()

    def plot(self, axes: "Axes | None" = None) -> "Axes":
        """Draw image, boxes, scale bar and count into `axes`, or into new ones; return them."""
        from gapjunction.prediction.found_plot import draw_found  # noqa: PLC0415 - matplotlib

        colors = self.rule.config.class_colors
        return draw_found(self.image, self.detections, colors, str(self), self.um_per_px, axes)
