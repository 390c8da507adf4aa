"""A rectangle of an image, in pixels, and how it is written on a command line."""

import re
from dataclasses import dataclass
from typing import Self

from gapjunction.errors import ConfigError

OPTION = "--region"
_NUMBERS = re.compile(r"\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*")


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels; `x1` and `y1` are exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the region that "x,y,width,height" means, in pixels of the full image.

        Raises:
            ConfigError: if the text is something else, or the region has no pixel.
        """
        match = _NUMBERS.fullmatch(text)
        x, y, width, height = map(int, match.groups()) if match else (0, 0, 0, 0)
        if not width or not height:
            raise ConfigError(
                OPTION,
                expected="x,y,width,height in pixels of the full image, such as 2000,500,4000,4000",
                found=repr(text),
                fix="correct it",
            )
        return cls(x, y, x + width, y + height)

    @property
    def height(self) -> int:
        """In pixels."""
        return self.y1 - self.y0

    @property
    def width(self) -> int:
        """In pixels."""
        return self.x1 - self.x0

    def grown(self, margin: int, height: int, width: int) -> "Region":
        """Return the region with a margin all around, as far as an image of this size reaches."""
        x0, y0 = max(self.x0 - margin, 0), max(self.y0 - margin, 0)
        return Region(x0, y0, min(self.x1 + margin, width), min(self.y1 + margin, height))

    def reduced(self, factor: float, height: int, width: int) -> "Region":
        """Return the smallest region that holds this one in an image reduced by `factor`.

        The reduced image is of this `height` and `width`.
        """
        x1, y1 = -int(-self.x1 // factor), -int(-self.y1 // factor)
        x0, y0 = int(self.x0 // factor), int(self.y0 // factor)
        return Region(min(x0, width), min(y0, height), min(x1, width), min(y1, height))
