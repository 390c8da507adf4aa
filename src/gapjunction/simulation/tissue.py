"""What tissue is made of: clouds of emitters, and the numbers that describe a kind of tissue.

Everything that shines is a cloud of emitters far smaller than the diffraction limit. A weight is
the area in um2 that an emitter stands for, times its concentration; concentration 1 is that of a
median plaque. x and y start at the image's top-left corner; z = 0 is the focal plane.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Emitters:
    """Points (N, 3) as x, y, z in um, and their weights (N,) in um2 of concentration 1."""

    points_um: FloatArray
    weights: FloatArray

    def __len__(self) -> int:
        return len(self.weights)

    @classmethod
    def joined(cls, parts: Iterable["Emitters"]) -> "Emitters":
        """Return all parts as one cloud; no parts give an empty cloud."""
        parts = list(parts)
        return cls(
            np.concatenate([np.zeros((0, 3)), *(part.points_um for part in parts)]),
            np.concatenate([np.zeros(0), *(part.weights for part in parts)]),
        )


@dataclass(frozen=True, slots=True)
class Tissue:
    """A kind of tissue in numbers; a `Range` holds the ends of a uniform draw.

    Attributes:
        plaques_per_um2: expected plaques in focus, in a healthy subject.
        field_dispersion: shape of the gamma factor between fields; the smaller, the more varied.
        plaque_length_um: median length; lengths are log-normal, cut at `plaque_length_limits_um`.
        plaque_length_sd: standard deviation of the log length.
        plaque_width_um: width across the border, at most the length.
        plaque_brightness_sd: standard deviation of the log concentration of plaques.
        annular_fraction: share of plaques that are rings rather than full ellipses.
        border_fraction: share of plaques on cell borders; the others lie by processes.
        off_line_um: standard deviation of a plaque's distance from its border or process.
        neighbor_fraction: share of plaques placed right beside another, `neighbor_gap_um` away.
        focus_depth_um: plaques in focus lie at most this far from the focal plane.
        defocused_per_plaque: out-of-focus plaques for each plaque in focus, `defocus_um` away.
        lipofuscin_per_cell: expected clumps beside a nucleus.
        fibers_per_field: expected autofluorescent fibers.
    """

    plaques_per_um2: float = 0.019
    field_dispersion: float = 7.0
    plaque_length_um: float = 0.70
    plaque_length_sd: float = 0.50
    plaque_length_limits_um: Range = (0.3, 4.0)
    plaque_width_um: Range = (0.25, 0.50)
    plaque_brightness_sd: float = 0.55
    annular_fraction: float = 0.0
    border_fraction: float = 0.65
    off_line_um: float = 0.35
    neighbor_fraction: float = 0.20
    neighbor_gap_um: Range = (0.35, 1.1)
    focus_depth_um: float = 0.10
    defocused_per_plaque: float = 0.5
    defocus_um: Range = (0.55, 1.6)
    cell_spacing_um: float = 21.0
    nucleus_radius_um: Range = (3.0, 4.6)
    processes_per_cell: tuple[int, int] = (5, 9)
    process_length_um: Range = (8.0, 22.0)
    process_radius_um: Range = (0.15, 0.55)
    process_concentration: float = 0.6
    nucleus_concentration: float = 0.5
    cytoplasm_concentration: float = 0.10
    neuropil_concentration: float = 0.05
    lipofuscin_per_cell: float = 0.15
    lipofuscin_radius_um: Range = (0.9, 1.6)
    lipofuscin_concentration: float = 0.35
    fibers_per_field: float = 0.3
    fiber_concentration: float = 0.25
