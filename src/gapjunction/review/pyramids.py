"""The pyramids of images that are looked at: built once, and kept for a while."""

import threading
from collections import OrderedDict
from pathlib import Path

from gapjunction.review.first_look import first_look
from gapjunction.review.pixels import levels_by_region, open_levels
from gapjunction.review.pyramid import Pyramid, build_pyramid

MOST_BYTES = 300_000_000  # of images that are kept; the last one always is


class Pyramids:
    """The pyramids of the images that were looked at last; safe to use from any thread.

    One is built at a time: several large images at once would take the memory of all of them.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Path, tuple[int, Pyramid]] = OrderedDict()
        self._look: tuple[tuple[Path, int], Pyramid] | None = None
        self._lock, self._building = threading.Lock(), threading.Lock()
        self._looking = threading.Lock()

    def of(self, path: Path) -> Pyramid:
        """Return the pyramid of an image file as it is now.

        Raises:
            ImageError: if it cannot be read.
            OSError: if it is gone.
        """
        changed = path.stat().st_mtime_ns
        known = self._known(path, changed)
        if known is not None:
            return known
        with self._building:
            known = self._known(path, changed)
            if known is not None:
                return known
            full, *copies = open_levels(path)
            pyramid = build_pyramid(full, copies)
            with self._lock:
                self._kept[path] = changed, pyramid
                self._kept.move_to_end(path)
                self._drop_oldest()
        return pyramid

    def at_once(self, path: Path) -> Pyramid:
        """Return the pyramid of an image file, or a first look at it while `of` reads it all.

        Raises:
            ImageError: if it cannot be read.
            OSError: if it is gone.
        """
        changed = path.stat().st_mtime_ns
        known = self._known(path, changed)
        if known is not None:
            return known
        with self._looking:
            if self._look is not None and self._look[0] == (path, changed):
                return self._look[1]
            levels = levels_by_region(path)
            look = first_look(levels[0]) if len(levels) == 1 else None
            if look is not None:
                self._look = (path, changed), look
                return look
        return self.of(path)

    def _known(self, path: Path, changed: int) -> Pyramid | None:
        with self._lock:
            known = self._kept.get(path)
            if known is None or known[0] != changed:
                return None
            self._kept.move_to_end(path)
            return known[1]

    def _drop_oldest(self) -> None:
        total = sum(pyramid.nbytes for _, pyramid in self._kept.values())
        while total > self._most_bytes and len(self._kept) > 1:
            _, (_, oldest) = self._kept.popitem(last=False)
            total -= oldest.nbytes
