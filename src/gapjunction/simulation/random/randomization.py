"""Imaging models and stainings of which nothing is fixed, to train detectors that travel.

A detector trained on them cannot rely on the look of one laboratory. Ranges reach from what can
hardly be seen to what no microscope shows so well. Brightness is drawn relative to the plaques of
the model, so that it means the same in starved and in rich light.
"""

from dataclasses import replace

import numpy as np

from gapjunction.simulation.camera import Camera
from gapjunction.simulation.ground_truth import Visibility
from gapjunction.simulation.imaging_model import ImagingModel, Spectra, Staining, Triple
from gapjunction.simulation.optics import NM_PER_UM, SIGMA_PER_WAVELENGTH, Optics
from gapjunction.simulation.random.draws import happens, log_uniform
from gapjunction.simulation.random.yardstick import FIELD_PX, FWHM_PER_SIGMA, blur_px, peak_share
from gapjunction.simulation.tissue import Range, Tissue

UM_PER_CAMERA_PX = 6.0
UM_PER_PX = (0.05, 0.3)
NUMERICAL_APERTURE = (0.6, 1.45)
EMISSION_NM = (450.0, 690.0)
MAX_SIGMA_PX = 3.0  # nobody samples a point spread function finer than this
MEDIAN_LOOK_PX = (3.5, 16.0)  # length of a median plaque, blur included
MEDIAN_LENGTH_UM = (0.15, 2.2)
MIN_WIDTH_UM = 0.1
MAX_LENGTH_PX = 34.0
EMPTY_PROBABILITY, CROWDED_PROBABILITY = 0.08, 0.08
NUM_PLAQUES, NUM_CROWDED = (12.0, 220.0), (220.0, 600.0)
ANNULAR_PROBABILITY = 0.3
MAX_COVERAGE = 0.06  # of the field by plaques; more would touch everywhere
MAX_CROWDING = 0.9  # of borders and processes, along which plaques lie
PEAK_PHOTONS = (20.0, 1500.0)
PEAK_GREY = (70.0, 350.0)  # of a median plaque; the largest number saturates
PROCESS_GREY = (20.0, 600.0)  # of GFAP in processes; most are too thin to show all of it
NUCLEUS_GREY = (15.0, 250.0)
MAX_BASE_GREY = 70.0  # of even light and haze together
# A microscope whose background is clipped to black; what is left of it is darker than plaques, but
# so clean that it shows: out-of-focus light, plaques of other depths, tails of the noise.
DARK_PROBABILITY = 0.3
DARK_PEAK_GREY = (12.0, 300.0)
DARK_DOUBTFUL = (0.5, 0.75)  # darker than this share of what is just visible stays, unmarked
BLACK_ABOVE_BASE = (-1.0, 3.0)  # black, in standard deviations of the noise above the even light
CELL_SPACING_UM = (10.0, 40.0)
CELL_SPACING_PX = (90.0, 280.0)  # more cells would cost time, fewer leave no room for plaques
OFF_LINE_UM = (0.03, 0.5)  # right on a process, or beside it
MAX_NUCLEUS_UM = 4.5  # radius of the smaller ones
MIN_PROCESS_PX = 80.0  # shorter ones could be long plaques
COLORS: tuple[Triple, ...] = (
    (1.0, 0.0, 0.0),
    (0.0, 1.0, 0.0),
    (0.0, 0.0, 1.0),
    (0.0, 1.0, 1.0),
    (1.0, 0.0, 1.0),
    (1.0, 1.0, 0.0),
    (1.0, 1.0, 1.0),
    (1.0, 0.5, 0.0),
    (0.31, 0.97, 1.0),
)
NUM_PRIMARIES = 3  # the first three
GREY_PROBABILITY, SINGLE_COLOR_PROBABILITY = 0.25, 0.15
SEPARATE_PRIMARIES_PROBABILITY = 0.35  # of several channels: as most programs export them
PRIMARY_PROBABILITY = 0.4
BLACK: Triple = (0.0, 0.0, 0.0)
CONNEXIN_ALONE = Staining("random: connexin grey", ((1.0, 1.0, 1.0),))


def draw_model(rng: np.random.Generator, *, is_dark: bool = False) -> ImagingModel:
    """Return an imaging model with every number drawn; subjects and rules of marking stay.

    Of the rules only `doubtful` changes: few or no specks, as a later stretch would show them; but
    many on a background that is clipped to black (`is_dark`), for which there is no stretch.
    """
    optics, emission_nm = _draw_optics(rng)
    sigma_um = blur_px(optics, emission_nm[0]) * optics.um_per_px
    tissue = _draw_plaques(optics, sigma_um, _draw_cells(optics, rng), rng)
    share, peak_photons = peak_share(tissue, sigma_um), log_uniform(*PEAK_PHOTONS, rng)
    haze = log_uniform(0.01, 0.3, rng) if happens(0.75, rng) else 0.0
    background = log_uniform(0.01, 0.3, rng)
    brightest = DARK_PEAK_GREY if is_dark else PEAK_GREY
    peak_grey = min(log_uniform(*brightest, rng), MAX_BASE_GREY / (haze + background))
    stained = _stain(tissue, share / peak_grey, rng)
    camera = Camera(
        gain_grey_per_photon=peak_grey / peak_photons,
        read_noise_photons=min(log_uniform(0.3, 8, rng), peak_photons / 12),
        offset_grey=float(rng.uniform(0, 25)),
    )
    doubtful = rng.uniform(0, 0.25) if happens(0.5, rng) else 0.0
    if is_dark:
        camera = _with_black(camera, (haze + background) * peak_photons, rng)
        doubtful = float(rng.uniform(*DARK_DOUBTFUL))
    return ImagingModel(
        tissue=replace(stained, neuropil_concentration=share * haze),
        optics=optics,
        camera=camera,
        visibility=Visibility(doubtful=doubtful),
        spectra=_draw_spectra(rng),
        emission_nm=emission_nm,
        plaque_photons=peak_photons / share,
        background_photons=background * peak_photons,
    )


def _with_black(camera: Camera, base_photons: float, rng: np.random.Generator) -> Camera:
    """Return a camera that shows the even light of a field as black, or nearly."""
    noise_photons = float(camera.noise_photons(np.array(base_photons)))
    black_photons = base_photons + float(rng.uniform(*BLACK_ABOVE_BASE)) * noise_photons
    return replace(camera, offset_grey=-camera.gain_grey_per_photon * max(black_photons, 0.0))


def draw_staining(rng: np.random.Generator) -> Staining:
    """Return one to three channels in any colors; a black channel was not recorded.

    Connexin may be alone in grey or in any color. Beside others, each often has a primary color
    of its own; else they may share a part of connexin's color, or all.
    """
    if happens(GREY_PROBABILITY, rng):
        return CONNEXIN_ALONE
    if happens(SINGLE_COLOR_PROBABILITY, rng):
        return Staining("random: connexin", (_draw_color(rng),))
    connexin, gfap, dna = (_draw_color(rng) for _ in range(3))
    if happens(SEPARATE_PRIMARIES_PROBABILITY, rng):
        connexin, gfap, dna = (COLORS[int(index)] for index in rng.permutation(NUM_PRIMARIES))
    elif happens(PRIMARY_PROBABILITY, rng):
        connexin = COLORS[int(rng.integers(NUM_PRIMARIES))]
    choices: tuple[tuple[str, tuple[Triple, ...]], ...] = (
        ("connexin, GFAP", (connexin, gfap)),
        ("connexin, DNA", (connexin, BLACK, dna)),
        ("connexin, GFAP, DNA", (connexin, gfap, dna)),
    )
    name, colors = choices[int(rng.choice(len(choices), p=(0.25, 0.25, 0.5)))]
    return Staining(f"random: {name}", colors)


def _draw_color(rng: np.random.Generator) -> Triple:
    """Return one of the usual colors, or any other; the strongest component is 1."""
    if happens(0.7, rng):
        return COLORS[int(rng.integers(len(COLORS)))]
    red, green, blue = rng.uniform(0, 1, 3)
    brightest = max(red, green, blue)
    return float(red / brightest), float(green / brightest), float(blue / brightest)


def _draw_optics(rng: np.random.Generator) -> tuple[Optics, Triple]:
    """Return optics, and the wavelengths of connexin, GFAP and DNA."""
    um_per_px = log_uniform(*UM_PER_PX, rng)
    connexin_nm, gfap_nm, dna_nm = rng.uniform(*EMISSION_NM, 3).tolist()
    low, high = NUMERICAL_APERTURE
    needed = SIGMA_PER_WAVELENGTH * connexin_nm / NM_PER_UM / (MAX_SIGMA_PX * um_per_px)
    loss = float(rng.uniform(0, 0.6))
    optics = Optics(
        magnification=UM_PER_CAMERA_PX / um_per_px,
        numerical_aperture=float(rng.uniform(max(low, needed), high)),
        um_per_px=um_per_px,
        vignetting=(loss, loss),
    )
    return optics, (connexin_nm, gfap_nm, dna_nm)


def _draw_cells(optics: Optics, rng: np.random.Generator) -> Tissue:
    """Return tissue with the numbers of its cells; their processes are longer than any plaque."""
    px = optics.um_per_px
    closest, widest = CELL_SPACING_PX
    spacing = min(max(float(rng.uniform(*CELL_SPACING_UM)), closest * px), widest * px)
    nucleus = min(float(rng.uniform(0.12, 0.2)) * spacing, MAX_NUCLEUS_UM)
    fewest, shortest = int(rng.integers(1, 5)), MIN_PROCESS_PX * px
    return Tissue(
        cell_spacing_um=spacing,
        nucleus_radius_um=(nucleus, nucleus * rng.uniform(1, 1.5)),
        processes_per_cell=(fewest, fewest + int(rng.integers(0, 4))),
        process_length_um=_draw_range(shortest, max(15, 1.5 * shortest), 2, rng),
        process_radius_um=_draw_range(0.08, 0.3, 4, rng),
    )


def _draw_plaques(
    optics: Optics, sigma_um: float, cells: Tissue, rng: np.random.Generator
) -> Tissue:
    """Return the tissue with the sizes and the number of its plaques."""
    px, blur_um = optics.um_per_px, FWHM_PER_SIGMA * sigma_um
    shortest, longest = MEDIAN_LOOK_PX
    shortest = max(shortest * px, 1.2 * blur_um)
    look_um = log_uniform(shortest, max(longest * px, 1.5 * shortest), rng)
    length = float(np.clip(np.sqrt(look_um**2 - blur_um**2), *MEDIAN_LENGTH_UM))
    spread = float(rng.uniform(0.15, 0.6))
    width = max(length * rng.uniform(0.2, 0.7), MIN_WIDTH_UM)
    widths = (width, width * rng.uniform(1, 1.8))
    longest_um = max(min(length * np.exp(2.5 * spread), MAX_LENGTH_PX * px), length)
    look_across_um = float(np.hypot(np.mean(widths), blur_um))
    room_across_um = max(look_across_um / MAX_COVERAGE, cells.cell_spacing_um / MAX_CROWDING)
    tissue = replace(
        cells,
        plaques_per_um2=_draw_count(look_um * room_across_um / px**2, rng) / (FIELD_PX * px) ** 2,
        field_dispersion=log_uniform(2, 20, rng),
        plaque_length_um=length,
        plaque_length_sd=spread,
        plaque_length_limits_um=(0.4 * length, longest_um),
        plaque_width_um=widths,
        plaque_brightness_sd=float(rng.uniform(0.15, 0.8)),
        annular_fraction=float(rng.uniform(0.05, 0.3)) if happens(ANNULAR_PROBABILITY, rng) else 0,
    )
    return _spread_plaques(tissue, optics, sigma_um, rng)


def _spread_plaques(
    tissue: Tissue, optics: Optics, sigma_um: float, rng: np.random.Generator
) -> Tissue:
    """Return the tissue with its plaques crowded or not, in focus or clearly out of it."""
    blur_per_um = float(optics.sigma_um(0.0, np.ones(1))[0])
    out_of_focus_um = np.hypot(sigma_um, tissue.plaque_length_um / 4) / blur_per_um
    far, gap = rng.uniform(3, 5) * float(out_of_focus_um), 0.6 * FWHM_PER_SIGMA * sigma_um
    return replace(
        tissue,
        border_fraction=float(rng.uniform(0, 1)),
        off_line_um=log_uniform(*OFF_LINE_UM, rng),
        neighbor_fraction=float(rng.uniform(0, 0.5)),
        neighbor_gap_um=(gap, gap + rng.uniform(0.2, 1.5)),
        focus_depth_um=rng.uniform(0, 0.8) * sigma_um / blur_per_um,
        defocused_per_plaque=log_uniform(0.1, 3, rng) if happens(0.7, rng) else 0.0,
        defocus_um=(far, far * rng.uniform(1.2, 4)),
    )


def _draw_count(room_px2: float, rng: np.random.Generator) -> float:
    """Return how many plaques to expect in a field in which each needs so much room."""
    if happens(EMPTY_PROBABILITY, rng):
        return 0.0
    numbers = NUM_CROWDED if happens(CROWDED_PROBABILITY, rng) else NUM_PLAQUES
    return min(log_uniform(*numbers, rng), FIELD_PX**2 / room_px2)


def _stain(tissue: Tissue, one_grey: float, rng: np.random.Generator) -> Tissue:
    """Return the tissue with all but its plaques stained; `one_grey` shows as grey value 1.

    It has no lipofuscin, whose outlying granules look like plaques: the clutter holds that.
    """
    return replace(
        tissue,
        process_concentration=one_grey * log_uniform(*PROCESS_GREY, rng),
        nucleus_concentration=one_grey * log_uniform(*NUCLEUS_GREY, rng),
        cytoplasm_concentration=one_grey * log_uniform(2, 60, rng) if happens(0.6, rng) else 0.0,
        lipofuscin_per_cell=0.0,
        fibers_per_field=log_uniform(0.3, 4, rng) if happens(0.3, rng) else 0.0,
        fiber_concentration=one_grey * log_uniform(10, 150, rng),
    )


def _draw_range(low: float, high: float, ratio: float, rng: np.random.Generator) -> Range:
    """Draw the lower end of a range, and the upper end up to `ratio` times as far."""
    start = log_uniform(low, high, rng)
    return start, start * float(rng.uniform(1, ratio))


def _draw_spectra(rng: np.random.Generator) -> Spectra:
    """Return spectra from hardly any cross-talk to much."""

    def leak(most: float) -> float:
        return log_uniform(0.002, most, rng)

    def any_share() -> float:
        return float(rng.uniform(0.1, 1.2))

    return Spectra(
        connexin=(1.0, leak(0.2), leak(0.2)),
        cytoplasm=(1.0, leak(0.5), leak(0.5)),
        gfap=(leak(0.15) if happens(0.6, rng) else 0.0, 1.0, leak(0.2)),
        dna=(leak(0.3) if happens(0.6, rng) else 0.0, leak(0.2), 1.0),
        lipofuscin=(any_share(), any_share(), any_share()),
        fibers=(any_share(), any_share(), any_share()),
    )
