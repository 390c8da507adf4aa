"""What a careful person would box in each slice of a stack, and which boxes are of one plaque.

Each slice is annotated for itself, by the rules of `ground_truth.py`: a plaque has a box where its
light in this slice stands out, at 30 % of that light's peak. Two further rules follow.

1. Plaques that are one annotation in more than half of the slices that show both are one plaque,
   in all slices. This is repeated until no more are joined.
2. Where plaques are one annotation in fewer slices, the box there is that of the one with the
   brightest light in it; the others have no box in that slice, nor a mark that they are there.

So each box belongs to one plaque, and a plaque has one box in a slice at most.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray
from gapjunction.simulation.camera import Camera
from gapjunction.simulation.ground_truth import Visibility, annotate
from gapjunction.simulation.optics import Footprint
from gapjunction.simulation.tissue import FloatArray

Light = Mapping[int, Footprint]  # what is visible in a slice, by the number of the plaque
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class BoxedSlice:
    """The boxes (N, 4) of one slice, xyxy pixels, and the plaque (N,) that each belongs to."""

    boxes: BoxArray
    plaques: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class BoxedStack:
    """The boxes of all slices, and what each of the plaques given is part of.

    Attributes:
        plaque_of: for each given plaque that is visible, the plaque it counts as: the first of
            those that are joined.
    """

    slices: tuple[BoxedSlice, ...]
    plaque_of: Mapping[int, int]


def box_stack(
    visible: Sequence[Light], rest: NDArray[np.float32], camera: Camera, rules: Visibility
) -> BoxedStack:
    """Return the boxes of a stack.

    `visible` has, for each slice, the expected photons of the plaques that are visible in it;
    `rest` (slices, H, W) those of everything else.
    """
    plaque_of = {number: number for light in visible for number in light}
    lights = list(visible)
    while True:
        groups = [
            _annotated(light, photons.astype(np.float64), camera, rules)
            for light, photons in zip(lights, rest, strict=True)
        ]
        joined = _mostly_joined(lights, [members for _, members in groups])
        if not joined:
            break
        for first, second in joined:
            old, new = plaque_of[second], plaque_of[first]
            if old != new:
                low, high = min(old, new), max(old, new)
                plaque_of = {n: low if to == high else to for n, to in plaque_of.items()}
        lights = [_merged(light, plaque_of) for light in visible]
    slices = [
        BoxedSlice(boxes, np.array([_brightest(light, each) for each in members], np.int64))
        for light, (boxes, members) in zip(lights, groups, strict=True)
    ]
    return BoxedStack(tuple(slices), plaque_of)


def _annotated(
    light: Light, rest: FloatArray, camera: Camera, rules: Visibility
) -> tuple[BoxArray, list[list[int]]]:
    """Return the boxes of a slice, and the plaques that are in each."""
    numbers = list(light)
    if not numbers:
        return np.zeros((0, 4), np.float32), []
    found = annotate([light[number] for number in numbers], rest, camera, rules)
    return found.boxes, [[numbers[place] for place in each] for each in found.members]


def _mostly_joined(
    lights: Sequence[Light], members_of: Sequence[Sequence[Sequence[int]]]
) -> list[Pair]:
    """Return the pairs of plaques that are one annotation in most slices that show both."""
    joined: Counter[Pair] = Counter()
    for members in members_of:
        for each in members:
            joined.update(combinations(sorted(each), 2))
    return [
        (first, second)
        for (first, second), number in joined.items()
        if 2 * number > sum(first in light and second in light for light in lights)
    ]


def _merged(light: Light, plaque_of: Mapping[int, int]) -> dict[int, Footprint]:
    """Return the light of a slice with that of joined plaques added up."""
    parts: dict[int, list[Footprint]] = {}
    for number, footprint in light.items():
        parts.setdefault(plaque_of[number], []).append(footprint)
    return {plaque: joint_light(own) for plaque, own in parts.items()}


def joint_light(parts: Sequence[Footprint]) -> Footprint:
    """Return the sum of footprints, on the pixels that any of them covers."""
    if len(parts) == 1:
        return parts[0]
    y0, x0 = min(part.y0 for part in parts), min(part.x0 for part in parts)
    y1 = max(part.window[0].stop for part in parts)
    x1 = max(part.window[1].stop for part in parts)
    values = np.zeros((y1 - y0, x1 - x0))
    for part in parts:
        height, width = part.values.shape
        top, left = part.y0 - y0, part.x0 - x0
        values[top : top + height, left : left + width] += part.values
    return Footprint(y0, x0, values)


def _brightest(light: Light, plaques: Sequence[int]) -> int:
    return max(plaques, key=lambda plaque: float(light[plaque].values.max()))
