"""What napari takes for a layer: pixels or places, how they are shown, and what kind they are.

napari counts pixels by their centers: a box from the left edge of pixel 0 begins at -0.5 there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = "gapjunction"  # of a layer's metadata
CENTER_PX = 0.5  # from the edge of a pixel to its center

LayerData = tuple[Any, dict[str, Any], str]


@dataclass(frozen=True, slots=True)
class LayerOrigin:
    """Where a layer comes from: kept in its metadata, so that corrections find their way back.

    Attributes:
        classes: name -> "#RRGGBB", in the order of labels.
        paths: the image files, one for each place on the first axis of a stack; one otherwise.
        root: the dataset, or folder of datasets; None for files that are in none.
        um_per_px: the side of a pixel, None where it is not known.
        z_step_um: from one slice to the next, None where it is not known or there is no stack.
        numbers: of the slices along the first axis, where the images are slices of one stack.
        is_stacked: there is a first axis before y and x.
    """

    classes: Mapping[str, str]
    paths: tuple[Path, ...] = ()
    root: Path | None = None
    um_per_px: float | None = None
    z_step_um: float | None = None
    numbers: tuple[int, ...] = ()
    is_stacked: bool = False

    @property
    def class_names(self) -> tuple[str, ...]:
        """The class names in label order."""
        return tuple(self.classes)

    @property
    def ndim(self) -> int:
        """The number of axes of places."""
        return 3 if self.is_stacked else 2

    def shown_as(self, name: str) -> dict[str, Any]:
        """Return what all layers of this origin have in common."""
        known = self.um_per_px is not None
        side, unit = (self.um_per_px, "um") if known else (1.0, "pixel")
        scale, units = [side, side], [unit, unit]
        if self.is_stacked:
            has_step = known and self.z_step_um is not None
            scale.insert(0, self.z_step_um if has_step else 1.0)
            units.insert(0, "um" if has_step else "pixel")
        return {"name": name, "scale": scale, "units": units, "metadata": {KEY: self}}


def origin_of(metadata: Mapping[str, Any]) -> LayerOrigin | None:
    """Return where a layer comes from; None for one that others made."""
    found = metadata.get(KEY)
    return found if isinstance(found, LayerOrigin) else None
