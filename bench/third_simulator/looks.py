"""The two looks of slices in numbers; each slice draws its own from the ranges, evenly."""

from dataclasses import dataclass
from typing import Literal

LookName = Literal["human", "rat"]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """What one kind of slice draws from.

    Photons are those on a pixel in one pass of a line; a full field is 1024 px wide.

    Attributes:
        num_plaques: median and standard deviation of the logarithm of how many plaques a full
            field shows, as between published stacks.
        plaque_photons: of a wide sheet of channels flat in focus.
        neuropil_photons: median light of the tissue between plaques.
        neuropil_spread: standard deviation of its logarithm over several um.
        grain_spread: the same over less than a um.
        soma_share: light in cell bodies relative to the neuropil.
        somata: in a full field.
        lipofuscin_share: share of somata with lipofuscin beside the nucleus.
        passes: over each line, averaged.
        offset_grey: grey value of no light; below 0 the detector shows black.
        white_share: of the light of the brightest plaques, from where on all is white.
    """

    num_plaques: tuple[float, float]
    plaque_photons: Range
    neuropil_photons: Range
    neuropil_spread: Range
    grain_spread: Range
    soma_share: Range
    somata: tuple[int, int]
    lipofuscin_share: Range
    passes: tuple[int, ...]
    offset_grey: Range
    white_share: Range


LOOKS: dict[LookName, Look] = {
    "human": Look(
        num_plaques=(150, 0.5),
        plaque_photons=(22, 45),
        neuropil_photons=(3, 9),
        neuropil_spread=(0.2, 0.45),
        grain_spread=(0.1, 0.28),
        soma_share=(0.5, 2.2),
        somata=(10, 26),
        lipofuscin_share=(0.2, 0.7),
        passes=(1, 2, 4),
        offset_grey=(2, 14),
        white_share=(0.35, 0.85),
    ),
    "rat": Look(
        num_plaques=(90, 0.8),
        plaque_photons=(25, 70),
        neuropil_photons=(0.1, 0.6),
        neuropil_spread=(0.1, 0.35),
        grain_spread=(0.0, 0.1),
        soma_share=(0.4, 1.8),
        somata=(12, 30),
        lipofuscin_share=(0.0, 0.0),
        passes=(2, 4, 8),
        offset_grey=(-14, 1),
        white_share=(0.4, 1.0),
    ),
}
