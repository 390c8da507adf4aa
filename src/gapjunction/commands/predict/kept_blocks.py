"""Keeps what was found in the blocks of a slide until all are looked at.

A slide takes hours: a prediction that was stopped goes on with the block it was at.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from gapjunction.commands.predict.files import PredictionFiles
from gapjunction.commands.predict.seen_file import DAMAGED
from gapjunction.detections import Detections
from gapjunction.files import written_whole
from gapjunction.prediction.slide_detection import SlidePart


@dataclass(frozen=True, slots=True)
class BlockFiles:
    """A hidden folder beside the file of what is seen, with an NPZ file for each block.

    Attributes:
        num_tiles: in each block.
    """

    folder: Path
    num_tiles: tuple[int, ...]

    @classmethod
    def of(cls, files: PredictionFiles, own: SlidePart) -> Self:
        """Return where blocks are kept: elsewhere for another image, and for another look at it.

        The model is the same: an output folder holds the predictions of one.
        """
        view = own.view
        looked = (files.image_state, view.level.height, view.channels, view.settings, own.around)
        digest = hashlib.sha256(repr((files.seen.name, looked)).encode()).hexdigest()[:16]
        return cls(files.seen.with_name(f".blocks-{digest}"), tuple(map(len, own.blocks)))

    def has(self, index: int) -> bool:
        """Tell whether something is kept of a block."""
        return self._path(index).exists()

    def read(self, index: int) -> list[Detections] | None:
        """Return what was found in each tile of a block; None if it is not kept, or damaged."""
        try:
            with self._path(index).open("rb") as stream, np.load(stream) as content:
                joined = Detections(content["boxes"], content["scores"], content["labels"])
                tile_of = content["tile"]
        except DAMAGED:
            return None
        places = (np.flatnonzero(tile_of == tile) for tile in range(self.num_tiles[index]))
        return [
            Detections(joined.boxes[own], joined.scores[own], joined.labels[own]) for own in places
        ]

    def write(self, index: int, found: Sequence[Detections]) -> None:
        """Keep what was found in each tile of a block."""
        joined = Detections.joined(found)
        self.folder.mkdir(parents=True, exist_ok=True)
        with written_whole(self._path(index)) as partial:
            np.savez_compressed(
                partial,
                tile=np.repeat(np.arange(len(found)), [len(each) for each in found]),
                boxes=joined.boxes,
                scores=joined.scores,
                labels=joined.labels,
            )

    def remove(self) -> None:
        """Remove what was kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, index: int) -> Path:
        return self.folder / f"{index:06d}.npz"
