"""Keep what the detector of a fold finds in the images that it was not trained on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gapjunction.detections import Detections
from gapjunction.files import written_whole


def write_found(path: Path, found: Sequence[Detections]) -> None:
    """Write the detections of several images, whole or not at all."""
    joined = Detections.joined(found)
    with written_whole(path) as partial, partial.open("wb") as file:
        np.savez(
            file,
            boxes=joined.boxes,
            scores=joined.scores,
            labels=joined.labels,
            ends=np.cumsum([len(each) for each in found]),
        )


def read_found(path: Path) -> list[Detections]:
    """Return the detections of each image, as they were written."""
    with np.load(path) as arrays:
        joined = Detections(arrays["boxes"], arrays["scores"], arrays["labels"])
        ends = arrays["ends"].tolist()
    return [joined[slice(a, b)] for a, b in zip([0, *ends[:-1]], ends, strict=True)]
