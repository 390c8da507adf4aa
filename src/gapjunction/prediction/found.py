"""What a model found in one image: boxes, counts with their intervals, a table, a picture."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gapjunction.boxes import centers
from gapjunction.detections import Detections
from gapjunction.images.pictures import ImageArray
from gapjunction.prediction.counting_rule import CountingRule

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
    """

    image: ImageArray
    seen: Detections
    rule: CountingRule
    um_per_px: float | None
    scale: float
    num_spots: int = 0

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

    def to_pandas(self) -> "pd.DataFrame":
        """Return a row for each counted object.

        Columns: `label_name`, `score` (the probability that it is one), `x0, y0, x1, y1` and the
        center `x, y`, in pixels; with a known pixel size also `width_um` and `height_um`.
        """
        import pandas as pd  # noqa: PLC0415 - takes half a second

        found = self.detections
        names = np.array(self.class_names, object)[found.labels]
        columns: dict[str, Any] = {"label_name": names, "score": found.scores}
        columns |= dict(zip(("x0", "y0", "x1", "y1"), found.boxes.T, strict=True))
        columns |= dict(zip(("x", "y"), centers(found.boxes).T, strict=True))
        if self.um_per_px is not None:
            sides = (found.boxes[:, 2:] - found.boxes[:, :2]) * np.float32(self.um_per_px)
            columns |= dict(zip(("width_um", "height_um"), sides.T, strict=True))
        return pd.DataFrame(columns)

    def plot(self, axes: "Axes | None" = None) -> "Axes":
        """Draw image, boxes, scale bar and count into `axes`, or into new ones; return them."""
        from gapjunction.prediction.found_plot import draw_found  # noqa: PLC0415 - matplotlib

        colors = self.rule.config.class_colors
        return draw_found(self.image, self.detections, colors, str(self), self.um_per_px, axes)
