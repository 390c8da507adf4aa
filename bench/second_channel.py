"""Measure the p of a second channel: uniform where the two are independent, and its power.

Run it with `python -m bench.second_channel`, or with `--pairs 50` for a glance: simulated pairs of
channels of 256 x 256 px, plaques in clusters in the first, a network of processes in the second.
Some minutes of one core.
"""

import argparse
import sys

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, stats

from bench.tables import markdown_table
from gapjunction.measurement.colocalization import AgainstChance, Colocalization

SIDE_PX, SEED = 256, 21
NUM_PLAQUES, SHARES_BOUND = (20, 60, 200), (0.1, 0.2, 0.4)
PAIRS_PER_POWER = 5
PER_CLUSTER, CLUSTER_PX, MARGIN_PX = 4, 12, 3
TEXTURE_PX = (3.0, 8.0)  # of processes, and of where they are dense
COVERED = 0.2  # of the image
LIGHT, BACKGROUND, BLUR_PX = 60.0, 20.0, 1.3
MEASURES = ("share_on", "distance_px", "pearson", "manders_first", "manders_second")
LEVEL = 0.05

Plane = NDArray[np.uint16]


def network(rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return where the second channel is (H, W): a fifth of the image, in patches of two sizes."""
    fine, coarse = (
        ndimage.gaussian_filter(rng.normal(size=(SIDE_PX, SIDE_PX)), size) * size
        for size in TEXTURE_PX
    )
    field = fine + coarse
    mask: NDArray[np.bool_] = field > np.quantile(field, 1 - COVERED)
    return mask


def place_plaques(
    rng: np.random.Generator, num: int, bound: float, mask: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return centers (num, 2), a share of them bound to the mask and the others in clusters."""
    seeds = rng.uniform(0, SIDE_PX, (max(num // PER_CLUSTER, 1), 2))
    around = seeds[rng.integers(0, len(seeds), num)] + rng.normal(0, CLUSTER_PX, (num, 2))
    rows, columns = np.nonzero(mask)
    chosen = rng.integers(0, len(rows), num)
    on_mask = np.stack([columns[chosen], rows[chosen]], axis=1) + 0.5
    is_bound = rng.uniform(size=num) < bound
    points = np.where(is_bound[:, None], on_mask, around)
    return np.clip(points, MARGIN_PX, SIDE_PX - MARGIN_PX).astype(np.float32)


def simulate_pair(
    rng: np.random.Generator, num: int, bound: float
) -> tuple[Plane, Plane, NDArray[np.float32]]:
    """Return both channels (H, W) with the noise of photons, and the centers of the plaques."""
    mask = network(rng)
    points = place_plaques(rng, num, bound, mask)
    first = np.zeros((SIDE_PX, SIDE_PX))
    columns, rows = points.astype(int).T
    np.add.at(first, (rows, columns), 12 * LIGHT)
    blurred = (ndimage.gaussian_filter(plane, BLUR_PX) for plane in (first, LIGHT * mask))
    one, other = (rng.poisson(BACKGROUND + plane).astype(np.uint16) for plane in blurred)
    return one, other, points


def ring() -> NDArray[np.bool_]:
    """Return a region (H, W): a disc with a hole."""
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX] - SIDE_PX / 2
    radii = np.hypot(rows, columns)
    region: NDArray[np.bool_] = (radii < SIDE_PX / 2) & (radii > SIDE_PX / 8)
    return region


def values_of_p(
    rng: np.random.Generator, pairs: int, num: int, bound: float, region: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the p (pairs, measures) of simulated pairs of channels in a region (H, W)."""
    rows = []
    for _ in range(pairs):
        found = Colocalization.of(*simulate_pair(rng, num, bound), region)
        measures: list[AgainstChance] = [getattr(found, name) for name in MEASURES]
        rows.append([np.nan if each.p is None else each.p for each in measures])
    return np.array(rows)


def designs() -> list[tuple[int, float, bool]]:
    """Return the number of plaques, the share that is bound, and whether a ring is looked at."""
    independent = [(num, 0.0, False) for num in NUM_PLAQUES]
    bound = [(num, share, False) for num in NUM_PLAQUES for share in SHARES_BOUND]
    return [*independent, (NUM_PLAQUES[1], 0.0, True), *bound]


def table_row(number: int, pairs: int) -> list[str]:
    """Return the row of a design by its number; power needs fewer pairs than an even p."""
    num, share, in_ring = designs()[number]
    region = ring() if in_ring else np.ones((SIDE_PX, SIDE_PX), bool)
    rng = np.random.default_rng((SEED, number))
    if share == 0:
        p = values_of_p(rng, pairs, num, share, region)
        where = ", in a ring" if in_ring else ""
        return [f"{num}, independent{where}", *_called(p), _evenness(p)]
    p = values_of_p(rng, max(pairs // PAIRS_PER_POWER, 1), num, share, region)
    return [f"{num}, {100 * share:.0f} % bound", *_called(p), ""]


def _called(p: NDArray[np.float64]) -> list[str]:
    """Return how often p is below the level, in %, by measure."""
    return [f"{100 * share:.1f}" for share in (p < LEVEL).mean(axis=0)]


def _evenness(p: NDArray[np.float64]) -> str:
    """Return the least p of Kolmogorov and Smirnov's test that p is uniform, of all measures."""
    return f"{min(stats.kstest(own, 'uniform').pvalue for own in p.T):.2f}"


def main() -> None:
    """Print how often p is below 0.05, in %, and of independent pairs how even p is (KS test)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=500)
    sys.stdout.write(markdown_table(["plaques", *MEASURES, "KS, least p"], []) + "\n")
    for number in range(len(designs())):
        row = table_row(number, parser.parse_args().pairs)
        sys.stdout.write("| " + " | ".join(row) + " |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
