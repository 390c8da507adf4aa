"""What the 16-bit images of an asset or folder span, so that a dim one among them stays dim.

Values of 16 bits mean nothing by themselves. An empty slice of a stack is told from a full one by
the others of the stack, and only by them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.commands.predict.read_ahead import LARGE_PX
from gapjunction.errors import ImageError
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.samples.intensity import measure_intensity, shared_span
from gapjunction.samples.shared_span import MOST_LOOKED_AT, evenly_spread


@dataclass(frozen=True, slots=True)
class SharedRange:
    """What the images of a group span, by the group's name; others stand for themselves."""

    spans: Mapping[str, float]

    def least_span(self, image: ListedImage) -> float:
        """Return what an image spans at least."""
        return self.spans.get(_group(image), 0.0)


def measure_shared(images: Sequence[ListedImage], earlier: Mapping[str, float]) -> SharedRange:
    """Return what groups of images span; those measured before are not looked at again."""
    groups: dict[str, list[ListedImage]] = {}
    for image in images:
        if image.is_8_bit:  # and stretched to what 8 bits hold
            continue
        groups.setdefault(_group(image), []).append(image)
    spans = {}
    for name, own in groups.items():
        if name in earlier:
            spans[name] = earlier[name]
        elif len(own) > 1:
            spans[name] = shared_span(list(_spans(own)))
    return SharedRange({name: span for name, span in spans.items() if span > 0})


def _group(image: ListedImage) -> str:
    """Return what tells the images that belong together: their asset, or their folder.

    Those of more bits may be stretched, so that their values say nothing of others.
    """
    origin = image.origin
    place = f"{origin.dataset}/{origin.asset}" if origin.dataset else str(origin.path.parent)
    return f"{place}, wide" if image.is_wide else place


def _spans(images: Sequence[ListedImage]) -> Iterator[float]:
    """Yield what some of the images span; the prediction itself names unreadable ones."""
    for image in evenly_spread(images, MOST_LOOKED_AT):
        if image.num_pixels > LARGE_PX:
            continue
        try:
            pixels = image.picture.read_part()
        except ImageError:
            continue
        if pixels.dtype != np.uint8:
            yield max(measure_intensity(pixels).spans)
