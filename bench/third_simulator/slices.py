"""A whole simulated slice: tissue, light, detector, and the boxes that a person would draw."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.third_simulator.anatomy import FULL_SIDE_UM, draw_anatomy
from bench.third_simulator.backdrop import draw_backdrop
from bench.third_simulator.detector import Detector, draw_detector
from bench.third_simulator.looks import Look
from bench.third_simulator.marking import Marks, mark
from bench.third_simulator.membranes import draw_sites
from bench.third_simulator.microscope import (
    Floats,
    Objective,
    Transfer,
    build_transfer,
    image_points,
    image_sheet,
)
from bench.third_simulator.plaques import Blocks, draw_plaques
from gapjunction.boxes import BoxArray, as_boxes

UM_PER_PX = (0.085, 0.125)
APERTURE = (1.25, 1.4)
DEPTH_UM = (3.0, 15.0)
PINHOLE_AIRY = (1.0, 1.6)
SITES_PER_PLAQUE = 5.5  # in the block of tissue, for each that the slice shows
FEWEST_SHARE, MOST_SHARE = 0.15, 2.5  # of the median number
STAIN_COLORS = ((0.306, 0.973, 1.0), (1.0, 1.0, 1.0))  # cyan, grey
BRIGHTEST_PERCENT = 99.5  # of the pixels that plaques light


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """A picture (3, H, W) of one stain, and the boxes (N, 4) of its plaques, xyxy pixels."""

    pixels: NDArray[np.uint8]
    boxes: BoxArray


def simulate_slice(look: Look, size_px: int, rng: Generator) -> Slice:
    """Return one slice of `size_px` x `size_px` pixels."""
    um_per_px = float(rng.uniform(*UM_PER_PX))
    objective = Objective(
        float(rng.uniform(*APERTURE)),
        float(rng.uniform(*DEPTH_UM)),
        float(rng.uniform(*PINHOLE_AIRY)),
    )
    transfer = build_transfer(objective, um_per_px, size_px)
    anatomy = draw_anatomy(look, size_px * um_per_px, rng)
    photons = float(rng.uniform(*look.plaque_photons))
    sheet = draw_backdrop(look, anatomy, size_px, photons, rng)
    backdrop = image_sheet(sheet, transfer).astype(np.float64)
    num_sites = _draw_number(look, anatomy.side_um, rng)
    blocks = draw_plaques(draw_sites(anatomy, num_sites, rng), photons / um_per_px**2, rng)
    plaques = _image(blocks, transfer)
    detector = draw_detector(look, _brightest(plaques) + float(np.median(backdrop)), rng)
    plaques, marks = _settle(blocks, plaques, backdrop, detector, transfer)
    grey = detector.record(plaques + backdrop, rng)
    color = np.array(STAIN_COLORS[int(rng.integers(2))])
    pixels = np.rint(grey * color[:, None, None]).astype(np.uint8)
    return Slice(pixels, as_boxes(marks.boxes))


def _draw_number(look: Look, side_um: float, rng: Generator) -> int:
    """Return how many sites there are, so that a full field shows the number of its look."""
    median, spread = look.num_plaques
    factor = float(np.clip(rng.lognormal(0, spread), FEWEST_SHARE, MOST_SHARE))
    return max(int(SITES_PER_PLAQUE * median * factor * (side_um / FULL_SIDE_UM) ** 2), 1)


def _image(blocks: Blocks, transfer: Transfer) -> Floats:
    return image_points(blocks.points, blocks.photons, transfer).astype(np.float64)


def _brightest(plaques: Floats) -> float:
    """Return the light of the brightest plaques without the very brightest pixels."""
    lit = plaques[plaques > 0.1 * plaques.max()]
    return float(np.percentile(lit, BRIGHTEST_PERCENT)) if lit.size else 1.0


def _settle(
    blocks: Blocks, plaques: Floats, backdrop: Floats, detector: Detector, transfer: Transfer
) -> tuple[Floats, Marks]:
    """Take plaques out of the scene until nothing doubtful is left; return light and marks."""
    while True:
        marks = mark(plaques, backdrop, detector)
        if not len(marks.doubtful):
            return plaques, marks
        blocks = blocks.without(_owners(blocks, marks, transfer))
        plaques = _image(blocks, transfer)


def _owners(blocks: Blocks, marks: Marks, transfer: Transfer) -> NDArray[np.int64]:
    """Return the plaques whose middles lie in doubtful objects, else the one nearest to each."""
    left = np.unique(blocks.owners)
    middles = blocks.centers[left]
    places = np.floor(middles[:, :2] / transfer.um_per_px).astype(int)
    x, y = np.clip(places, 0, transfer.size_px - 1).T
    object_of = marks.objects[y, x]
    owners = [left[np.isin(object_of, marks.doubtful)]]
    for number in np.setdiff1d(marks.doubtful, object_of):
        rows, columns = np.nonzero(marks.objects == number)
        place = np.array([columns.mean(), rows.mean(), 0.0]) * transfer.um_per_px
        owners.append(left[[np.argmin(np.linalg.norm(middles - place, axis=1))]])
    return np.unique(np.concatenate(owners))
