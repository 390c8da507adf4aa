"""The kinds of data that can be simulated, in numbers: rat-like, and human-like, which is harder.

The shape of a model is explicit so that later work can vary every number, instead of two sets.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from gapjunction.simulation.camera import Camera
from gapjunction.simulation.ground_truth import Visibility
from gapjunction.simulation.optics import Optics
from gapjunction.simulation.tissue import Range, Tissue

Kind = Literal["human", "rat"]
Diagnosis = Literal["healthy", "epilepsy"]
Triple = tuple[float, float, float]

# The true effect: how the expected number of plaques in a field changes with the diagnosis.
DENSITY_BY_DIAGNOSIS: dict[Diagnosis, float] = {"healthy": 1.0, "epilepsy": 1.6}


@dataclass(frozen=True, slots=True)
class Spectra:
    """What each source sends into the connexin, GFAP and DNA channel, relative to its stain."""

    connexin: Triple = (1.0, 0.06, 0.02)
    cytoplasm: Triple = (1.0, 0.10, 0.05)
    gfap: Triple = (0.04, 1.0, 0.02)
    dna: Triple = (0.05, 0.01, 1.0)
    lipofuscin: Triple = (0.9, 1.0, 0.6)
    fibers: Triple = (0.7, 0.5, 0.7)


@dataclass(frozen=True, slots=True)
class Staining:
    """Which channels were recorded, each with the color (red, green, blue; 0..1) it is shown in.

    The first is connexin, the second GFAP, the third DNA.
    """

    name: str
    colors: tuple[Triple, ...]


STAININGS = (
    Staining("connexin cyan, GFAP red, DNA blue", ((0.31, 0.97, 1.0), (1.0, 0, 0), (0, 0, 1.0))),
    Staining("connexin grey", ((1.0, 1.0, 1.0),)),
    Staining("connexin green, GFAP red", ((0, 1.0, 0), (1.0, 0, 0))),
)


@dataclass(frozen=True, slots=True)
class Subjects:
    """The people or animals that assets come from.

    Attributes:
        density_sd: standard deviation of a subject's log plaque density.
        light_sd: standard deviation of the log brightness of a subject's staining.
    """

    species: str = "rat"
    age_months: Range = (3.0, 24.0)
    weight_kg: Range = (0.18, 0.45)
    localizations: tuple[str, ...] = ("brain_cortex", "hippocampus")
    density_sd: float = 0.12
    light_sd: float = 0.10


@dataclass(frozen=True, slots=True)
class ImagingModel:
    """Everything that one kind of simulated data depends on.

    Attributes:
        plaque_photons: expected photons on a pixel inside a wide median plaque in focus.
        background_photons: even light on every pixel of each channel.
    """

    tissue: Tissue = field(default_factory=Tissue)
    optics: Optics = field(default_factory=Optics)
    camera: Camera = field(default_factory=Camera)
    visibility: Visibility = field(default_factory=Visibility)
    spectra: Spectra = field(default_factory=Spectra)
    subjects: Subjects = field(default_factory=Subjects)
    emission_nm: Triple = (519.0, 603.0, 461.0)
    plaque_photons: float = 150.0
    background_photons: float = 3.0


RAT = ImagingModel()

HUMAN = ImagingModel(
    tissue=replace(
        RAT.tissue,
        plaques_per_um2=0.020,
        field_dispersion=6.0,
        neighbor_fraction=0.35,
        neighbor_gap_um=(0.25, 0.8),
        focus_depth_um=0.14,
        defocused_per_plaque=1.2,
        cytoplasm_concentration=0.2,
        neuropil_concentration=0.15,
        lipofuscin_per_cell=0.7,
        lipofuscin_radius_um=(1.1, 2.2),
        fibers_per_field=0.8,
    ),
    optics=replace(RAT.optics, vignetting=(0.15, 0.4)),
    camera=replace(RAT.camera, gain_grey_per_photon=2.2, read_noise_photons=2.0),
    subjects=Subjects(
        species="human",
        age_months=(22 * 12.0, 78 * 12.0),
        weight_kg=(52.0, 96.0),
        localizations=("brain_cortex", "hippocampus"),
        density_sd=0.12,
        light_sd=0.08,
    ),
    plaque_photons=60.0,
    background_photons=4.0,
)

MODELS: dict[Kind, ImagingModel] = {"human": HUMAN, "rat": RAT}
