"""What the two kinds of simulated tissue look like, in pixels and photons."""

from dataclasses import dataclass
from typing import Literal

KindName = Literal["human", "rat"]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Kind:
    """Ranges that each image draws its own numbers from, evenly.

    Attributes:
        plaque_channel: index in red, green, blue of the stained connexin.
        num_plaques: clear ones, which the ground truth holds.
        contrast: the median height of a plaque's peak, in standard deviations of the noise.
        haze_photons: mean of the light from everywhere, per pixel.
        haze_depth: how much of it comes and goes, as a share.
        vignetting: the share of light that the darkest corner lacks.
        blur_px: standard deviation of the point spread function.
        num_faint: plaques out of focus or nearly drowned in noise; not in the ground truth.
        num_clumps: of lipofuscin.
        num_discs: of light far out of focus.
        num_astrocytes, num_nuclei: in the two other channels.
    """

    plaque_channel: int
    num_plaques: tuple[int, int]
    contrast: Range
    haze_photons: Range
    haze_depth: Range
    vignetting: Range
    blur_px: Range
    num_faint: tuple[int, int]
    num_clumps: tuple[int, int]
    num_discs: tuple[int, int]
    num_astrocytes: tuple[int, int]
    num_nuclei: tuple[int, int]


KINDS: dict[KindName, Kind] = {
    "human": Kind(
        plaque_channel=0,
        num_plaques=(20, 150),
        contrast=(11, 20),
        haze_photons=(14, 45),
        haze_depth=(0.3, 0.7),
        vignetting=(0.15, 0.45),
        blur_px=(1.0, 1.5),
        num_faint=(10, 40),
        num_clumps=(6, 22),
        num_discs=(4, 18),
        num_astrocytes=(0, 2),
        num_nuclei=(8, 18),
    ),
    "rat": Kind(
        plaque_channel=1,
        num_plaques=(100, 400),
        contrast=(14, 28),
        haze_photons=(12, 35),
        haze_depth=(0.1, 0.35),
        vignetting=(0.05, 0.25),
        blur_px=(0.9, 1.25),
        num_faint=(30, 90),
        num_clumps=(0, 1),
        num_discs=(0, 3),
        num_astrocytes=(4, 9),
        num_nuclei=(14, 30),
    ),
}
