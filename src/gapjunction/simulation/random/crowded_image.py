"""A randomized image of spots in crowds, in haze, or alone; no tissue is drawn, only its light.

What lies together in a cell is as likely plaques as what lies alone. Spots that cannot be told
apart, and clumps of granules that blend, stay unmarked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter

from gapjunction.simulation.camera import Camera, compose, expose
from gapjunction.simulation.generator import SimulatedImage
from gapjunction.simulation.ground_truth import Visibility
from gapjunction.simulation.imaging_model import Staining, Triple
from gapjunction.simulation.optics import Footprint
from gapjunction.simulation.random.clutter import stamp, strew_clutter
from gapjunction.simulation.random.crowds import TIGHT, USUAL, Crowding, Range, draw_crowds
from gapjunction.simulation.random.draws import happens, log_uniform
from gapjunction.simulation.random.flaws import draw_background, draw_camera_pattern, draw_dust
from gapjunction.simulation.random.granules import strew_granules
from gapjunction.simulation.random.marks import mark_plaques, sort_plaques, veil_over, with_light
from gapjunction.simulation.random.randomization import CONNEXIN_ALONE, draw_staining
from gapjunction.simulation.random.treatments import MAX_BLUR, treat
from gapjunction.simulation.random.yardstick import FIELD_PX, FWHM_PER_SIGMA, Yardstick
from gapjunction.simulation.tissue import FloatArray

UM_PER_PX = (0.05, 0.5)
SIGMA_PX = (0.8, 2.6)  # of the point spread function
LONGEST_PX = 34.0
FLATNESS = (1.8, 3.5)  # of a profile: 2 is a Gaussian
REACH = 3.0  # half widths, where a spot ends
PEAK_PHOTONS = (20.0, 1500.0)
PEAK_GREY = (45.0, 350.0)  # of a median spot
HAZE = (0.01, 1.5)  # relative to a median spot
MAX_BASE_GREY = 110.0
CLUTTER_PROBABILITY = 0.7
TEXTURE_PROBABILITY = 0.5
TEXTURE_SPACING = (0.5, 1.6)  # in widths
TEXTURE_LIGHT = (0.05, 0.45)  # of a median spot
TEXTURE_SD = (0.3, 0.8)
SEEN_IN_NOISE = 9.0  # how far a spot stands out of the noise of all its pixels together
MIN_SNR = (2.5, 6.0)  # of its brightest pixel alone
MIN_CONTRAST = 0.45
DOUBTFUL = (0.3, 0.7)
LEAK = (0.002, 0.2)
# Spots of other depths are wider and dimmer; nobody marks them.
BLURRED_PROBABILITY = 0.6
BLURRED_WIDTH, BLURRED_LIGHT = (1.1, 2.5), (0.1, 0.45)  # relative to a median spot
BLURRED_SHARE = (0.2, 1.0)  # as many crowds again, of which so many spots are there


@dataclass(frozen=True, slots=True)
class Looks:
    """From what the look of a field is drawn; lengths are full widths at half maximum.

    Attributes:
        length_px: of a median spot, blur included.
        length_sd, brightness_sd: standard deviations of logarithms.
        roundness: width by length.
        grey_probability: that there is no color.
    """

    crowding: Crowding
    length_px: Range
    length_sd: Range
    brightness_sd: Range
    roundness: Range
    grey_probability: float


USUAL_LOOKS = Looks(
    crowding=USUAL,
    length_px=(3.5, 14.0),
    length_sd=(0.05, 0.5),
    brightness_sd=(0.1, 0.8),
    roundness=(0.35, 1.0),
    grey_probability=0.65,
)
TIGHT_LOOKS = Looks(
    crowding=TIGHT,
    length_px=(2.4, 14.0),
    length_sd=(0.03, 0.25),
    brightness_sd=(0.1, 0.5),
    roundness=(0.55, 1.0),
    grey_probability=0.85,
)


@dataclass(frozen=True, slots=True)
class Look:
    """What the spots of one field have in common; lengths are full widths at half maximum.

    Attributes:
        crowding: from what crowds are drawn.
        sigma_px: standard deviation of the point spread function.
        length_px, roundness: of a median spot.
    """

    crowding: Crowding
    um_per_px: float
    sigma_px: float
    length_px: float
    length_sd: float
    roundness: float
    brightness_sd: float
    flatness: float
    peak_photons: float

    @property
    def width_px(self) -> float:
        """Of a median spot, across."""
        return max(self.length_px * self.roundness, FWHM_PER_SIGMA * self.sigma_px)


def simulate_crowded_image(size_px: int, rng: np.random.Generator) -> SimulatedImage:
    """Return a square image of crowded spots; an equal state of `rng` gives equal pixels."""
    return _simulated(size_px, USUAL_LOOKS, rng)


def simulate_tight_image(size_px: int, rng: np.random.Generator) -> SimulatedImage:
    """Return one whose spots are small beside their cells, alike, and hardly told apart."""
    return _simulated(size_px, TIGHT_LOOKS, rng)


def _simulated(size_px: int, looks: Looks, rng: np.random.Generator) -> SimulatedImage:
    look = _draw_look(looks, rng)
    camera, base_photons = _draw_camera(look, rng)
    yardstick = Yardstick(
        um_per_px=look.um_per_px,
        width_px=look.width_px * float(np.exp(look.length_sd)),
        length_px=min(look.length_px * float(np.exp(2 * look.length_sd)), LONGEST_PX),
        sigma_px=look.sigma_px,
        peak_photons=look.peak_photons,
        headroom_photons=max(camera.headroom_photons() - base_photons, 0.0),
    )
    staining = CONNEXIN_ALONE if happens(looks.grey_probability, rng) else draw_staining(rng)
    colors = np.array(staining.colors)
    light = draw_dust(size_px, rng)
    rest = np.full((3, size_px, size_px), base_photons)
    spots = list(_draw_spots(look, rest[0], rng))
    if happens(BLURRED_PROBABILITY, rng):
        _add_blurred(look, rest[0], rng)
    if happens(TEXTURE_PROBABILITY, rng):
        rest[0] += _draw_texture(look, size_px, rng)
    if happens(CLUTTER_PROBABILITY, rng):
        rest += strew_clutter(yardstick, size_px, rng)
        rest += strew_granules(yardstick, colors, size_px, rng)
    rest = light * (rest + draw_background(yardstick, size_px, rng))
    rules = _draw_rules(look, rng)
    connexin = _draw_spectrum(staining, rng)
    visible, specks = sort_plaques(spots, veil_over(rest, colors), camera, rules)
    rest = with_light(rest, specks, connexin)
    veil = veil_over(rest, colors)
    visible, marks = mark_plaques(visible, veil, camera, rules)
    noise = float(np.median(camera.noise_photons(veil)))
    photons = with_light(rest, visible, connexin)
    photons += draw_camera_pattern(yardstick, noise, size_px, rng)
    pixels = compose(expose(photons[: len(colors)], camera, rng), colors)
    image = SimulatedImage(pixels, marks.boxes, marks.snr)
    return treat(image, MAX_BLUR * look.width_px, rng)


def _draw_look(looks: Looks, rng: np.random.Generator) -> Look:
    sigma = log_uniform(*SIGMA_PX, rng)
    blur = FWHM_PER_SIGMA * sigma
    shortest, longest = max(looks.length_px[0], blur), max(looks.length_px[1], 1.5 * blur)
    return Look(
        crowding=looks.crowding,
        um_per_px=log_uniform(*UM_PER_PX, rng),
        sigma_px=sigma,
        length_px=log_uniform(shortest, longest, rng),
        length_sd=float(rng.uniform(*looks.length_sd)),
        roundness=float(rng.uniform(*looks.roundness)),
        brightness_sd=float(rng.uniform(*looks.brightness_sd)),
        flatness=float(rng.uniform(*FLATNESS)),
        peak_photons=log_uniform(*PEAK_PHOTONS, rng),
    )


def _draw_camera(look: Look, rng: np.random.Generator) -> tuple[Camera, float]:
    """Return a camera, and the photons of even light and haze together."""
    base = log_uniform(*HAZE, rng)
    peak_grey = min(log_uniform(*PEAK_GREY, rng), MAX_BASE_GREY / base)
    gain = peak_grey / look.peak_photons
    offset = float(rng.uniform(0, 25))
    if happens(0.3, rng):  # the background is black, or nearly
        offset = -peak_grey * base * float(rng.uniform(0.5, 1.0))
    camera = Camera(
        gain_grey_per_photon=gain,
        read_noise_photons=min(log_uniform(0.3, 8, rng), look.peak_photons / 12),
        offset_grey=offset,
    )
    return camera, base * look.peak_photons


def _draw_rules(look: Look, rng: np.random.Generator) -> Visibility:
    """Return what is seen: a spot of many pixels stands out of more noise than one of few."""
    sigma = np.sqrt(look.length_px * look.width_px) / FWHM_PER_SIGMA
    # The matched filter of a Gaussian adds up its pixels to sqrt(pi) sigma times its peak.
    min_snr = float(np.clip(SEEN_IN_NOISE / (np.sqrt(np.pi) * sigma), *MIN_SNR))
    return Visibility(
        min_snr=min_snr, min_contrast=MIN_CONTRAST, doubtful=float(rng.uniform(*DOUBTFUL))
    )


def _draw_spots(look: Look, rest: FloatArray, rng: np.random.Generator) -> Iterator[Footprint]:
    """Yield the spots of all crowds, and add the crowds' glow to the `rest` (H, W) in place."""
    size_px = len(rest)
    for crowd in draw_crowds(look.width_px, size_px, look.crowding, rng):
        if crowd.glow is not None:
            glow = crowd.glow * look.peak_photons
            stamp(rest[None], glow, np.ones(1), crowd.center_px[::-1])
        heading, is_aligned = rng.uniform(0, np.pi), happens(0.3, rng)
        for place in crowd.places_px:
            if (place < 0).any() or (place >= size_px).any():
                continue
            angle = heading + rng.normal(0, 0.3) if is_aligned else rng.uniform(0, np.pi)
            yield _draw_spot(look, place, angle, size_px, rng)


def _add_blurred(look: Look, rest: FloatArray, rng: np.random.Generator) -> None:
    """Add spots of other depths to the light (H, W) of all that is not marked, in place."""
    share, light = rng.uniform(*BLURRED_SHARE), rng.uniform(*BLURRED_LIGHT)
    width = rng.uniform(*BLURRED_WIDTH)
    blurred = replace(
        look,
        sigma_px=look.sigma_px * width,
        length_px=look.length_px * width,
        brightness_sd=min(look.brightness_sd, 0.3),
        flatness=2.0,
        peak_photons=look.peak_photons * light,
    )
    for spot in _draw_spots(blurred, rest, rng):
        if happens(share, rng):
            rest[spot.window] += spot.values


def _draw_spot(
    look: Look, place: FloatArray, angle: float, size_px: int, rng: np.random.Generator
) -> Footprint:
    """Return the expected photons of a spot: an ellipse, round or flat on top."""
    blur = FWHM_PER_SIGMA * look.sigma_px
    length = float(look.length_px * np.exp(rng.normal(0, look.length_sd)))
    length = min(max(length, blur), LONGEST_PX)
    width = min(max(length * look.roundness * rng.uniform(0.8, 1.25), blur), length)
    peak = look.peak_photons * float(np.exp(rng.normal(0, look.brightness_sd)))
    half = int(np.ceil(REACH * length / 2)) + 1
    x0, y0 = (max(int(at) - half, 0) for at in place)
    x1, y1 = (min(int(at) + half + 1, size_px) for at in place)
    x, y = np.arange(x0, x1) + 0.5 - place[0], np.arange(y0, y1)[:, None] + 0.5 - place[1]
    along = (x * np.cos(angle) + y * np.sin(angle)) / (length / 2)
    across = (y * np.cos(angle) - x * np.sin(angle)) / (width / 2)
    values = peak * np.exp(-np.log(2) * np.hypot(along, across) ** look.flatness)
    return Footprint(y0, x0, values)


def _draw_texture(look: Look, size_px: int, rng: np.random.Generator) -> FloatArray:
    """Return photons (size_px, size_px) of much smaller light that lies so dense that it blends."""
    width = look.width_px * log_uniform(0.8, 2.5, rng)
    num = int((size_px / (log_uniform(*TEXTURE_SPACING, rng) * width)) ** 2)
    grid = np.zeros((size_px, size_px))
    rows, columns = rng.integers(0, size_px, (2, num))
    np.add.at(grid, (rows, columns), np.exp(rng.normal(0, rng.uniform(*TEXTURE_SD), num)))
    texture = gaussian_filter(grid, width / FWHM_PER_SIGMA, mode="wrap")
    level = log_uniform(*TEXTURE_LIGHT, rng) * look.peak_photons
    lit: FloatArray = texture * level / max(float(np.percentile(texture, 99)), 1e-12)
    if happens(0.5, rng):  # in a part of the field only
        cloud = gaussian_filter(rng.standard_normal((size_px, size_px)), FIELD_PX / 10)
        lit *= np.clip(0.5 + cloud / cloud.std(), 0, 1)
    return lit


def _draw_spectrum(staining: Staining, rng: np.random.Generator) -> Triple:
    """Return the light of spots in each channel; a black one was not recorded."""
    leaks = [
        log_uniform(*LEAK, rng) * any(color) for color in (*staining.colors[1:], (0.0,), (0.0,))
    ]
    return 1.0, leaks[0], leaks[1]
