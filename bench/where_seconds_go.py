"""Where the seconds of an image go on this machine, beside the floor that its arithmetic sets.

Run as `python -m bench.where_seconds_go [IMAGE]`; without an image, one of 1024 x 1024 px is
simulated. Each part is the median of several turns; the Laplacian of Gaussians of scikit-image
looks at the same image in the same turns.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import tifffile
import torch
from skimage.feature import blob_log
from torch.utils.flop_counter import FlopCounterMode

from bench.mistakes import told_in_one_line
from gapjunction.detections import Detections
from gapjunction.detections_json import write_detection_file
from gapjunction.images.microscope_files import read_chosen
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.prediction.model import Model
from gapjunction.prediction.spots import count_spots
from gapjunction.prediction.tiled import DOUBLE_IOU, detect_tiles, intensity_table, tiles_of
from gapjunction.samples.intensity import measure_intensity, without_color
from gapjunction.simulation.simulated_dataset import plan_fields, simulate_planned
from gapjunction.tiling import merge_tiles

SIDE_PX, TURNS = 1024, 5
MATRIX_SIDE = 1024
GREEN = 1
LOG = "LoG, scikit-image"
Seconds = dict[str, float]


def main() -> None:
    """Measure and print a line a part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path, nargs="?")
    parser.add_argument("--turns", type=int, default=TURNS)
    arguments = parser.parse_args()
    model = Model.load(device="cpu")
    with TemporaryDirectory() as folder:
        path = arguments.image or simulated(Path(folder))
        turns = [measure(model, path, Path(folder)) for _ in range(arguments.turns + 1)][1:]
        medians = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
        floor = floor_seconds(model, path)
    sys.stdout.write(table(medians, floor))


def simulated(folder: Path) -> Path:
    """Write a simulated field in its brightest channel and return its path."""
    (plan,) = plan_fields("rat", num_images=1, num_assets=1)
    pixels = simulate_planned(plan, seed=0, size_px=SIDE_PX).pixels
    path = folder / "field.tif"
    tifffile.imwrite(path, pixels[..., GREEN], compression="zlib")
    return path


def measure(model: Model, path: Path, folder: Path) -> Seconds:
    """Return the seconds of each part of predicting an image file of one channel, once."""
    settings, seconds = model.settings(1.0), Seconds()
    with timed(seconds, "read, decode"):
        image = without_color(read_chosen(path, PlaneChoice()))
    height, width = image.shape[-2:]
    with timed(seconds, "intensity"):
        values = intensity_table(image.dtype, measure_intensity(image))
    tiles = tiles_of(height, width, settings)
    with timed(seconds, "network"):
        batches = detect_tiles(model.detector, image, tiles, values, settings)
        found = [each for batch in batches for each in batch]
    with timed(seconds, "merge"):
        merged = merge_tiles(tiles, found, DOUBLE_IOU)
    with timed(seconds, "spots"):
        count_spots(image)
    with timed(seconds, "write"):
        _write(folder / "boxes.json", model, merged, (height, width))
    with timed(seconds, LOG):
        blob_log(image[0] / image.max(), min_sigma=1.4, max_sigma=5.6, threshold=0.1)
    return seconds


@contextmanager
def timed(seconds: Seconds, name: str) -> Iterator[None]:
    """Add what the block takes to `seconds`."""
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began


def floor_seconds(model: Model, path: Path) -> float:
    """Return what the network's arithmetic takes at the speed of a large matrix product."""
    height, width = read_chosen(path, PlaneChoice()).shape[-2:]
    flop = 0
    for tile in tiles_of(height, width, model.settings(1.0)):
        with FlopCounterMode(display=False) as counter:
            model.detector.detect(torch.zeros(1, 3, tile.y1 - tile.y0, tile.x1 - tile.x0), 0.5)
        flop += counter.get_total_flops()
    return flop / flop_per_second()


def flop_per_second() -> float:
    """Return the arithmetic of this machine's best of a few large matrix products."""
    matrix = torch.rand(MATRIX_SIDE, MATRIX_SIDE)
    best = min(_seconds_of_product(matrix) for _ in range(TURNS))
    return 2 * MATRIX_SIDE**3 / best


def table(medians: Seconds, floor: float) -> str:
    """Return a line for each part, their sum, the floor of the network, and LoG."""
    own = {name: each for name, each in medians.items() if name != LOG}
    total = sum(own.values())
    lines = [f"{name:20} {each:8.3f} s {each / total:6.1%}" for name, each in own.items()]
    lines += [
        f"{'all':20} {total:8.3f} s",
        f"{'floor of the network':20} {floor:8.3f} s, of which it takes "
        f"{own['network'] / floor:.1f} times as long",
        f"{LOG:20} {medians[LOG]:8.3f} s",
    ]
    return "\n".join(lines) + "\n"


def _seconds_of_product(matrix: torch.Tensor) -> float:
    began = time.perf_counter()
    torch.mm(matrix, matrix)
    return time.perf_counter() - began


def _write(path: Path, model: Model, found: Detections, size: tuple[int, int]) -> None:
    names = model.config.class_names
    write_detection_file(path, found, names, image_name="field.tif", image_size=size)


if __name__ == "__main__":
    with told_in_one_line():
        main()
