"""The two looks of simulated stacks in numbers: human is textured and noisy, rat dark and clean."""

from dataclasses import dataclass, field, replace
from functools import partial

from gapjunction.simulation.camera import Camera
from gapjunction.simulation.ground_truth import Visibility
from gapjunction.simulation.imaging_model import HUMAN, RAT, Kind, Subjects, Triple
from gapjunction.simulation.stack.confocal import Confocal
from gapjunction.simulation.tissue import Range, Tissue

STAIN_COLORS: tuple[Triple, ...] = ((0.306, 0.973, 1.0), (1.0, 1.0, 1.0))  # cyan, grey


@dataclass(frozen=True, slots=True)
class StackTissue:
    """What fills a volume; a `Range` holds the ends of a uniform draw.

    Attributes:
        plaques_per_um3: expected plaques, in a healthy subject.
        round_share: breadth of a plaque relative to its length.
        strand_share: share of plaques that lie along strands; the others lie anywhere.
        strands_per_um3: expected strands, `strand_um` long.
        nuclei_per_um3: expected nuclei, which hold no plaques and no haze.
        haze_photons: even light of the tissue.
        haze_spread: standard deviation of its logarithm, at each of `haze_sizes_um`.
    """

    plaques_per_um3: float
    flat: Tissue
    round_share: Range = (0.3, 0.8)
    strand_share: float = 0.6
    strands_per_um3: float = 0.003
    strand_um: Range = (8.0, 22.0)
    nuclei_per_um3: float = 0.00025
    haze_photons: float = 0.3
    haze_spread: float = 0.2
    haze_sizes_um: tuple[float, ...] = (8.0, 2.0)


@dataclass(frozen=True, slots=True)
class StackModel:
    """Everything that one kind of simulated stack depends on.

    Attributes:
        plaque_photons: expected photons on a pixel inside a wide median plaque flat in the slice.
        background_photons: even light on every pixel.
        bleaching: share of the light that is lost from the first slice taken to the last.
    """

    tissue: StackTissue
    camera: Camera
    subjects: Subjects
    plaque_photons: float
    background_photons: float
    optics: Confocal = field(default_factory=Confocal)
    visibility: Visibility = field(default_factory=partial(Visibility, min_grey=28.0))
    bleaching: Range = (0.05, 0.35)


# Densities: boxes in a slice of 1024 px are as in the published stacks, a median of some 150
# (human) and 80 (rat), with as wide a spread between stacks.
STACK_MODELS: dict[Kind, StackModel] = {
    "human": StackModel(
        tissue=StackTissue(
            plaques_per_um3=0.0063,
            flat=replace(
                HUMAN.tissue, plaque_length_um=0.8, plaque_length_sd=0.45, lipofuscin_per_cell=0.5
            ),
            haze_photons=16.0,
            haze_spread=0.33,
            haze_sizes_um=(9.0, 2.5, 0.6),
        ),
        camera=Camera(
            excess_noise=1.4, gain_grey_per_photon=1.0, read_noise_photons=2.0, offset_grey=6.0
        ),
        subjects=replace(HUMAN.subjects, density_sd=0.5, localizations=("brain_cortex",)),
        plaque_photons=230.0,
        background_photons=3.0,
    ),
    "rat": StackModel(
        tissue=StackTissue(
            plaques_per_um3=0.0036,
            flat=replace(
                RAT.tissue, plaque_length_um=0.8, plaque_length_sd=0.45, lipofuscin_per_cell=0.0
            ),
        ),
        camera=Camera(
            excess_noise=1.3, gain_grey_per_photon=1.2, read_noise_photons=0.8, offset_grey=-8.0
        ),
        subjects=replace(RAT.subjects, density_sd=0.9, localizations=("brain_cortex",)),
        plaque_photons=180.0,
        background_photons=0.4,
    ),
}
