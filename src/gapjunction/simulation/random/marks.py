"""Which plaques of a randomized image a person would mark, and in which boxes."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gapjunction.simulation.camera import Camera
from gapjunction.simulation.generator import add_light
from gapjunction.simulation.ground_truth import (
    AnnotatedObjects,
    Visibility,
    annotate,
    visibility_of,
)
from gapjunction.simulation.imaging_model import Triple
from gapjunction.simulation.optics import Footprint
from gapjunction.simulation.tissue import FloatArray

MAX_SIDE_PX = 40.0
MIN_COLOR = 0.5  # a weaker color of connexin does not show it
ANY_CONTRAST = 1e-6


def sort_plaques(
    plaques: Iterable[Footprint], veil_photons: FloatArray, camera: Camera, rules: Visibility
) -> tuple[list[Footprint], list[Footprint]]:
    """Return the visible plaques, and those so faint that nobody asks; doubtful ones are left out.

    A plaque that only a bright neighbor outshines is doubtful, not faint.
    """
    faint_rules = replace(rules, min_contrast=ANY_CONTRAST)
    visible, specks = [], []
    for plaque in plaques:
        if visibility_of(plaque, veil_photons, camera, rules) >= 1:
            visible.append(plaque)
        elif visibility_of(plaque, veil_photons, camera, faint_rules) < rules.doubtful:
            specks.append(plaque)
    return visible, specks


def mark_plaques(
    plaques: list[Footprint], veil_photons: FloatArray, camera: Camera, rules: Visibility
) -> tuple[list[Footprint], AnnotatedObjects]:
    """Return the plaques that stay, and their marks; heaps of plaques in one box are left out.

    Nobody would draw one box around a heap, and nobody could say where its plaques end.
    """
    marked = annotate(plaques, veil_photons, camera, rules)
    heaps = marked.boxes[(marked.boxes[:, 2:] - marked.boxes[:, :2]).max(axis=1) > MAX_SIDE_PX]
    if not len(heaps):
        return plaques, marked
    centers_px = np.array([_brightest_point(plaque) for plaque in plaques])[:, None]
    in_heap = ((centers_px > heaps[:, :2]) & (centers_px < heaps[:, 2:])).all(axis=2).any(axis=1)
    kept = [plaque for plaque, left_out in zip(plaques, in_heap, strict=True) if not left_out]
    return kept, annotate(kept, veil_photons, camera, rules)


def _brightest_point(plaque: Footprint) -> tuple[float, float]:
    row, column = np.unravel_index(int(np.argmax(plaque.values)), plaque.values.shape)
    return float(column) + plaque.x0 + 0.5, float(row) + plaque.y0 + 0.5


def veil_over(rest_photons: FloatArray, colors: FloatArray) -> FloatArray:
    """Return the light (H, W) that competes with connexin where its color is least disturbed.

    That is the connexin channel itself, and as much of each other channel as has the same color.
    """
    showing = colors[:, colors[0] >= MIN_COLOR]
    relative = showing / showing[0]
    clearest = relative[:, int(np.argmin(relative[1:].sum(axis=0)))]
    veil: FloatArray = np.tensordot(clearest, rest_photons[: len(colors)], axes=1)
    return veil


def with_light(photons: FloatArray, plaques: Iterable[Footprint], spectrum: Triple) -> FloatArray:
    """Return the channels (3, H, W) with the light of plaques added."""
    lit = photons.copy()
    for plaque in plaques:
        add_light(lit, plaque, spectrum)
    return lit
