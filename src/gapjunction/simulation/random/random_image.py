"""A randomized image, from the scene to the compressed picture: every stage drawn anew."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gapjunction.simulation.camera import compose, expose
from gapjunction.simulation.generator import (
    SimulatedImage,
    image_plaque,
    light_of_the_rest,
)
from gapjunction.simulation.ground_truth import (
    visibility_of,
)
from gapjunction.simulation.imaging_model import ImagingModel, Spectra, Staining, Triple
from gapjunction.simulation.optics import Footprint, draw_illumination
from gapjunction.simulation.random.clutter import strew_clutter
from gapjunction.simulation.random.draws import happens, log_uniform
from gapjunction.simulation.random.flaws import draw_background, draw_camera_pattern, draw_dust
from gapjunction.simulation.random.granules import strew_granules
from gapjunction.simulation.random.marks import (
    mark_plaques,
    sort_plaques,
    veil_over,
    with_light,
)
from gapjunction.simulation.random.randomization import (
    CONNEXIN_ALONE,
    DARK_PROBABILITY,
    draw_model,
    draw_staining,
)
from gapjunction.simulation.random.treatments import MAX_BLUR, resample, treat
from gapjunction.simulation.random.yardstick import measure_plaques
from gapjunction.simulation.scene import build_scene
from gapjunction.simulation.tissue import FloatArray

ZOOM = (0.7, 1.4)
ZOOM_PROBABILITY = 0.3
MIN_ZOOMED_WIDTH_PX = 2.5  # plaques are not shrunk to fewer pixels across
SLICE_PROBABILITY = 0.5  # of a dark image: a confocal slice of the connexin, and nothing else
GHOST_SHARE = (0.3, 1.0)  # of the plaques of a dark image
GHOST_LIGHT = (0.15, 0.8)  # of what could just be seen


def simulate_random_image(size_px: int, rng: np.random.Generator) -> SimulatedImage:
    """Return a square image of a random kind; an equal state of `rng` gives equal pixels."""
    is_dark = happens(DARK_PROBABILITY, rng)
    is_slice = is_dark and happens(SLICE_PROBABILITY, rng)
    model = draw_model(rng, is_dark=is_dark)
    staining = CONNEXIN_ALONE if is_slice else draw_staining(rng)
    width_px = measure_plaques(model).width_px
    zoom = 1.0
    if happens(ZOOM_PROBABILITY, rng):
        smallest = min(max(ZOOM[0], MIN_ZOOMED_WIDTH_PX / width_px), 1.0)
        zoom = log_uniform(smallest, ZOOM[1], rng)
    ghost_share = float(rng.uniform(*GHOST_SHARE)) if is_dark else 0.0
    image = photograph_cluttered(
        model, staining, round(size_px / zoom), rng, ghost_share, has_clutter=not is_slice
    )
    if len(image.pixels) != size_px:
        image = resample(image, size_px, model.visibility.min_side_px, rng)
    return treat(image, MAX_BLUR * width_px * zoom, rng, keeps_range=is_dark)


def photograph_cluttered(
    model: ImagingModel,
    staining: Staining,
    size_px: int,
    rng: np.random.Generator,
    ghost_share: float = 0.0,
    *,
    has_clutter: bool = True,
) -> SimulatedImage:
    """Take the picture of a field of tissue with or without clutter, and mark the plaques in it.

    A share of the plaques are ghosts: their slice is another, and what is left of them is too
    dark to be seen.
    """
    yardstick, colors = measure_plaques(model), np.array(staining.colors)
    model = replace(model, spectra=_as_recorded(model.spectra, colors))
    scene = build_scene(model.tissue, size_px * model.optics.um_per_px, 1.0, rng)
    light = draw_illumination(model.optics, size_px, rng) * draw_dust(size_px, rng)
    rest = light_of_the_rest(model, scene, light)
    if has_clutter:
        rest += light * strew_clutter(yardstick, size_px, rng)
        rest += light * strew_granules(yardstick, colors, size_px, rng)
    rest += light * draw_background(yardstick, size_px, rng)

    plaques = [image_plaque(model, cloud, light) for cloud in scene.plaques]
    plaques = _with_ghosts(plaques, veil_over(rest, colors), model, ghost_share, rng)
    visible, specks = sort_plaques(plaques, veil_over(rest, colors), model.camera, model.visibility)
    rest = with_light(rest, specks, model.spectra.connexin)
    veil = veil_over(rest, colors)
    visible, annotations = mark_plaques(visible, veil, model.camera, model.visibility)

    noise_photons = float(np.median(model.camera.noise_photons(veil)))
    photons = with_light(rest, visible, model.spectra.connexin)
    photons += draw_camera_pattern(yardstick, noise_photons, size_px, rng)
    pixels = compose(expose(photons[: len(colors)], model.camera, rng), colors)
    return SimulatedImage(pixels, annotations.boxes, annotations.snr)


def _with_ghosts(
    plaques: Iterable[Footprint],
    veil_photons: FloatArray,
    model: ImagingModel,
    ghost_share: float,
    rng: np.random.Generator,
) -> list[Footprint]:
    """Return the plaques, of which about `ghost_share` are dimmed below what can be seen."""

    def light_left(plaque: Footprint) -> float:
        if not happens(ghost_share, rng):
            return 1.0
        times_visible = visibility_of(plaque, veil_photons, model.camera, model.visibility)
        return float(rng.uniform(*GHOST_LIGHT)) / max(times_visible, 1.0)

    return [replace(each, values=each.values * light_left(each)) for each in plaques]


def _as_recorded(spectra: Spectra, colors: FloatArray) -> Spectra:
    """Return spectra without the channels that are not shown: their light need not be computed."""
    shown = [index < len(colors) and colors[index].any() for index in range(3)]

    def masked(spectrum: Triple) -> Triple:
        first, second, third = (
            share * is_shown for share, is_shown in zip(spectrum, shown, strict=True)
        )
        return first, second, third

    return Spectra(
        connexin=masked(spectra.connexin),
        cytoplasm=masked(spectra.cytoplasm),
        gfap=masked(spectra.gfap),
        dna=masked(spectra.dna),
        lipofuscin=masked(spectra.lipofuscin),
        fibers=masked(spectra.fibers),
    )
