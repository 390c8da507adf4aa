import numpy as np
import pytest

from gapjunction.simulation.generator import SimulatedImage
from gapjunction.simulation.random.crowded_image import (
    simulate_crowded_image,
    simulate_tight_image,
)
from gapjunction.simulation.random.marks import MAX_SIDE_PX

SIZE = 192

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def images() -> list[SimulatedImage]:
    return [simulate_crowded_image(SIZE, np.random.default_rng(seed)) for seed in range(12)]


def test_simulate_crowded_image__same_seed__same_pixels_and_boxes(
    images: list[SimulatedImage],
) -> None:
    again = simulate_crowded_image(SIZE, np.random.default_rng(2))
    assert (again.pixels == images[2].pixels).all()
    assert again.boxes.tolist() == images[2].boxes.tolist()


def test_simulate_crowded_image__boxes__lie_inside_and_have_sane_sizes(
    images: list[SimulatedImage],
) -> None:
    boxes = np.concatenate([image.boxes for image in images])
    sides = boxes[:, 2:] - boxes[:, :2]
    assert {image.pixels.shape for image in images} == {(SIZE, SIZE, 3)}
    assert len(boxes) > 100
    assert boxes.min() >= 0
    assert boxes.max() <= SIZE
    assert sides.min() > 2.9
    assert sides.max() <= MAX_SIDE_PX


def test_simulate_crowded_image__spots__lie_in_crowds(images: list[SimulatedImage]) -> None:
    dispersions = []
    for image in images:
        centers = (image.boxes[:, :2] + image.boxes[:, 2:]) / 2
        in_blocks, _ = np.histogramdd(centers, bins=6, range=[(0, SIZE)] * 2)
        if len(centers) >= 10:
            dispersions.append(in_blocks.var() / in_blocks.mean())
    # 1 for points scattered at random.
    assert np.median(dispersions) > 1.2
    assert max(dispersions) > 2.5


def test_simulate_tight_image__marked_spots__are_never_far_from_each_other(
    images: list[SimulatedImage],
) -> None:
    tight = [simulate_tight_image(SIZE, np.random.default_rng(seed)) for seed in range(12)]

    assert max(usual_gaps(tight)) < 2.2 < max(usual_gaps(images))


def usual_gaps(images: list[SimulatedImage]) -> list[float]:
    """Return how far most spots of each image are from their nearest neighbors, in their sides."""
    gaps = []
    for image in images:
        centers = (image.boxes[:, :2] + image.boxes[:, 2:]) / 2
        if len(centers) >= 10:
            apart = np.hypot(*(centers[:, None] - centers).T)
            nearest = np.sort(apart, axis=1)[:, 1]
            sides = image.boxes[:, 2:] - image.boxes[:, :2]
            gaps.append(float(np.median(nearest) / np.median(sides)))
    return gaps
