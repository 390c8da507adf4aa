"""Keeps everything that was seen in an image, so that it can be counted anew without a detector.

One compressed NPZ file an image: 28 bytes for each object that the network gave its lowest score
or more, before compression.
"""

from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError

import numpy as np

from gapjunction.commands.predict.image_state import ImageState
from gapjunction.detections import Detections
from gapjunction.files import written_whole
from gapjunction.outside_zips import ZIP_ERRORS

# What NumPy raises of a damaged file: it parses headers as Python, and gives bytes for other files.
DAMAGED = (OSError, AttributeError, TypeError, TokenError, *ZIP_ERRORS)


@dataclass(frozen=True, slots=True, eq=False)
class SeenInImage:
    """Everything seen in an image of some size, with probabilities for scores.

    Attributes:
        num_spots: spots that stand out from their ground, whether objects or not.
    """

    detections: Detections
    height: int
    width: int
    num_spots: int


def write_seen(path: Path, seen: SeenInImage, made_from: ImageState | None) -> None:
    """Write what was seen in an image, and the state of the image's file."""
    found, state = seen.detections, made_from
    with written_whole(path) as partial:
        np.savez_compressed(
            partial,
            boxes=found.boxes,
            scores=found.scores,
            labels=found.labels,
            image_size=np.array((seen.height, seen.width)),
            num_spots=np.array(seen.num_spots),
            made_from=np.array((state.num_bytes, state.changed_ns) if state else (), np.int64),
        )


def read_seen(path: Path, image: ImageState | None) -> SeenInImage | None:
    """Return what was seen in an image, exactly as it was written.

    None if there is no such file, if it is damaged, or if the image is another by now.
    """
    if not path.is_file():  # but a pipe, which may never say a word
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as content:
            num_bytes, changed_ns = content["made_from"].tolist()
            height, width = content["image_size"].tolist()
            num_spots = int(content["num_spots"])
            found = Detections(content["boxes"], content["scores"], content["labels"])
    except DAMAGED:
        return None
    if ImageState(num_bytes=num_bytes, changed_ns=changed_ns) != image:
        return None
    return SeenInImage(found, height, width, num_spots)
