"""Tests for `gapjunction.simulation.stack.true_boxes`."""

import numpy as np

from gapjunction.simulation.camera import Camera
from gapjunction.simulation.ground_truth import Visibility
from gapjunction.simulation.optics import Footprint
from gapjunction.simulation.stack.true_boxes import BoxedStack, Light, box_stack, joint_light

CAMERA = Camera(gain_grey_per_photon=1.0, read_noise_photons=1.0, offset_grey=0.0)
SIDE = 40


def spot(x: float, peak: float = 200.0, sigma: float = 1.5) -> Footprint:
    """Return a round spot at row 20."""
    ticks = np.arange(SIDE) + 0.5
    across, down = (np.exp(-0.5 * ((ticks - middle) / sigma) ** 2) for middle in (x, 20.0))
    return Footprint(0, 0, peak * down[:, None] * across)


def boxed(*slices: Light) -> BoxedStack:
    rest = np.ones((len(slices), SIDE, SIDE), np.float32)
    return box_stack(slices, rest, CAMERA, Visibility())


def plaques_in(stack: BoxedStack) -> list[list[int]]:
    return [each.plaques.tolist() for each in stack.slices]


def test_box_stack__a_plaque_alone__has_a_box_in_each_slice_that_shows_it() -> None:
    stack = boxed({7: spot(10)}, {7: spot(10.5)}, {})
    assert plaques_in(stack) == [[7], [7], []]
    x0, _, x1, _ = stack.slices[0].boxes[0].tolist()
    # A Gaussian falls to 30 % at 1.55 standard deviations.
    assert abs((x0 + x1) / 2 - 10) < 0.1
    assert 4.4 < x1 - x0 < 5.2


def test_box_stack__two_apart__are_two() -> None:
    assert plaques_in(boxed({0: spot(8), 1: spot(28)})) == [[0, 1]]


def test_box_stack__one_annotation_in_most_slices__is_one_plaque_in_all() -> None:
    together, apart = {0: spot(15), 1: spot(16.5)}, {0: spot(10), 1: spot(28)}
    stack = boxed(together, together, apart)
    assert plaques_in(stack) == [[0], [0], [0]]
    assert stack.plaque_of == {0: 0, 1: 0}
    x0, _, x1, _ = stack.slices[2].boxes[0].tolist()
    assert x0 < 9
    assert x1 > 29


def test_box_stack__one_annotation_in_few_slices__goes_to_the_brighter_plaque() -> None:
    together, apart = {0: spot(15, peak=150), 1: spot(16.5)}, {0: spot(10), 1: spot(28)}
    stack = boxed(apart, together, apart)
    assert plaques_in(stack) == [[0, 1], [1], [0, 1]]
    assert stack.plaque_of == {0: 0, 1: 1}


def test_box_stack__one_annotation_in_half_of_the_slices__stays_two() -> None:
    together, apart = {0: spot(15), 1: spot(16.5)}, {0: spot(10), 1: spot(28)}
    assert boxed(together, apart).plaque_of == {0: 0, 1: 1}


def test_box_stack__a_chain_of_three__is_one_plaque() -> None:
    row = {2: spot(15), 5: spot(17), 9: spot(19)}
    stack = boxed(row)
    assert plaques_in(stack) == [[2]]
    assert set(stack.plaque_of.values()) == {2}


def test_joint_light__parts__are_added_where_they_lie() -> None:
    parts = [Footprint(2, 3, np.full((2, 2), 1.0)), Footprint(3, 4, np.full((2, 1), 5.0))]
    joint = joint_light(parts)
    assert (joint.y0, joint.x0) == (2, 3)
    assert joint.values.tolist() == [[1, 1], [1, 6], [0, 5]]
