"""Watches the tiles of an image: shows progress, and sees whether one is too full."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from rich.progress import Progress, TaskID

from gapjunction.detections import Detections
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.samples.crowding import NEARLY_FULL_SHARE

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class TileWatch:
    """Shows which tile of an image is done, and sees whether one holds too many objects.

    Attributes:
        most_counted: objects counted in the fullest tile so far.
    """

    bar: Progress
    task: TaskID
    name: str
    rule: CountingRule
    tile_size: int
    most_counted: int = 0

    def on_tiles(self, num_done: int, num_tiles: int, found: Sequence[Detections]) -> None:
        """Show how many tiles are done; `found` is what the network saw in the last ones."""
        self.bar.update(self.task, description=f"{self.name}, tile {num_done}/{num_tiles}")
        for tile in map(self.rule.config.calibration.calibrated, found):
            num_counted = len(self.rule.counted(tile))
            self.most_counted = max(self.most_counted, num_counted)

    def warn_if_full(self) -> None:
        """Warn if the count may be too low, as the detector finds no more in a tile."""
        limit = self.rule.config.network.max_detections
        if limit is not None and self.most_counted > NEARLY_FULL_SHARE * limit:
            logger.warning(
                "%s: %d objects in one tile of %d px, where this model finds %d at most: the "
                "count may be too low; train on images as crowded as this one, which chooses "
                "smaller tiles, or use medium_quality, which has no limit",
                self.name,
                self.most_counted,
                self.tile_size,
                limit,
            )
