"""What a careful person would mark in a field, computed from the noiseless light.

Each plaque is imaged alone, without noise, as the light that the camera can show: what lies
above saturation or below black counts for nothing. Three rules follow.

1. A plaque is visible if the peak of its light is `min_snr` times the noise there (shot noise of
   everything else, and read noise), `min_contrast` times the brightest other light around it,
   and `min_grey` grey values. One that misses this by a little would be a matter of taste: it is
   left out of the field. One below `doubtful` of a threshold stays as an unmarked speck.
2. Plaques are one annotation if no dip shows between their peaks, or if one box is mostly inside
   the other. A dip shows if it is `min_dip` of the lower peak and `min_dip_snr` times the noise.
3. A box is where the annotation's own light, between pixel middles taken as linear, exceeds
   `box_level` of its peak; no side is shorter than `min_side_px`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import label as label_regions

from gapjunction.boxes import BoxArray, area, as_boxes, overlapping_pairs
from gapjunction.simulation.camera import Camera
from gapjunction.simulation.optics import Footprint
from gapjunction.simulation.tissue import FloatArray

BOX_DECIMALS = 1


@dataclass(frozen=True, slots=True)
class Visibility:
    """The thresholds of the rules above."""

    min_snr: float = 6.0
    min_contrast: float = 0.6
    min_grey: float = 22.0
    doubtful: float = 0.4
    min_dip: float = 0.2
    min_dip_snr: float = 1.2
    max_inside: float = 0.6
    box_level: float = 0.3
    min_side_px: float = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedObjects:
    """Boxes (N, 4), xyxy pixels, and how far each peak stands out of the noise (N,).

    Attributes:
        members: for each box, which of the plaques are in it, by their places.
    """

    boxes: BoxArray
    snr: FloatArray
    members: tuple[tuple[int, ...], ...]


def visibility_of(
    footprint: Footprint, rest_photons: FloatArray, camera: Camera, rules: Visibility
) -> float:
    """Return by how much a plaque passes rule 1: 1 is just visible.

    `footprint` and `rest_photons` (H, W) are expected photons, of the plaque and of all else.
    """
    rest = rest_photons[footprint.window]
    shown = camera.shown_photons(footprint.values, rest)
    peak = np.unravel_index(int(np.argmax(shown)), shown.shape)
    snr = shown[peak] / camera.noise_photons(rest)[peak]
    contrast = shown[peak] / max(float(rest.max()), 1.0)
    grey = shown[peak] * camera.gain_grey_per_photon
    passes = snr / rules.min_snr, contrast / rules.min_contrast, grey / rules.min_grey
    return float(min(passes))


def annotate(
    footprints: Sequence[Footprint], rest_photons: FloatArray, camera: Camera, rules: Visibility
) -> AnnotatedObjects:
    """Return the boxes of visible plaques, by rules 2 and 3, top to bottom.

    `footprints` are expected photons of one visible plaque each; `rest_photons` (H, W) are those
    of everything else.
    """
    shape = rest_photons.shape
    groups = _join_unresolved(footprints, rest_photons, camera, rules)
    lights = [_shown([footprints[i] for i in group], rest_photons, camera) for group in groups]
    sides = [_tight_box(light, shape, rules) for light in lights]
    while (nested := _first_nested_pair(as_boxes(sides), rules.max_inside)) is not None:
        first, second = nested
        groups[first] = sorted(groups[first] + groups.pop(second))
        lights[first] = _shown([footprints[i] for i in groups[first]], rest_photons, camera)
        sides[first] = _tight_box(lights[first], shape, rules)
        del lights[second], sides[second]
    boxes = as_boxes(sides)
    noise = camera.noise_photons(rest_photons)
    snr = np.array([float(light.values.max() / noise[_peak(light)]) for light in lights])
    order = np.lexsort((boxes[:, 0], boxes[:, 1]))
    members = tuple(tuple(groups[place]) for place in order.tolist())
    return AnnotatedObjects(boxes[order], snr[order], members)


def _join_unresolved(
    footprints: Sequence[Footprint],
    rest_photons: FloatArray,
    camera: Camera,
    rules: Visibility,
) -> list[list[int]]:
    """Group plaques between whose peaks no dip shows (rule 2, first half)."""
    light = np.zeros_like(rest_photons)
    for footprint in footprints:
        light[footprint.window] += footprint.values
    light = np.minimum(light, np.maximum(camera.headroom_photons() - rest_photons, 0))
    noise = camera.noise_photons(rest_photons + light)
    peaks = [_peak(footprint) for footprint in footprints]
    group_of = list(range(len(footprints)))
    for i, j in _touching_pairs(footprints):
        if group_of[i] == group_of[j]:
            continue
        lower = min(peaks[i], peaks[j], key=lambda peak: float(light[peak]))
        dip = max(rules.min_dip * light[lower], rules.min_dip_snr * noise[lower])
        if _connected(light, peaks[i], peaks[j], float(light[lower] - dip)):
            old, new = group_of[j], group_of[i]
            group_of = [new if group == old else group for group in group_of]
    return [[i for i, g in enumerate(group_of) if g == group] for group in dict.fromkeys(group_of)]


def _connected(
    light: FloatArray, first: tuple[int, int], second: tuple[int, int], level: float
) -> bool:
    """Tell whether a path between two pixels stays above `level`, near the straight line."""
    detour = 4
    y0, y1 = sorted((first[0], second[0]))
    x0, x1 = sorted((first[1], second[1]))
    top, left = max(y0 - detour, 0), max(x0 - detour, 0)
    regions, _ = label_regions(light[top : y1 + detour + 1, left : x1 + detour + 1] > level)
    return bool(
        regions[first[0] - top, first[1] - left] == regions[second[0] - top, second[1] - left] != 0
    )


def _touching_pairs(footprints: Sequence[Footprint]) -> list[tuple[int, int]]:
    """Return the pairs i < j whose windows overlap, by j, then i."""
    windows = [footprint.window for footprint in footprints]
    boxes = as_boxes([(x.start, y.start, x.stop, y.stop) for y, x in windows])
    j, i, _ = overlapping_pairs(boxes, boxes)
    before = i < j
    return list(zip(i[before].tolist(), j[before].tolist(), strict=True))


def _peak(footprint: Footprint) -> tuple[int, int]:
    """Return row and column, in the image, of the brightest pixel."""
    row, column = np.unravel_index(int(np.argmax(footprint.values)), footprint.values.shape)
    return int(row) + footprint.y0, int(column) + footprint.x0


def _shown(members: Sequence[Footprint], rest_photons: FloatArray, camera: Camera) -> Footprint:
    """Return the joint light of plaques as far as the camera can show it."""
    y0, x0 = min(member.y0 for member in members), min(member.x0 for member in members)
    y1 = max(member.window[0].stop for member in members)
    x1 = max(member.window[1].stop for member in members)
    values = np.zeros((y1 - y0, x1 - x0))
    for member in members:
        rows, columns = member.window
        values[rows.start - y0 : rows.stop - y0, columns.start - x0 : columns.stop - x0] += (
            member.values
        )
    return Footprint(y0, x0, camera.shown_photons(values, rest_photons[y0:y1, x0:x1]))


def _tight_box(
    light: Footprint, image_shape: tuple[int, ...], rules: Visibility
) -> tuple[float, float, float, float]:
    """Return x0, y0, x1, y1 of rule 3, inside the image."""
    level = rules.box_level * float(light.values.max())
    sides = []
    for axis, offset in ((0, light.x0), (1, light.y0)):
        start, stop = _crossings(light.values.max(axis=axis), level)
        length = image_shape[1 - axis]
        grow = max(rules.min_side_px - (stop - start), 0) / 2
        low = min(max(start + offset - grow, 0), length - rules.min_side_px)
        high = max(min(stop + offset + grow, length), rules.min_side_px)
        sides.append((round(low, BOX_DECIMALS), round(high, BOX_DECIMALS)))
    (x0, x1), (y0, y1) = sides
    return x0, y0, x1, y1


def _crossings(profile: FloatArray, level: float) -> tuple[float, float]:
    """Return where a profile first rises above and last falls below `level`; pixel i spans i..i+1.

    A profile that starts or ends above the level is cut by the image: there the end counts.
    """
    above = np.flatnonzero(profile > level)
    first, last = int(above[0]), int(above[-1])
    start, stop = 0.0, float(len(profile))
    if first > 0:
        start = first + 0.5 - (profile[first] - level) / (profile[first] - profile[first - 1])
    if last < len(profile) - 1:
        stop = last + 0.5 + (profile[last] - level) / (profile[last] - profile[last + 1])
    return float(start), float(stop)


def _first_nested_pair(boxes: BoxArray, max_inside: float) -> tuple[int, int] | None:
    """Return the first pair i < j of which one lies inside the other for more than its share."""
    i, j, _ = overlapping_pairs(boxes, boxes)
    i, j = i[i < j], j[i < j]
    corner = np.maximum(boxes[i, :2], boxes[j, :2])
    sides = np.maximum(np.minimum(boxes[i, 2:], boxes[j, 2:]) - corner, 0)
    nested = sides.prod(axis=1) > max_inside * np.minimum(area(boxes[i]), area(boxes[j]))
    if not nested.any():
        return None
    first = int(np.argmax(nested))
    return int(i[first]), int(j[first])
