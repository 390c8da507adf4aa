"""How large the pixels of images, and the steps of stacks, are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gapjunction.prediction.linked_stack import StackExtent
from gapjunction.prediction.listed_image import ListedImage

T = TypeVar("T")
SizeOf = Callable[[ListedImage], float | None]


@dataclass(frozen=True, slots=True)
class StackScales:
    """Where the scales of stacks come from.

    Attributes:
        um_of: the side of an image's pixels in um, None where it is not known.
        z_step_um: that the user states for all stacks.
    """

    um_of: SizeOf
    z_step_um: float | None

    def of(self, images: Sequence[ListedImage], sizes: Sequence[tuple[int, int]]) -> StackExtent:
        """Return the extent of a stack from its slices and their sizes (height, width) in px."""
        um_per_px = _only({self.um_of(image) for image in images})
        step = self.z_step_um or _only({image.z_step_um for image in images})
        return StackExtent(um_per_px, step, _only(set(sizes)))


def _only(values: set[T]) -> T | None:
    """Return the one value that there is, None where there are several."""
    return values.pop() if len(values) == 1 else None
